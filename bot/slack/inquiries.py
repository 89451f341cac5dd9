"""What staff ask without doing anything: the slash command and the App Home."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.breach import BreachDesk
from bot.desk import Desk
from bot.ports import Refused, Unreachable
from bot.slack.blocks import Json, esc
from bot.slack.cards import card
from bot.slack.errors import asking_slack
from bot.slack.home import HELP, OPEN, closed_home, home, rows
from bot.slack.listeners import EXPECTED
from bot.slack.people import NotAllowed, People
from bot.slack.staff import SlackStaff
from bot.slack.talk import Talk
from responders.breach import words
from responders.case.ticket import Ticket

COMMAND = "/rightsdesk"
MOST = 500
_log = structlog.get_logger("slack")


class StaffInquiries:
    """Answers only to those who may act, and only they see the answer."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        talk: Talk,
        staff: SlackStaff,
        people: People,
        desk: Desk,
        now: Callable[[], datetime],
    ) -> None:
        self._client, self._talk, self._staff, self._people = client, talk, staff, people
        self._desk, self._now = desk, now

    def register(self, app: AsyncApp) -> None:
        """Hang command and home into the app."""
        app.command(COMMAND)(self.command)
        app.event("app_home_opened")(self.home_opened)

    async def command(self, ack: Callable[..., Awaitable[Any]], body: Json) -> None:
        """`/rightsdesk …`, in the staff's channel only."""
        if body.get("channel_id") != self._staff.channel:
            await ack(f"Please use {COMMAND} in the staff's channel.")
            return
        await ack()
        try:
            actor = await self._people.behind(body)
            text, blocks = await self._answer(str(body.get("text") or "").strip().lower(), actor.by)
        except EXPECTED as error:
            await self._talk.tell(body, str(error))
        else:
            await self._talk.tell(body, text, blocks, marked=True)

    async def _answer(self, asked: str, by: str) -> tuple[str, list[Json] | None]:
        """Our own mrkdwn, and blocks."""
        now, look = self._now(), self._staff.look
        match asked.split():
            case ["open"]:
                return await self._list(await self._open_tickets())
            case ["late"]:
                late = [ticket for ticket in await self._open_tickets() if ticket.late(now)]
                return await self._list(late) if late else ("Nothing is late.", None)
            case ["breach", *when]:
                return esc(await self._breach(when, by)), None
            case [number] if number.lstrip("#").isdecimal() and len(number) < 10:
                shown = card(await self._desk.ticket(int(number.lstrip("#"))), now, look, clickable=False)
                return shown.text, shown.blocks
            case _:
                return HELP, None

    async def _breach(self, when: list[str], by: str) -> str:
        """Open a breach, known since `when` or now; where one is open, show it, unless "new" asks for another."""
        desk, now = BreachDesk(self._desk), self._now()
        known = [] if when else await desk.open_ones()
        if known:
            shown = "\n".join(words(each, now, self._desk.house) for each in known)
            return f"{shown}\nAnother one: {COMMAND} breach new, or {COMMAND} breach 2026-03-06T15:00-07:00"
        try:
            aware = now if when in ([], ["new"]) else datetime.fromisoformat("T".join(when).upper())
            opened = await desk.open(aware, by)
        except ValueError as error:
            return f"Nothing was opened: {error}. Write for example {COMMAND} breach 2026-03-06T15:00-07:00"
        return f"{words(opened, now, self._desk.house)}\nNext: rightsdesk breach describe {opened.number}"

    async def _list(self, tickets: list[Ticket]) -> tuple[str, list[Json]]:
        blocks = rows(tickets, self._now(), self._staff.look, await self._links(tickets))
        return f"{len(tickets)} tickets", blocks

    async def home_opened(self, event: Json, body: Json) -> None:
        """The App Home: open tickets, the most urgent first."""
        if event.get("tab", "home") != "home":
            return
        user = str(event["user"])
        try:
            await self._people.actor(user, {str(body.get("team_id"))})
            tickets = await self._open_tickets()
            view = home(tickets, self._now(), self._staff.look, await self._links(tickets))
        except NotAllowed as error:
            view = closed_home(str(error).removeprefix("Nothing was done: "))
        except EXPECTED as error:
            view = closed_home(str(error))
        try:
            with asking_slack():
                await self._client.views_publish(user_id=user, view=view)
        except (Unreachable, Refused) as error:
            _log.warning("home not shown", error=str(error))

    async def _open_tickets(self) -> list[Ticket]:
        store = self._desk.store
        return await store.database.read(lambda: store.tickets.many(status=OPEN, limit=MOST, newest=False))

    async def _links(self, tickets: list[Ticket]) -> dict[int, str]:
        return await self._staff.links([ticket.number for ticket in tickets])
