"""The staff's channel: one card a ticket, notes and tasks in its thread, reminders to the channel."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from weakref import WeakValueDictionary

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from tortoise.backends.base.client import BaseDBAsyncClient

from bot.ports import ROW
from bot.slack import acts, words
from bot.slack.account import Account
from bot.slack.blocks import Json, actions, button, cut, esc, marked, section
from bot.slack.cards import Card, Look, card, key_of, small, task_line, title
from bot.slack.errors import BadBlocks, Gone, asking_slack
from bot.slack.people import id_in
from bot.slack.posting import Post, Poster
from bot.slack.refs import Ref
from responders.case.ticket import Task, Ticket
from responders.reminding import words_for
from storage.models import CardRow
from storage.store import Store

NOTE = 3000
"""Characters of a note in the thread."""
LOOKED_BACK = timedelta(days=7)
"""How far back an announcement that may have been posted is looked for."""
_log = structlog.get_logger("slack")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands."""

    channel: str
    ts: str


class SlackStaff:
    """`bot.ports.StaffRoom` in Slack. `now` is the clock that days are counted by."""

    def __init__(
        self,
        client: AsyncWebClient,
        account: Account,
        *,
        store: Store,
        channel: str,
        now: Callable[[], datetime],
        look: Look,
    ) -> None:
        self.channel, self.look, self.now = channel, look, now
        self._client, self._account, self._store = client, account, store
        self.poster = Poster(client, store, now)
        self.also: Callable[[Ticket], Awaitable[None]] | None = None
        """What else is brought up to date with a ticket's card: the card of its wave."""
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._shown: dict[int, tuple[int, int | None]] = {}
        """Version and days left that each card was last brought to by this process."""

    async def show(self, ticket: Ticket) -> None:
        """Post the card, or bring it up to date; an older state never overwrites a newer one."""
        await self._card(ticket)
        if self.also is not None:
            await self.also(ticket)

    async def tell(self, ticket: Ticket, text: str, *, loud: bool) -> None:
        """A note in the thread."""
        await self._reply(ticket, f"tell:{digest(text)}", esc(cut(text, NOTE)), loud=loud)

    async def remind(self, ticket: Ticket, kind: str) -> None:
        """How many days are left, to channel and thread and the assigned person."""
        now = self.now()
        late = ticket.late(now)
        who = id_in(ticket.assigned_to or "")
        called = f"<@{who}> " if who else ""
        called += mention(self.look.escalate_to) if late else ""
        mark = ":rotating_light: " if late else ":hourglass_flowing_sand: "
        text = f"{mark}{called}*{esc(words.time_left(ticket, now, self.look.tz))}*: {esc(title(ticket))}"
        text += f" – {esc(words.STATUSES[ticket.status])}, due {esc(words.due(ticket, now, self.look.tz))}"
        more = words_for(ticket, kind)
        text += f"\n{esc(more)}" if more else ""
        await self._reply(ticket, f"remind:{kind}", text, loud=True, steady=True)

    async def give_task(self, ticket: Ticket, processor: str, how: str) -> None:
        """A processor's part, with a button for its tick."""
        place = next((n for n, task in enumerate(ticket.tasks) if task.processor == processor), None)
        blocks = [section(marked(task_line(Task(processor, how))))]
        if place is not None:
            value = str(Ref(ticket.number, ticket.version, str(place)))
            blocks.append(actions([button(f"{acts.TASK_DONE}:{place}", "Done", value)]))
        text = f"{esc(processor)}: {esc(how)}"
        await self._reply(ticket, f"task:{digest(processor)}", text, blocks=blocks)

    async def announce(self, text: str) -> None:
        """Something about the house itself, in the channel; what delivery says, it says once."""
        if row := ROW.get():
            key, since = f"announce:{row[:16]}", self.now() - LOOKED_BACK
            await self.poster.once(Post(0, key, esc(cut(text, NOTE)), self.channel, since))
            return
        with asking_slack():
            await self._client.chat_postMessage(
                channel=self.channel,
                text=esc(cut(text, NOTE)),
                unfurl_links=False,
                unfurl_media=False,
                link_names=False,
            )

    async def links(self, numbers: Sequence[int]) -> dict[int, str]:
        """The addresses of the tickets' cards, of those that are posted."""
        rows = await self._store.database.read(lambda: CardRow.filter(ticket__in=list(numbers)).all())
        return {row.ticket: await self._account.message_link(row.channel, row.ts) for row in rows}

    async def _reply(
        self,
        ticket: Ticket,
        key: str,
        text: str,
        *,
        loud: bool = False,
        steady: bool = False,
        blocks: list[Json] | None = None,
    ) -> None:
        """Post once in the card's thread. A `steady` key is unique by itself; others are for one row of the outbox."""
        name = f"{ticket.number}:{key}"
        full_key = name if steady else f"{name}:{ROW.get()[:16] or ticket.version}"
        root = await self._card(ticket)
        try:
            await self.poster.once(self._post(ticket, full_key, text, root, loud=loud, blocks=blocks))
        except Gone:  # somebody deleted the card: a new one is posted, with the note below it
            await self._forget(ticket.number)
            root = await self._card(ticket)
            await self.poster.once(self._post(ticket, full_key, text, root, loud=loud, blocks=blocks))

    def _post(self, ticket: Ticket, key: str, text: str, root: Place, *, loud: bool, blocks: list[Json] | None) -> Post:
        return Post(ticket.number, key, text, root.channel, ticket.opened_at, blocks, thread=root.ts, loud=loud)

    async def _card(self, ticket: Ticket) -> Place:
        """The ticket's card, posted or brought up to date if it shows another state."""
        async with self._locks.setdefault(ticket.number, asyncio.Lock()):
            now = self.now()
            state = (ticket.version, words.days_left(ticket, now, self.look.tz))
            place = await self._place(ticket.number)
            shown = self._shown.get(ticket.number)
            if place is None:
                place = await self._post_root(ticket, now)
            elif shown is None or (shown != state and shown[0] <= ticket.version):
                place = await self._update(ticket, place, now)
            else:
                return place
            self._shown[ticket.number] = state
            return place

    async def _update(self, ticket: Ticket, place: Place, now: datetime) -> Place:
        whole = card(ticket, now, self.look)
        try:
            try:
                await self._put(place, whole)
            except BadBlocks as error:
                _log.error("card refused", ticket=ticket.number, error=str(error))
                await self._put(place, small(ticket, now, self.look))
        except Gone:
            await self._forget(ticket.number)
            return await self._post_root(ticket, now)
        return place

    async def _put(self, place: Place, shown: Card) -> None:
        with asking_slack():
            await self._client.chat_update(
                channel=place.channel,
                ts=place.ts,
                text=shown.text,
                blocks=shown.blocks,
                metadata=shown.metadata,
                link_names=False,
                parse="none",
            )

    async def _post_root(self, ticket: Ticket, now: datetime) -> Place:
        """Post the card and remember where it stands."""
        place = Place(self.channel, await self._once_root(ticket, now))
        row = CardRow(ticket=ticket.number, channel=place.channel, ts=place.ts)

        async def work(connection: BaseDBAsyncClient) -> None:
            await CardRow.filter(ticket=ticket.number).using_db(connection).delete()
            await row.save(using_db=connection, force_create=True)

        await self._store.database.unit(work)
        return place

    async def _once_root(self, ticket: Ticket, now: datetime) -> str:
        def post(shown: Card) -> Post:
            key = key_of(ticket.number)
            return Post(ticket.number, key, shown.text, self.channel, ticket.opened_at, shown.blocks)

        try:
            return await self.poster.once(post(card(ticket, now, self.look)))
        except BadBlocks as error:
            _log.error("card refused", ticket=ticket.number, error=str(error))
            return await self.poster.once(post(small(ticket, now, self.look)))

    async def _place(self, number: int) -> Place | None:
        row = await self._store.database.read(lambda: CardRow.filter(ticket=number).first())
        return Place(row.channel, row.ts) if row else None

    async def _forget(self, number: int) -> None:
        self._shown.pop(number, None)
        await self._store.database.unit(lambda c: CardRow.filter(ticket=number).using_db(c).delete())


def mention(id_: str | None) -> str:
    """What calls a person (U…, W…) or a user group (S…); "" for none."""
    if id_ is None:
        return ""
    return f"<!subteam^{id_}> " if id_.startswith("S") else f"<@{id_}> "


def digest(text: str) -> str:
    """A short name of a text; says nothing of it."""
    return sha256(text.encode()).hexdigest()[:16]
