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
from tortoise.backends.base.client import BaseDBAsyncClient

from bot.ahead import Ahead
from bot.desk import Desk
from bot.grouped import Grouped
from bot.mail.compose import compose
from bot.outcomes import Outcome, held_back, sent_line
from bot.ports import ROW, ChatRoom, InDoubt, LettersOut, Refused, StaffRoom, Unreachable
from bot.tokens import message_id
from storage import audit, outbox
from storage.database import DatabaseAway
from storage.models import OutboxRow
from storage.tickets import UnknownTicket

BATCH = 100
AT_ONCE = 8
GIVE_UP = timedelta(days=5)
"""How long a letter is tried (RFC 5321, 4.5.4.1)."""
STEPS = (30, 60, 300, 900, 1800, 3600, 7200)
"""Seconds between tries."""
MAIL_KINDS = ("mail",)
STAFF_KINDS = ("card", "tell", "remind", "task", "say", "announce")
_log = structlog.get_logger("deliver")


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom our letters are from."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The domain of our Message-IDs."""
        return self.address.rpartition("@")[2]


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
    doubts: Grouped["Doubt"] = field(init=False)
    dones: Grouped[OutboxRow] = field(init=False)
    _unwritten: dict[str, Outcome] = field(default_factory=dict)
    _interrupted: bool = False

    def __post_init__(self) -> None:
        self.doubts = Grouped(self._put_in_doubt)
        self.dones = Grouped(self._finish)

    async def recover(self) -> int:
        """After a start: what was claimed is free again, what is in doubt repeated or held; returns how many held."""
        store = self.desk.store

        async def work(connection: BaseDBAsyncClient) -> list[OutboxRow]:
            mine = OutboxRow.filter(kind__in=list(self.kinds)).using_db(connection)
            await mine.filter(state=outbox.SENDING).update(state=outbox.WAITING)
            doubtful = mine.filter(state=outbox.DOUBT)
            await doubtful.filter(holds_data=False).update(state=outbox.WAITING)
            return await doubtful.filter(holds_data=True)

        held = await store.database.unit(work)
        for row in held:
            await self._write(held_back(row, "in doubt after a crash"))
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
        for outcome in list(self._unwritten.values()):
            await self._write(outcome)
            del self._unwritten[outcome.row.id]
        held = await self.recover()
        self._interrupted = False
        return held

    async def _run(self) -> int:
        mails = await self._take([kind for kind in MAIL_KINDS if kind in self.kinds])
        others = await self._take([kind for kind in STAFF_KINDS if kind in self.kinds])
        results = await asyncio.gather(self._send_all(mails), self._show_all(others), return_exceptions=True)
        for result in results:  # raised once all have ended: none of them goes on unseen
            if isinstance(result, BaseException):
                raise result
        return len(mails) + len(others)

    async def _send_all(self, rows: Sequence[OutboxRow]) -> None:
        """Several letters at a time, to the end."""
        lane = asyncio.Semaphore(AT_ONCE)
        ahead = Ahead(self.desk.store, numbers_of(rows), only_keys=True)

        async def send(row: OutboxRow) -> None:
            async with lane:
                await self._do(row, lambda row: self._send(row, ahead))

        await finished([asyncio.create_task(send(row)) for row in rows])

    async def _show_all(self, rows: Sequence[OutboxRow]) -> None:
        """One after the other, in order; what became of one is written down while the next one is shown."""
        ahead = Ahead(self.desk.store, numbers_of(rows))
        writing: list[asyncio.Task[None]] = []
        for row in rows:
            if writing and writing[-1].done() and writing[-1].exception():
                break
            with doing(row):
                outcome = self._unwritten[row.id] = await self._outcome(row, lambda row: self._show(row, ahead))
            writing.append(asyncio.create_task(self._written(outcome)))
        await finished(writing)

    async def _take(self, kinds: Sequence[str]) -> list[OutboxRow]:
        """What is due, claimed. Neutral letters are in doubt from then on: they are repeated anyway."""
        now, database = self.now(), self.desk.store.database
        rows = await database.read(lambda: outbox.due(now, kinds, BATCH)) if kinds else []
        if not rows:
            return []
        ids, mails = [row.id for row in rows], kinds == list(MAIL_KINDS)
        taken = await database.unit(lambda connection: outbox.claim(connection, ids, doubtful=mails))
        mine = [row for row in rows if row.id in taken]
        for row in mine:
            row.attempts = taken[row.id]
        return mine

    async def _do(self, row: OutboxRow, do: Callable[[OutboxRow], Awaitable[None]]) -> None:
        """Do one row and write down what became of it."""
        outcome = self._unwritten[row.id] = await self._outcome(row, do)
        await self._written(outcome)

    async def _written(self, outcome: Outcome) -> None:
        """Write an outcome down, and forget it only then."""
        await self._write(outcome)
        del self._unwritten[outcome.row.id]

    async def _outcome(self, row: OutboxRow, do: Callable[[OutboxRow], Awaitable[None]]) -> Outcome:
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

    async def _write(self, outcome: Outcome) -> None:
        """Write an outcome, and what staff are told of it, in one unit."""
        row, database = outcome.row, self.desk.store.database
        if outcome.state == outbox.DONE:
            return await self.dones.add(row)

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

    async def _finish(self, rows: Sequence[OutboxRow]) -> None:
        """Rows are done; that a letter was taken by the other side stands in the log."""
        now = self.now()
        mails = [row for row in rows if row.kind == "mail"]

        async def work(connection: BaseDBAsyncClient) -> None:
            await outbox.settle(connection, [row.id for row in rows], outbox.DONE, now=now)
            await audit.append(connection, [sent_line(row) for row in mails], now)

        await self.desk.store.database.unit(work)

    async def _payload(self, row: OutboxRow, ahead: Ahead) -> dict[str, object]:
        key = self.desk.store.keeper.root if row.ticket is None else await ahead.key(row.ticket)
        return outbox.payload_of(row, key)

    async def _send(self, row: OutboxRow, ahead: Ahead) -> None:
        """Send a letter; the row is in doubt before the body goes out."""
        letter = await self._payload(row, ahead)
        references = letter["references"]
        raw = compose(
            message_id=message_id(self.desk.store.keeper, row.ticket or 0, row.id, self.sender.domain),
            from_name=self.sender.name,
            from_addr=self.sender.address,
            to=str(letter["to"]),
            subject=str(letter["subject"]),
            text=str(letter["text"]),
            html=str(letter["html"]),
            in_reply_to=str(letter["in_reply_to"]) if letter["in_reply_to"] else None,
            references=[str(each) for each in references] if isinstance(references, list) else [],
            date=self.now(),
            language=str(letter["language"]),
        )
        await self.letters.send(raw, recipient=str(letter["to"]), before_body=lambda: self._in_doubt(row))
        _log.info("sent", ticket=row.ticket, letter=row.name, outbox=row.id[:8])

    async def _in_doubt(self, row: OutboxRow) -> None:
        """Neutral letters have been since they were claimed."""
        if row.holds_data:
            doubt = Doubt(row)
            await self.doubts.add(doubt)
            if not doubt.ours:
                raise Superseded

    async def _put_in_doubt(self, doubts: Sequence["Doubt"]) -> None:
        async def work(connection: BaseDBAsyncClient) -> None:
            for doubt in doubts:
                doubt.ours = await outbox.doubt(connection, doubt.row.id, doubt.row.attempts)

        await self.desk.store.database.unit(work)

    async def _show(self, row: OutboxRow, ahead: Ahead) -> None:
        """Show staff, or say something in the chat."""
        if row.kind == "announce":
            return await self.staff.announce(str((await self._payload(row, ahead))["text"]))
        ticket = await ahead.ticket(row.ticket or 0)
        payload = await self._payload(row, ahead)
        match row.kind:
            case "card":
                await self.staff.show(ticket)
            case "tell":
                await self.staff.tell(ticket, str(payload["text"]), loud=bool(payload["loud"]))
            case "remind":
                await self.staff.remind(ticket, row.name)
            case "task":
                await self.staff.give_task(ticket, str(payload["processor"]), str(payload["how"]))
            case "say" if self.chat is not None:
                await self.chat.say(ticket, str(payload["phrase"]), str(payload["quote"]))
            case _:
                raise Refused(0, f"nobody does {row.kind}")
        return None

    def _later(self, row: OutboxRow, error: str) -> Outcome:
        """Try again with growing pauses; after five days staff are told once."""
        now = self.now()
        if row.kind == "mail" and now - row.created_at > GIVE_UP:
            return self._failed(row, f"given up after five days: {error}")
        pause = STEPS[min(row.attempts, len(STEPS)) - 1]
        _log.warning("later", outbox=row.id[:8], kind=row.kind, ticket=row.ticket, seconds=pause, error=error)
        return Outcome(row, outbox.WAITING, error, until=now + timedelta(seconds=pause))

    def _failed(self, row: OutboxRow, error: str) -> Outcome:
        """It will not work by trying: staff are told once."""
        _log.error("failed", outbox=row.id[:8], kind=row.kind, ticket=row.ticket, error=error)
        note = f"The letter “{row.name}” was refused: the person was not reached." if row.kind == "mail" else None
        return Outcome(row, outbox.FAILED, error, note=note)


@contextmanager
def doing(row: OutboxRow) -> Iterator[None]:
    """Let the rooms know which row is being done."""
    token = ROW.set(row.id)
    try:
        yield
    finally:
        ROW.reset(token)


@dataclass
class Doubt:
    """A row about to be put in doubt; `ours` says afterwards whether this try still had it."""

    row: OutboxRow
    ours: bool = False


class Superseded(Exception):
    """Another process has taken the row over: what this one has to say of it no longer counts."""


def numbers_of(rows: Sequence[OutboxRow]) -> list[int]:
    """The tickets of rows, each once."""
    return list(dict.fromkeys(row.ticket for row in rows if row.ticket is not None))


async def finished(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait until all have ended, whatever becomes of them, then raise the first error."""
    if tasks:
        await asyncio.wait(tasks)
    errors = [error for task in tasks if (error := task.exception()) is not None]
    if errors:
        raise errors[0]
