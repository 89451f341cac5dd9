"""What became of the rows of the outbox: remembered until it is written down, and written in groups.

A database that goes away after a letter went out must not make it go out again.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from tortoise.backends.base.client import BaseDBAsyncClient

from bot.desk import Desk
from storage import audit, outbox
from storage.outbox import Due
from storage.tickets import UnknownTicket

_log = structlog.get_logger("deliver")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row, to be written down. `until`: not before then. `note`: what staff are told with it."""

    row: Due
    state: str
    error: str = ""
    until: datetime | None = None
    note: str | None = None


class Superseded(Exception):
    """Another process has taken the row over: what this one has to say of it no longer counts."""


@dataclass
class Outcomes:
    """One deliverer's. Whoever does rows need not wait for `put`; what comes while one group is written is the next."""

    desk: Desk
    now: Callable[[], datetime]
    _unwritten: dict[str, Outcome] = field(default_factory=dict)
    _writing: asyncio.Task[None] | None = None
    _error: Exception | None = None

    def put(self, outcome: Outcome) -> None:
        """Remember an outcome, and have it written soon."""
        self._unwritten[outcome.row.id] = outcome
        self._begin()

    @property
    def failed(self) -> bool:
        """Whether they can't be written just now, so that nothing more should be begun."""
        return self._error is not None

    async def written(self) -> None:
        """Wait until all are written. Raises what stopped the writing; those stay remembered for the next call."""
        self._begin()
        if self._writing is not None:
            await asyncio.wait([self._writing])
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _begin(self) -> None:
        if self._unwritten and not self.failed and (self._writing is None or self._writing.done()):
            self._writing = asyncio.create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._unwritten:
                group = list(self._unwritten.values())
                await self._finish([outcome.row for outcome in group if outcome.state == outbox.DONE])
                for outcome in group:
                    if outcome.state != outbox.DONE:
                        await self._write(outcome)
                    del self._unwritten[outcome.row.id]
        except Exception as error:  # noqa: BLE001 - raised by `written`, to the one who waits for it
            self._error = error

    async def _finish(self, rows: Sequence[Due]) -> None:
        """Rows are done; that a letter was taken by the other side stands in the log."""
        if not rows:
            return
        now = self.now()
        mails = [row for row in rows if row.kind == "mail"]

        async def work(connection: BaseDBAsyncClient) -> None:
            fresh = await outbox.not_done(connection, [row.id for row in mails])
            await outbox.settle(connection, [row.id for row in rows], outbox.DONE, now=now)
            await audit.append(connection, [sent_line(row) for row in mails if row.id in fresh], now)

        await self.desk.store.database.unit(work)
        if mails:
            _log.info("sent", tickets=[row.ticket for row in mails], letters=[row.name for row in mails])

    async def _write(self, outcome: Outcome) -> None:
        """Write that a row is not done, and what staff are told of it, in one unit."""
        row, database = outcome.row, self.desk.store.database

        async def settle(connection: BaseDBAsyncClient) -> None:
            state, until = outcome.state, outcome.until
            if not await outbox.give_back(connection, row.id, row.attempts, state, error=outcome.error, until=until):
                raise Superseded

        try:
            if outcome.note is not None and row.ticket is not None:
                try:
                    return await self.desk.note(row.ticket, outcome.note, within=settle)
                except UnknownTicket:  # purged meanwhile: there is nobody left to be told about
                    pass
            await database.unit(settle)
        except Superseded:
            _log.warning("another process has it", outbox=row.id[:8], kind=row.kind, ticket=row.ticket)


def held_back(row: Due, error: str) -> Outcome:
    """A letter with personal data that may have gone out, or not: staff look and decide."""
    note = (
        f"The letter “{row.name}” may have gone out, or not: the connection broke. Look in the Sent folder or ask "
        f"the person, then `rightsdesk outbox send {row.id[:8]}` or `rightsdesk outbox drop {row.id[:8]}`."
    )
    return Outcome(row, outbox.HELD, error, note=note)


def sent_line(row: Due) -> audit.Line:
    """The log line of a letter that the other side has taken."""
    return audit.Line("LetterSent", "rightsdesk", row.ticket, {"letter": row.name, "outbox": row.id[:8]})
