"""Delivery: what the outbox holds is done in the world, oldest first, each row at most once at a time.

A letter is marked in doubt before its body goes out. After a crash, or an answer that never came, nobody can tell
whether it was taken (RFC 1047): neutral letters are sent again under the same Message-ID, letters with personal data
or an erasure confirmation are held for staff. What happened in the world is remembered until it is written down, so
that a database that goes away after a letter went out does not make it go out again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.ahead import Ahead
from bot.desk import Desk
from bot.letting_out import Identity, LettingOut
from bot.outcomes import Outcome, Outcomes, Superseded, held_back
from bot.ports import ROW, ChatRoom, InDoubt, LettersOut, Refused, StaffRoom, Unreachable
from bot.showing import Showing
from storage import outbox
from storage.database import DatabaseAway
from storage.outbox import Due
from storage.tickets import UnknownTicket

__all__ = ["MAIL_KINDS", "STAFF_KINDS", "Deliverer", "Identity"]

BATCH = 200
AT_ONCE = 8
"""Letters that are under way at a time: some at the server, the others being composed."""
GIVE_UP = timedelta(days=5)
"""How long a letter is tried (RFC 5321, 4.5.4.1)."""
STEPS = (30, 60, 300, 900, 1800, 3600, 7200)
"""Seconds between tries."""
MAIL_KINDS = ("mail",)
STAFF_KINDS = ("card", "tell", "remind", "task", "say", "announce")
_log = structlog.get_logger("deliver")


@dataclass
class Deliverer:
    """Empties the outbox, or those `kinds` of it, so that letters need not wait for a slow Slack.

    One task at a time calls `recover` and `run_once`; a row is only ever one deliverer's.
    """

    desk: Desk
    letters: LettersOut
    staff: StaffRoom
    chat: ChatRoom | None
    sender: Identity
    now: Callable[[], datetime]
    kinds: Sequence[str] = (*MAIL_KINDS, *STAFF_KINDS)
    outcomes: Outcomes = field(init=False)
    _at_work: list[asyncio.Task[None]] = field(default_factory=list)
    _interrupted: bool = False

    def __post_init__(self) -> None:
        self.outcomes = Outcomes(self.desk, self.now)

    async def recover(self) -> int:
        """After a start: what was claimed is free again, what is in doubt repeated or held; returns how many held."""
        store = self.desk.store
        held = await store.database.unit(lambda connection: outbox.recover(connection, store.keeper, self.kinds))
        for row in held:
            self.outcomes.put(held_back(row, "in doubt after a crash"))
        await self.outcomes.written()
        return len(held)

    async def run_once(self) -> int:
        """Do what is due; returns how many rows were tried. Raises DatabaseAway; the next call goes on from there."""
        if self._interrupted:
            await self.resume()
        try:
            return await self._run()
        except BaseException:
            self._interrupted = True
            raise

    async def resume(self) -> int:
        """At the beginning, and after a time without the database: write down what became of the rows, then recover.

        Returns how many letters are held for staff.
        """
        if self._at_work:  # whoever called for them was cancelled, but they are not
            await asyncio.wait(self._at_work)
        await self.outcomes.written()
        held = await self.recover()
        self._interrupted = False
        return held

    async def _run(self) -> int:
        mails = await self._take([kind for kind in MAIL_KINDS if kind in self.kinds])
        others = await self._take([kind for kind in STAFF_KINDS if kind in self.kinds])
        await self._do(mails, others)
        return len(mails) + len(others)

    async def _do(self, mails: Sequence[Due], others: Sequence[Due]) -> None:
        """Several letters at a time, and beside them what is for staff, one after the other; all of it to the end."""
        store = self.desk.store
        letting_out = LettingOut(
            self.desk, self.letters, self.sender, self.now, Ahead(store, numbers_of(mails), only_keys=True)
        )
        showing = Showing(self.staff, self.chat, Ahead(store, numbers_of(others)), store.keeper.root)
        left = iter(mails)
        lanes = [self._do_all(left, letting_out.send) for _ in range(min(AT_ONCE, len(mails)))]
        if others:
            lanes.append(self._do_all(iter(others), showing.show))
        self._at_work = [asyncio.create_task(lane) for lane in lanes]
        await finished(self._at_work)
        await self.outcomes.written()

    async def _take(self, kinds: Sequence[str]) -> list[Due]:
        """What is due, claimed. Neutral letters are in doubt from then on: they are repeated anyway."""
        now, store, database = self.now(), self.desk.store, self.desk.store.database
        rows = await database.read(lambda: outbox.due(store.keeper, now, kinds, BATCH)) if kinds else []
        if not rows:
            return []
        ids, mails = [row.id for row in rows], kinds == list(MAIL_KINDS)
        taken = await database.unit(lambda connection: outbox.claim(connection, ids, doubtful=mails))
        mine = [row for row in rows if row.id in taken]
        for row in mine:
            row.attempts = taken[row.id]
        return mine

    async def _do_all(self, rows: Iterator[Due], do: Callable[[Due], Awaitable[None]]) -> None:
        """Do one row after the other, while what became of those before is written down."""
        for row in rows:
            if self.outcomes.failed:
                return
            with doing(row):
                self.outcomes.put(await self._outcome(row, do))

    async def _outcome(self, row: Due, do: Callable[[Due], Awaitable[None]]) -> Outcome:
        """Do one row. Whatever goes wrong ends in a state of the row, never in silence."""
        try:
            await do(row)
        except (Unreachable, DatabaseAway) as error:  # with the database away before the body, nothing went out
            return self._later(row, str(error))
        except InDoubt as error:
            return held_back(row, str(error)) if row.holds_data else self._later(row, str(error))
        except Refused as error:
            return self._failed(row, str(error))
        except UnknownTicket as error:
            return Outcome(row, outbox.FAILED, str(error))
        except Superseded:  # no body went out, and the later try's outcome is the one that counts
            return Outcome(row, outbox.WAITING)
        except Exception as error:  # noqa: BLE001 - the delivery loop parks what it can't do, with its reason
            _log.exception("delivery", outbox=row.id[:8], kind=row.kind, ticket=row.ticket)
            return self._failed(row, type(error).__name__)
        return Outcome(row, outbox.DONE)

    def _later(self, row: Due, error: str) -> Outcome:
        """Try again with growing pauses; after five days staff are told once."""
        now = self.now()
        if row.kind == "mail" and now - row.created_at > GIVE_UP:
            return self._failed(row, f"given up after five days: {error}")
        pause = STEPS[min(row.attempts, len(STEPS)) - 1]
        _log.warning("later", outbox=row.id[:8], kind=row.kind, ticket=row.ticket, seconds=pause, error=error)
        return Outcome(row, outbox.WAITING, error, until=now + timedelta(seconds=pause))

    def _failed(self, row: Due, error: str) -> Outcome:
        """It will not work by trying: staff are told once."""
        _log.error("failed", outbox=row.id[:8], kind=row.kind, ticket=row.ticket, error=error)
        note = f"The letter “{row.name}” was refused: the person was not reached." if row.kind == "mail" else None
        return Outcome(row, outbox.FAILED, error, note=note)


@contextmanager
def doing(row: Due) -> Iterator[None]:
    """Let the rooms know which row is being done."""
    token = ROW.set(row.id)
    try:
        yield
    finally:
        ROW.reset(token)


def numbers_of(rows: Sequence[Due]) -> list[int]:
    """The tickets of rows, each once."""
    return list(dict.fromkeys(row.ticket for row in rows if row.ticket is not None))


async def finished(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait until all have ended, whatever becomes of them, then raise the first error."""
    if tasks:
        await asyncio.wait(tasks)
    errors = [error for task in tasks if (error := task.exception()) is not None]
    if errors:
        raise errors[0]
