"""What staff do in Slack, turned into events for the desk. Each thing is acknowledged first, and answered in words."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

import structlog
from slack_bolt.async_app import AsyncApp

from bot.desk import Desk
from bot.ports import Refused, Unreachable
from bot.slack import acts, by_hand, forms
from bot.slack.blocks import Json, cut, notice
from bot.slack.cards import mark_line
from bot.slack.form_kit import Invalid, Written, entered
from bot.slack.people import Actor, NotAllowed, People
from bot.slack.refs import Ref, unpacked
from bot.slack.staff import SlackStaff
from bot.slack.talk import Talk
from intents.rights import Intent
from responders.case import events as e
from responders.case.lifecycle import TRANSITIONS, NotNow, why_not
from storage.database import ChangedMeanwhile, DatabaseAway
from storage.tickets import UnknownTicket

EXPECTED = (NotAllowed, NotNow, ChangedMeanwhile, UnknownTicket, Unreachable, Refused, DatabaseAway)
_log = structlog.get_logger("slack")
Ack = Callable[..., Awaitable[Any]]


class StaffListeners:
    """The staff's side of the app. Whoever clicks is checked at the click; work on one ticket goes in order."""

    def __init__(self, talk: Talk, staff: SlackStaff, people: People, desk: Desk, now: Callable[[], datetime]) -> None:
        self._talk, self._staff, self._people, self._desk, self._now = talk, staff, people, desk, now
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def register(self, app: AsyncApp) -> None:
        """Hang the clicks, forms and the shortcut into the app."""
        direct = "|".join(act.name for act in acts.ACTS if not act.form)
        with_form = "|".join(act.name for act in acts.ACTS if act.form)
        app.action(re.compile(rf"^({direct}|{acts.SORT}:\w+|{acts.SORT}_menu|{acts.TASK_UNDO}:\d+)$"))(self.clicked)
        app.action(re.compile(rf"^({with_form}|{acts.TASK_DONE}:\d+)$"))(self.form_wanted)
        app.view(f"staff:{by_hand.NAME}")(self.entered_by_hand)
        app.view(re.compile(r"^staff:"))(self.submitted)
        app.shortcut(by_hand.NAME)(self.by_hand_wanted)

    # clicks

    async def clicked(self, ack: Ack, body: Json) -> None:
        """A button that acts at once."""
        await ack()
        ref = ref_of(body)
        if ref is None:
            return
        try:
            async with self._in_order(ref.ticket):
                actor = await self._actor_in_channel(body)
                event = await self._event_of(body, ref, actor)
                await self._desk.happen(ref.ticket, event, version=ref.version)
        except EXPECTED as error:
            await self._talk.tell(body, await self._in_words(error, ref.ticket))

    async def _event_of(self, body: Json, ref: Ref, actor: Actor) -> e.Event:
        """What a click means."""
        name = str(body["actions"][0]["action_id"])
        if name.startswith(acts.SORT):
            return e.StaffSorted(actor.by, Intent(ref.more))
        if name.startswith(acts.TASK_UNDO):
            return e.TaskReopened(actor.by, await self._processor(ref))
        match name:
            case "approve":
                return e.StaffApproved(actor.by)
            case "assign":
                return e.StaffAssigned(actor.by, actor.by)
            case "unverified":
                return e.StaffClosedUnverified(actor.by)
            case "nothing":
                return e.StaffFoundNothing(actor.by)
            case "keep":
                return e.StaffKeptDate(actor.by)
            case "agent":
                return e.StaffAskedAgent(actor.by)
            case _:
                return e.StaffReopened(actor.by)

    async def _processor(self, ref: Ref) -> str:
        """The processor of a task's button. Raises NotNow where the ticket has no such task any more."""
        tasks = (await self._desk.ticket(ref.ticket)).tasks
        if not ref.more.isdigit() or int(ref.more) >= len(tasks):
            raise NotNow("This ticket has no such task any more.")
        return tasks[int(ref.more)].processor

    # forms

    async def form_wanted(self, ack: Ack, body: Json) -> None:
        """A button that opens a form: an empty one at once, then the real one or why there is none."""
        await ack()
        ref = ref_of(body)
        if ref is None:
            return
        view_id = await self._talk.opened(body)
        try:
            async with self._in_order(ref.ticket):
                view = await self._form(body, ref)
        except EXPECTED as error:
            view = notice(await self._in_words(error, ref.ticket))
        await self._talk.fill(view_id, view)

    async def _form(self, body: Json, ref: Ref) -> Json:
        """The form for a ticket as it stands, where it still is what the person saw."""
        await self._actor_in_channel(body)
        name = str(body["actions"][0]["action_id"]).partition(":")[0]
        ticket = await self._desk.ticket(ref.ticket)
        if name == acts.TASK_DONE:  # a task's own message is not brought up to date: the form goes by what is true now
            processor = await self._processor(ref)
            task = next(each for each in ticket.tasks if each.processor == processor)
            if task.done:
                raise NotNow(f"{processor} is already ticked off, by {task.done_by}.")
            if e.TaskDone not in TRANSITIONS[ticket.status]:
                raise NotNow(why_not(ticket.status, e.TaskDone("", processor)))
            return forms.view(name, ticket, self._staff.look, processor)
        if ticket.version != ref.version:
            raise ChangedMeanwhile(f"Ticket {ref.ticket} has changed since this card was shown.")
        return forms.view(name, ticket, self._staff.look)

    async def submitted(self, ack: Ack, body: Json, view: Json) -> None:
        """A filled form: what is wrong with it is said in the form, all else afterwards."""
        name = str(view["callback_id"]).removeprefix("staff:")
        ref, more = unpacked(view["private_metadata"])
        values = entered(view["state"]["values"])
        try:
            self._event_of_form(name, values, more, Actor("", ""))
        except Invalid as invalid:
            await ack(response_action="errors", errors=invalid.errors)
            return
        await ack()
        try:
            async with self._in_order(ref.ticket):
                actor = await self._people.behind(body)
                event = self._event_of_form(name, values, more, actor)
                await self._desk.happen(ref.ticket, event, version=ref.version)
        except EXPECTED as error:
            own_words = next((values[key] for key in ("reason", "question", "answer", "how") if values.get(key)), "")
            kept = f"\nYou wrote: {cut(own_words, 2000)}" if own_words else ""
            await self._talk.tell(body, await self._in_words(error, ref.ticket) + kept)

    def _event_of_form(self, name: str, values: dict[str, str], more: dict[str, str], actor: Actor) -> e.Event:
        return forms.FORMS[name].event(Written(values, actor.by, more, self._now(), self._staff.look))

    # requests by hand

    async def by_hand_wanted(self, ack: Ack, body: Json) -> None:
        """The shortcut: the form for a request that came by phone or letter."""
        await ack()
        view_id = await self._talk.opened(body)
        try:
            await self._people.behind(body)
            view = by_hand.view(self._now().astimezone(ZoneInfo(self._staff.look.tz)).date())
        except EXPECTED as error:
            view = notice(str(error))
        await self._talk.fill(view_id, view)

    async def entered_by_hand(self, ack: Ack, body: Json, view: Json) -> None:
        """The filled form: a ticket as if the letter had come by mail, assigned to who entered it."""
        values = entered(view["state"]["values"])
        try:
            request = by_hand.request(Written(values, "", {}, self._now(), self._staff.look))
        except Invalid as invalid:
            await ack(response_action="errors", errors=invalid.errors)
            return
        await ack()
        try:
            actor = await self._people.behind(body)
            opened = await self._desk.open([request])
            for ticket in opened:
                if ticket.status.open:
                    await self._desk.happen(ticket.number, e.StaffAssigned(actor.by, actor.by))
            numbers = ", ".join(str(ticket.number) for ticket in opened)
            await self._talk.tell(body, f"Ticket {numbers} is open.")
        except EXPECTED as error:
            await self._talk.tell(body, str(error))

    # helpers

    def _in_order(self, number: int) -> asyncio.Lock:
        return self._locks.setdefault(number, asyncio.Lock())

    async def _actor_in_channel(self, body: Json) -> Actor:
        """Who clicked, in the staff's channel. Raises NotAllowed."""
        if (body.get("channel") or {}).get("id") != self._staff.channel:
            raise NotAllowed("Nothing was done: tickets are handled in the staff's channel only.")
        return await self._people.behind(body)

    async def _in_words(self, error: Exception, number: int) -> str:
        """What to tell the person who clicked; a card that was out of date is brought up to date."""
        if not isinstance(error, ChangedMeanwhile | NotNow):
            return str(error)
        try:
            ticket = await self._desk.ticket(number)
            await self._staff.show(ticket)
        except EXPECTED as further:
            _log.warning("card not refreshed", ticket=number, error=type(further).__name__)
            return str(error)
        last = f" Last: {mark_line(ticket.marks[-1], self._staff.look)}." if ticket.marks else ""
        return f"{error}{last} Nothing was done by your click; the card shows how it stands."


def ref_of(body: Json) -> Ref | None:
    """The ticket of a click, from the button or the chosen option."""
    action = body["actions"][0]
    option = action.get("selected_option") or {}
    ref = Ref.read(str(action.get("value") or option.get("value") or ""))
    if ref is None:
        _log.warning("a button without a ticket", action=str(action.get("action_id"))[:40])
    return ref
