"""The customers' channel: what people write there, press and fill in; and the bot's answers in their threads."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from weakref import WeakValueDictionary

import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from tortoise.backends.base.client import BaseDBAsyncClient

from bot.chat.messages import ADDRESS, CODE, NEW_CODE, form, message, word
from bot.chat.phrases import say
from bot.chat.requests import Thread, letter_of, requests_of
from bot.chat.text import belongs_into_a_form, typed
from bot.desk import Desk
from bot.ports import ROW, Refused, Unreachable
from bot.slack.blocks import Json, esc
from bot.slack.by_hand import usable_address
from bot.slack.posting import AlreadySeen, Post, Poster, first_time
from bot.slack.talk import Talk
from intents.corrections import with_examples
from intents.letter import Letter
from intents.reading import Reading
from intents.rights import CaseReply, Intent
from responders.case import events as e
from responders.case.lifecycle import NotNow
from responders.case.ticket import Status, Ticket
from responders.requests import wishes
from storage import corrections
from storage.database import ChangedMeanwhile, DatabaseAway
from storage.secrets import CODE_ALPHABET, CODE_LENGTH, plain_code
from storage.tickets import UnknownTicket

Read = Callable[[Letter], Reading]
Answer = Callable[[Reading], str]
Ack = Callable[..., Awaitable[Any]]
TROUBLE = (ChangedMeanwhile, DatabaseAway, UnknownTicket, Unreachable, Refused)
_log = structlog.get_logger("chat")


class NotYours(Exception):
    """Somebody else's button."""


class Customers:
    """`bot.ports.ChatRoom` in Slack, and the listeners. `answer` gives the policy's own words, or ""."""

    def __init__(
        self,
        client: AsyncWebClient,
        desk: Desk,
        *,
        channel: str,
        now: Callable[[], datetime],
        read: Read,
        answer: Answer,
    ) -> None:
        self.channel = channel
        self._desk, self._now, self._read, self._answer = desk, now, read, answer
        self._poster = Poster(client, desk.store, now)
        self._talk = Talk(client, channel)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def register(self, app: AsyncApp) -> None:
        """Hang everything into the app. A message is taken before it is acknowledged: a kill between loses nothing."""

        async def taken() -> None:
            """The work is done by then."""

        app.event({"type": "message", "subtype": None}, middleware=[self.written])(taken)
        app.action(re.compile(f"^({ADDRESS}|{CODE})$"))(self.form_wanted)
        app.action(NEW_CODE)(self.new_code_wanted)
        app.view(ADDRESS)(self.address_given)
        app.view(CODE)(self.code_given)

    async def say(self, ticket: Ticket, phrase: str, quote: str) -> None:
        """One of our sentences, in the thread of the ticket."""
        if ticket.person.thread is None:
            raise Refused(0, "this request did not come by chat")
        channel, thread, _ = ticket.person.thread
        key = f"say:{ticket.number}:{phrase}:{ROW.get()[:16] or ticket.version}"
        text, blocks = esc(say(phrase, ticket.language)), message(ticket, phrase, quote)
        await self._poster.once(Post(ticket.number, key, text, channel, ticket.opened_at, blocks, thread))

    # messages

    async def written(self, event: Json, next_: Callable[[], Awaitable[Any]]) -> None:
        """A message of a person; whatever it is, it is settled before Slack hears that we have it."""
        if event.get("channel") == self.channel and not event.get("bot_id") and event.get("user"):
            thread: Thread = (self.channel, str(event.get("thread_ts") or event["ts"]), str(event["user"]))
            async with self._in_order(thread[1]):
                try:
                    await self._settle(thread, str(event["ts"]), typed(str(event.get("text") or "")))
                except AlreadySeen:
                    _log.info("seen before")
        await next_()

    async def _reading(self, text: str) -> Reading:
        """What a message asks, with what staff have said of others like it."""
        store = self._desk.store
        examples = await store.database.read(lambda: corrections.examples(store.tickets))
        return with_examples(self._read(letter_of(text)), examples)

    async def _settle(self, thread: Thread, ts: str, text: str) -> None:
        mine: list[Ticket] = []
        if ts != thread[1]:
            mine = await self._tickets(thread)
            if not mine:
                return
            if belongs_into_a_form(text):
                await self._warn(mine[0], ts)
                return
        reading = await self._reading(text)
        known = {right for ticket in mine for right in ticket.rights}
        if not mine or any(right not in known for right in wishes(reading)):
            await self._open(thread, ts, reading)
        else:
            await self._replied(mine, ts, reading)

    async def _open(self, thread: Thread, ts: str, reading: Reading) -> None:
        passages = self._answer(reading) if Intent.QUESTION in reading.intents else ""
        received = datetime.fromtimestamp(float(ts), UTC)
        requests = requests_of(reading, thread, received, passages)
        if not requests:
            return

        async def also(connection: BaseDBAsyncClient, _numbers: list[list[int]]) -> None:
            await first_time(connection, self._key(ts), self._now())

        await self._desk.open_many([requests], also)

    async def _replied(self, mine: list[Ticket], ts: str, reading: Reading) -> None:
        """A further message of the person in their own thread."""
        open_ = [ticket for ticket in mine if ticket.status.open] or mine
        event: e.Event = e.PersonWrote(reading.case_reply)
        if reading.case_reply is CaseReply.CANCEL and open_[0].status.open:
            event = e.PersonCancelled()

        async def within(connection: BaseDBAsyncClient) -> None:
            await first_time(connection, self._key(ts), self._now())

        await self._desk.happen(open_[0].number, event, within=within)

    async def _warn(self, ticket: Ticket, ts: str) -> None:
        """An address or a code in the open: not used, not repeated."""
        channel, thread, _ = ticket.person.thread or (self.channel, ts, "")
        text, key = esc(say("use_button", ticket.language)), f"warn:{ticket.number}:{ts}"
        await self._poster.once(Post(ticket.number, key, text, channel, ticket.opened_at, None, thread))

    async def _tickets(self, thread: Thread) -> list[Ticket]:
        """This person's tickets of this thread, oldest first; somebody else's are none."""
        store = self._desk.store
        found = await store.database.read(lambda: store.tickets.of_thread(thread[0], thread[1]))
        return [ticket for ticket in found if ticket.person.thread == thread]

    def _key(self, ts: str) -> str:
        return f"chat:{self.channel}:{ts}"

    def _in_order(self, thread: str) -> asyncio.Lock:
        return self._locks.setdefault(thread, asyncio.Lock())

    # buttons and forms

    async def form_wanted(self, ack: Ack, body: Json) -> None:
        """The button for the address or the code: an empty form at once, then the real one."""
        await ack()
        view_id = await self._talk.opened(body, wait="…", title="…")
        language = "en"
        try:
            ticket = await self._desk.ticket(int(body["actions"][0]["value"]))
            language = ticket.language
            name = str(body["actions"][0]["action_id"])
            view = form(name, self._pressed(ticket, body)) if wanted(name, ticket) else word("not_now", language)
        except NotYours:
            view = word("not_yours", language)
        except TROUBLE as error:
            _log.warning("form", error=type(error).__name__)
            view = word("later", language)
        await self._talk.fill(view_id, view)

    async def new_code_wanted(self, ack: Ack, body: Json) -> None:
        """The button for a new code."""
        await ack()
        number = int(body["actions"][0]["value"])

        async def work(ticket: Ticket) -> None:
            self._pressed(ticket, body)
            await self._desk.happen(number, e.NewCodeAsked())

        await self._answered(body, number, work)

    async def address_given(self, ack: Ack, body: Json, view: Json) -> None:
        """The filled form for the address: it counts for every request of the same thread that has none yet."""
        carried = json.loads(view["private_metadata"])
        written = str(view["state"]["values"]["address"]["text"].get("value") or "")
        address = usable_address(written)
        if address is None or address.casefold() in self._desk.house.own_addresses:
            await ack(response_action="errors", errors={"address": say("bad_address", carried["language"])})
            return
        await ack()

        async def work(ticket: Ticket) -> None:
            thread = self._owned(ticket, body)
            await self._desk.happen(ticket.number, e.AddressGiven(address))
            for other in await self._tickets(thread):
                if other.person.address is None and other.status in (Status.IDENTIFYING, Status.ANSWERING):
                    await self._desk.happen(other.number, e.AddressGiven(address))

        await self._answered(body, int(carried["ticket"]), work)

    async def code_given(self, ack: Ack, body: Json, view: Json) -> None:
        """The filled form for the code; whether it counts is found where codes are kept."""
        carried = json.loads(view["private_metadata"])
        code = plain_code(str(view["state"]["values"]["code"]["text"].get("value") or ""))
        if len(code) != CODE_LENGTH or not set(code) <= set(CODE_ALPHABET):
            await ack(response_action="errors", errors={"code": say("bad_code", carried["language"])})
            return
        await ack()

        async def work(ticket: Ticket) -> None:
            self._owned(ticket, body)
            await self._desk.code_typed(ticket.number, code)

        await self._answered(body, int(carried["ticket"]), work)

    async def _answered(self, body: Json, number: int, work: Callable[[Ticket], Awaitable[None]]) -> None:
        """Do something for a person's request; what goes wrong is said to them alone, in their language."""
        language, phrase = "en", ""
        try:
            ticket = await self._desk.ticket(number)
            language = ticket.language
            async with self._in_order(ticket.person.thread[1] if ticket.person.thread else ""):
                await work(ticket)
        except NotYours:
            phrase = "not_yours"
        except NotNow:
            phrase = "not_now"
        except TROUBLE as error:
            _log.warning("not done", ticket=number, error=type(error).__name__)
            phrase = "later"
        if phrase:
            await self._talk.tell(body, say(phrase, language))

    def _pressed(self, ticket: Ticket, body: Json) -> Ticket:
        """The ticket, where its own person pressed its button in its own channel. Raises NotYours."""
        if (body.get("channel") or {}).get("id") != self.channel:
            raise NotYours
        self._owned(ticket, body)
        return ticket

    def _owned(self, ticket: Ticket, body: Json) -> Thread:
        """The thread of a ticket, where the one who acts is who wrote it. Raises NotYours."""
        thread = ticket.person.thread
        if thread is None or (body.get("user") or {}).get("id") != thread[2]:
            raise NotYours
        return thread


def wanted(name: str, ticket: Ticket) -> bool:
    """Whether a ticket still waits for what a form would give."""
    if name == ADDRESS:
        return ticket.person.address is None and ticket.status in (Status.IDENTIFYING, Status.ANSWERING)
    return ticket.status is Status.IDENTIFYING
