"""What one process does at a time, as roles: sending letters, Slack, the clock, the mailbox with its reading.

Each is of one brand, and the mailbox's is of one mailbox. Their numbers are those of their locks and never change.
"""

import asyncio
from hashlib import sha256
from typing import TYPE_CHECKING

import structlog

from bot.configured import account_of
from bot.ownership import Role

if TYPE_CHECKING:
    from bot.app import App

LETTERS, SLACK, CLOCK, MAILBOX = 1, 2, 3, 4
ONLY_MAILBOX = "support"
"""What the only mailbox is called where nobody has named it."""
_log = structlog.get_logger("app")


def number_of(role: int, name: str) -> int:
    """The number of a role's lock. That of a named brand or mailbox is a hash; where two fell together, one process
    would wait for the other's to end."""
    return role if not name else 10 + int(sha256(f"{role}:{name}".encode()).hexdigest()[:12], 16) % (2**31 - 10)


def named(role: str, name: str) -> str:
    """ "letters", "letters of north"."""
    return f"{role} of {name}" if name else role


def roles_of(app: "App", *, mail: bool) -> tuple[Role, ...]:
    """In the order in which they begin; they end in the reverse. Without `mail` the mailbox is left alone."""
    return (letters(app), slack(app), clock(app), mailbox(app, mail=mail))


def letters(app: "App") -> Role:
    """Letters leave by one process, so that what it left in doubt is recovered by whoever comes after it."""

    async def start() -> None:
        if app.letting_out is not None:
            _log.info("letters held", held=await app.letting_out.resume())
        app.sending.start()

    return Role(named("letters", app.brand), number_of(LETTERS, app.brand), start, app.sending.stop)


def slack(app: "App") -> Role:
    """Slack spreads what people do over all connections of an app, so there is one; cards are shown in order."""

    async def start() -> None:
        if app.telling is not None:
            await app.telling.resume()
        app.showing.start()
        if app.slack is not None:
            await app.slack.start()

    async def stop() -> None:
        if app.slack is not None:
            await app.slack.stop()
        await app.showing.stop()

    return Role(named("slack", app.brand), number_of(SLACK, app.brand), start, stop)


def clock(app: "App") -> Role:
    """The clock asks for what is due."""

    async def start() -> None:
        app.clock = app.new_clock()
        app.clock.start()

    async def stop() -> None:
        app.clock.stop()

    return Role(named("clock", app.brand), number_of(CLOCK, app.brand), start, stop)


def mailbox(app: "App", *, mail: bool) -> Role:
    """The mailbox is watched, and what was stored is read."""

    async def start() -> None:
        app.reading.start()
        if mail:
            await app.open_mailbox()

    async def stop() -> None:
        watched, app.mailbox = app.mailbox, None
        if watched is not None:
            await asyncio.to_thread(watched.stop)
        await app.reading.stop()
        app.reader.ahead.forget()

    account = account_of(app.config)
    name = "" if account == ONLY_MAILBOX else account
    return Role(named("mailbox", name), number_of(MAILBOX, name), start, stop)
