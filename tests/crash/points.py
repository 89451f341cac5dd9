"""Named places at which the bot is killed: production functions are wrapped from outside, nothing in them knows."""

import functools
import importlib
import inspect
import itertools
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

Passing = Callable[[tuple[Any, ...], dict[str, Any]], bool]
"""Whether a call is the one that is meant, by its arguments (the object itself comes first)."""
Look = Callable[[tuple[Any, ...], dict[str, Any]], None]


def every(_args: tuple[Any, ...], _named: dict[str, Any]) -> bool:
    return True


def event(name: str) -> Passing:
    """Calls of the desk with this event."""
    return lambda args, _named: type(args[2]).__name__ == name


def thread(wanted: bool) -> Passing:
    """Posts in a thread, or of a card."""
    return lambda _args, named: (named.get("thread_ts") is not None) is wanted


def data(wanted: bool) -> Passing:
    """Rows whose letter holds personal data, or does not."""
    return lambda args, _named: args[1].kind == "mail" and args[1].holds_data is wanted


def final_dot(args: tuple[Any, ...], _named: dict[str, Any]) -> bool:
    """Writing a whole letter."""
    return len(args[1]) > 100 and bool(args[1].endswith(b"\r\n.\r\n"))


@dataclass(frozen=True, slots=True)
class Point:
    """`target` is "module:Class.function"; the process ends before or after a call of it that `meant` picks."""

    name: str
    target: str
    before: bool
    meant: Passing = every
    often: int = 2
    """At the first to this many-th passing after a start."""
    pause: float = 0.0
    """Seconds before the end, for what was given to a socket to reach the server."""


POINTS = (
    Point("the schema is about to be migrated", "storage.database:Database._migrate", True, often=1),
    Point("the schema was migrated", "storage.database:Database._migrate", False, often=1),
    Point("keys opened, or made", "storage.store:keeper_of", False, often=1),
    Point("recovery of the outbox begins", "bot.deliver:Deliverer.recover", True, often=2),
    Point("recovery of the outbox is over", "bot.deliver:Deliverer.recover", False, often=2),
    Point("marks are asked for again", "bot.app:App.mark_again", True, often=1),
    Point("marks were asked for again", "bot.app:App.mark_again", False, often=1),
    Point("mails fetched, not stored", "bot.taking:MailboxIntake.take", True),
    Point("mails stored, unit open", "storage.inbox:Inbox.store", False),
    Point("mails stored", "bot.taking:MailboxIntake.take", False),
    Point("mails read, not routed", "bot.intake:Reader.settle", True),
    Point("letters routed, nothing saved", "bot.desk:Desk.open_many", True),
    Point("ordinary mail left, unit open", "storage.inbox:Inbox.leave", False),
    Point("tickets numbered, unit open", "bot.desk:take_numbers", False),
    Point("ticket written, effects not", "storage.tickets:Tickets.add", False),
    Point("effects written, log not", "storage.outbox:put", False),
    Point("log written, unit open", "storage.audit:append", False, often=3),
    Point("everything written, unit open", "bot.saving:Saver.save", False),
    Point("tickets saved, mail not marked", "bot.desk:Desk.open_many", False),
    Point("mark on its way to the server", "bot.mail.imap:Connection.flag", True),
    Point("mark set on the server", "bot.mail.imap:Connection.flag", False),
    Point("rows about to be claimed", "storage.outbox:claim", True, often=3),
    Point("rows claimed, unit open", "storage.outbox:claim", False, often=3),
    Point("rows claimed", "bot.deliver:Deliverer._take", False, often=4),
    Point("letter about to be written", "bot.letting_out:compose", True),
    Point("neutral letter, body not begun", "bot.letting_out:LettingOut.in_doubt", False, data(False)),
    Point("data letter, not yet in doubt", "bot.letting_out:LettingOut.in_doubt", True, data(True), often=1),
    Point("data letter in doubt, body not begun", "bot.letting_out:LettingOut.in_doubt", False, data(True), often=1),
    Point("final dot sent, no answer read", "bot.mail.dialogue:Dialogue.write", False, final_dot, pause=0.03),
    Point("letter taken, not written down", "bot.mail.smtp:_Line._body", False),
    Point("outcome about to be written", "bot.outcomes:Outcomes._finish", True),
    Point("outcome written, unit open", "storage.outbox:settle", False),
    Point("outcome written", "bot.outcomes:Outcomes._finish", False),
    Point("post noted, not sent", "bot.slack.posting:Poster._begun_before", False),
    Point("card about to be posted", "slack_sdk.web.async_client:AsyncWebClient.chat_postMessage", True, thread(False)),
    Point("card posted, its place not saved", "slack_sdk.web.async_client:AsyncWebClient.chat_postMessage", False,
          thread(False)),
    Point("card posted, its place saved", "bot.slack.staff:SlackStaff._post_root", False),
    Point("note posted, not written down", "slack_sdk.web.async_client:AsyncWebClient.chat_postMessage", False,
          thread(True)),
    Point("card about to be changed", "slack_sdk.web.async_client:AsyncWebClient.chat_update", True),
    Point("card changed, not written down", "slack_sdk.web.async_client:AsyncWebClient.chat_update", False),
    Point("code came back, try not spent", "storage.codes:Codes.spend_try", True),
    Point("try spent, unit open", "storage.codes:Codes.spend_try", False),
    Point("try spent, code not compared", "bot.desk:Desk.happen", True, event("IdentityConfirmed")),
    Point("code compared, nothing confirmed", "storage.codes:Codes.compare", False),
    Point("identity confirmed", "bot.desk:Desk.happen", False, event("IdentityConfirmed")),
    Point("wrong code, not yet said", "bot.desk:Desk.happen", True, event("CodeRejected"), often=1),
    Point("approval clicked, not saved", "bot.desk:Desk.happen", True, event("StaffApproved")),
    Point("approval saved", "bot.desk:Desk.happen", False, event("StaffApproved")),
    Point("task ticked, not saved", "bot.desk:Desk.happen", True, event("TaskDone")),
    Point("task saved", "bot.desk:Desk.happen", False, event("TaskDone")),
    Point("a tick begins", "bot.desk:Desk.tick", True, often=3),
    Point("tickets are due, not looked at", "bot.desk:Desk._look_at", True, often=1),
    Point("tickets that were due were looked at", "bot.desk:Desk._look_at", False, often=1),
    Point("others told of work, unit open", "storage.wake:tell", False, often=3),
    Point("chat message came, not taken", "bot.chat.customers:Customers._settle", True, often=1),
    Point("chat message taken, not acknowledged", "bot.chat.customers:Customers._settle", False, often=1),
)  # fmt: skip
BY_NAME = {point.name: point for point in POINTS}


def arm(point: Point, nth: int) -> None:
    """Kill this process at the nth passing of `point`."""
    holder, name = holder_of(point)
    original, passed = getattr(holder, name), itertools.count(1)

    def look(args: tuple[Any, ...], named: dict[str, Any]) -> None:
        if point.meant(args, named) and next(passed) == nth:
            time.sleep(point.pause)
            os.kill(os.getpid(), signal.SIGKILL)

    wrap = wrapped_async if inspect.iscoroutinefunction(original) else wrapped
    setattr(holder, name, functools.wraps(original)(wrap(original, look, before=point.before)))


def holder_of(point: Point) -> tuple[Any, str]:
    """What holds the function, and its name there."""
    module_name, _, path = point.target.partition(":")
    holder: Any = importlib.import_module(module_name)
    *outer, name = path.split(".")
    for each in outer:
        holder = getattr(holder, each)
    return holder, name


def wrapped_async(original: Callable[..., Awaitable[Any]], look: Look, *, before: bool) -> Callable[..., Any]:
    async def passing(*args: Any, **named: Any) -> Any:
        if before:
            look(args, named)
        result = await original(*args, **named)
        if not before:
            look(args, named)
        return result

    return passing


def wrapped(original: Callable[..., Any], look: Look, *, before: bool) -> Callable[..., Any]:
    def passing(*args: Any, **named: Any) -> Any:
        if before:
            look(args, named)
        result = original(*args, **named)
        if not before:
            look(args, named)
        return result

    return passing
