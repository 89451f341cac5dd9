"""Waves in the staff's channel: one card that lists a wave's tickets, and staff's word on its agent."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from tortoise.backends.base.client import BaseDBAsyncClient

from bot.slack import words
from bot.slack.blocks import Json, esc, notice
from bot.slack.cards import Look, metadata
from bot.slack.errors import Gone, asking_slack
from bot.slack.form_kit import entered
from bot.slack.listeners import EXPECTED
from bot.slack.people import NotAllowed, People
from bot.slack.posting import Post, Poster
from bot.slack.talk import Talk
from bot.slack.wave_cards import CONFIRM, blocks_of, form, heading
from bot.waves import WaveDesk
from responders.case.ticket import Ticket
from responders.waves import LEAST, AgentWord, Wave, letters_in
from storage import waves

LARGE = 50
"""Tickets from which on a wave's card is not drawn anew with each of them."""
PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card showed last, by this process."""

    blocks: list[Json]
    tickets: int
    at: datetime


class WaveBoard:
    """The cards of waves. A card is brought up to date whenever one of its tickets is shown."""

    def __init__(self, client: AsyncWebClient, desk: WaveDesk, poster: Poster, channel: str, look: Look) -> None:
        self._client, self._desk, self._poster, self.channel, self._look = client, desk, poster, channel, look
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._shown: dict[int, Shown] = {}
        self._waiting: set[int] = set()

    async def show_of(self, ticket: Ticket) -> None:
        """Post the card of the ticket's wave, or bring it up to date; nothing where it came alone. That of a large
        wave waits for a while, and follows with the next ticket that is shown, whichever that is."""
        if "agent" in ticket.data or "template" in ticket.data:
            found = await self._desk.of_ticket(ticket.number)
            self._waiting |= {found.number} if found else set()
        now = self._desk.desk.now()
        for number in sorted(self._waiting):
            shown = self._shown.get(number)
            if shown is None or shown.tickets < LARGE or now - shown.at >= PAUSE:
                await self.show(number)

    async def show(self, number: int) -> None:
        """The card of one wave as it stands now."""
        async with self._locks.setdefault(number, asyncio.Lock()):
            wave, tickets = await self._desk.wave(number)
            if letters_in(tickets) < LEAST:
                self._waiting.discard(number)
                return
            now = self._desk.desk.now()
            blocks, before = blocks_of(wave, tickets, now, self._look), self._shown.get(number)
            if before is None or before.blocks != blocks:
                await self._put(wave, esc(heading(wave, tickets)), blocks)
            self._shown[number] = Shown(blocks, len(tickets), now)
            self._waiting.discard(number)

    async def _put(self, wave: Wave, text: str, blocks: list[Json]) -> None:
        store = self._desk.desk.store
        place = await store.database.read(lambda: waves.place(wave.number))
        key = f"wave:{wave.number}"
        if place is not None:
            if await self._updated(place, key, text, blocks):
                return
            key = f"{key}:{place[1]}"  # somebody deleted it: a new one is posted
        ts = await self._poster.once(Post(0, key, text, self.channel, wave.begun_at, blocks))

        async def work(connection: BaseDBAsyncClient) -> None:
            await waves.set_place(connection, wave.number, self.channel, ts)

        await store.database.unit(work)

    async def _updated(self, place: tuple[str, str], key: str, text: str, blocks: list[Json]) -> bool:
        """Whether the card is still there, and shows `blocks` now."""
        try:
            with asking_slack():
                await self._client.chat_update(
                    channel=place[0],
                    ts=place[1],
                    text=text,
                    blocks=blocks,
                    metadata=metadata(0, key),
                    link_names=False,
                    parse="none",
                )
        except Gone:
            return False
        return True


class WaveListeners:
    """The button and the form."""

    def __init__(self, board: WaveBoard, desk: WaveDesk, talk: Talk, people: People) -> None:
        self._board, self._desk, self._talk, self._people = board, desk, talk, people

    def register(self, app: AsyncApp) -> None:
        """Hang both into the app."""
        app.action(CONFIRM)(self.wanted)
        app.view(CONFIRM)(self.confirmed)

    async def wanted(self, ack: Callable[..., Awaitable[Any]], body: Json) -> None:
        """The button: the form, for those who may act in the staff's channel."""
        await ack()
        view_id = await self._talk.opened(body)
        try:
            if (body.get("channel") or {}).get("id") != self._board.channel:
                raise NotAllowed("Nothing was done: waves are handled in the staff's channel only.")
            await self._people.behind(body)
            wave, _ = await self._desk.wave(int(body["actions"][0]["value"]))
            view = form(wave)
        except EXPECTED as error:
            view = notice(str(error))
        await self._talk.fill(view_id, view)

    async def confirmed(self, ack: Callable[..., Awaitable[Any]], body: Json, view: Json) -> None:
        """The filled form."""
        await ack()
        values, number = entered(view["state"]["values"]), int(view["private_metadata"])
        try:
            actor = await self._people.behind(body)
            word = AgentWord(values["word"])
            asked, left = await self._desk.confirm(number, word, actor.by, values["how"], agent=values["agent"])
            await self._board.show(number)
            rest = f" {words.number(left, 'ticket')} could not be asked: see their cards." if left else ""
            await self._talk.tell(body, f"{words.number(asked, 'person')} asked.{rest}")
        except EXPECTED as error:
            await self._talk.tell(body, str(error))
