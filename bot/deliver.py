"""Delivery: what the outbox holds is done in the world, oldest first, each row at most once at a time.

A letter is marked in doubt before its body goes out. After a crash, or an answer that never came, nobody can tell
whether it was taken (RFC 1047): neutral letters are sent again under the same Message-ID, letters with personal data
or an erasure confirmation are held for staff.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from tortoise.backends.base.client import BaseDBAsyncClient

from bot.desk import Desk
from bot.grouped import Grouped
from bot.mail.compose import compose
from bot.ports import ChatRoom, InDoubt, LettersOut, Refused, StaffRoom, Unreachable
from bot.tokens import message_id
from storage import outbox
from storage.models import OutboxRow
from storage.tickets import UnknownTicket

BATCH = 100
AT_ONCE = 8
GIVE_UP = timedelta(days=5)
"""How long a letter is tried (RFC 5321, 4.5.4.1)."""
STEPS = (30, 60, 300, 900, 1800, 3600, 7200)
"""Seconds between tries."""
STAFF_KINDS = ("card", "tell", "remind", "task", "say")
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
    """Empties the outbox."""

    desk: Desk
    letters: LettersOut
    staff: StaffRoom
    chat: ChatRoom | None
    sender: Identity
    now: Callable[[], datetime]
    doubts: Grouped[str] = field(init=False)
    dones: Grouped[str] = field(init=False)

    def __post_init__(self) -> None:
        unit = self.desk.store.database.unit
        self.doubts = Grouped(lambda ids: unit(lambda c: outbox.settle(c, ids, outbox.DOUBT)))
        self.dones = Grouped(lambda ids: unit(lambda c: outbox.settle(c, ids, outbox.DONE, now=self.now())))

    async def recover(self) -> int:
        """After a start: what was claimed is free again, what is in doubt repeated or held; returns how many held."""
        store = self.desk.store

        async def work(connection: BaseDBAsyncClient) -> list[OutboxRow]:
            await OutboxRow.filter(state=outbox.SENDING).using_db(connection).update(state=outbox.WAITING)
            doubtful = OutboxRow.filter(state=outbox.DOUBT).using_db(connection)
            held = await doubtful.filter(holds_data=True)
            await doubtful.filter(holds_data=True).update(state=outbox.HELD, error="in doubt after a crash")
            await doubtful.filter(holds_data=False).update(state=outbox.WAITING)
            return held

        held = await store.database.unit(work)
        for row in held:
            await self._held(row)
        return len(held)

    async def run_once(self) -> int:
        """Do what is due; returns how many rows were tried."""
        mails = await self._take(("mail",))
        others = await self._take(STAFF_KINDS)
        lane = asyncio.Semaphore(AT_ONCE)

        async def send(row: OutboxRow) -> None:
            async with lane:
                await self._guarded(row, self._send)

        async def show_all() -> None:
            for row in others:
                await self._guarded(row, self._show)

        await asyncio.gather(show_all(), *(send(row) for row in mails))
        return len(mails) + len(others)

    async def _take(self, kinds: Sequence[str]) -> list[OutboxRow]:
        now, database = self.now(), self.desk.store.database
        rows = await database.read(lambda: outbox.due(now, kinds, BATCH))
        if not rows:
            return []
        taken = set(await database.unit(lambda connection: outbox.claim(connection, [row.id for row in rows])))
        return [row for row in rows if row.id in taken]

    async def _guarded(self, row: OutboxRow, do: Callable[[OutboxRow], Awaitable[None]]) -> None:
        """Do one row. Whatever goes wrong ends in a state of the row, never in silence."""
        try:
            await do(row)
        except Unreachable as error:
            await self._later(row, str(error))
        except InDoubt as error:
            await self._doubtful(row, str(error))
        except Refused as error:
            await self._failed(row, str(error))
        except UnknownTicket as error:
            await self._settle(row, outbox.FAILED, str(error))
        except Exception as error:  # noqa: BLE001 - the delivery loop parks what it can't do, with its reason
            _log.exception("delivery", outbox=row.id[:8], kind=row.kind, ticket=row.ticket)
            await self._failed(row, f"{type(error).__name__}")
        else:
            await self.dones.add(row.id)

    async def _payload(self, row: OutboxRow) -> dict[str, object]:
        store = self.desk.store
        number = row.ticket
        key = store.keeper.root if number is None else await store.database.read(lambda: store.tickets.key(number))
        if key is None:
            raise UnknownTicket("the ticket was purged")
        return outbox.payload_of(row, key)

    async def _send(self, row: OutboxRow) -> None:
        """Send a letter; the row is in doubt before the body goes out."""
        letter = await self._payload(row)
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
        await self.letters.send(raw, recipient=str(letter["to"]), before_body=lambda: self.doubts.add(row.id))
        _log.info("sent", ticket=row.ticket, letter=row.name, outbox=row.id[:8])

    async def _show(self, row: OutboxRow) -> None:
        """Show staff, or say something in the chat."""
        ticket = await self.desk.ticket(row.ticket or 0)
        payload = await self._payload(row)
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

    async def _settle(self, row: OutboxRow, state: str, error: str) -> None:
        await self.desk.store.database.unit(lambda c: outbox.settle(c, [row.id], state, error=error))

    async def _later(self, row: OutboxRow, error: str) -> None:
        """Try again with growing pauses; after five days staff are told once."""
        now = self.now()
        if row.kind == "mail" and now - row.created_at > GIVE_UP:
            return await self._failed(row, f"given up after five days: {error}")
        pause = STEPS[min(row.attempts, len(STEPS) - 1)]
        until = now + timedelta(seconds=pause)
        await self.desk.store.database.unit(lambda c: outbox.postpone(c, row.id, until, error))
        _log.warning("later", outbox=row.id[:8], kind=row.kind, ticket=row.ticket, seconds=pause, error=error)
        return None

    async def _doubtful(self, row: OutboxRow, error: str) -> None:
        """The answer to the body never came: repeat what is neutral, hold what is personal."""
        if row.holds_data:
            await self._settle(row, outbox.HELD, error)
            await self._held(row)
        else:
            await self._later(row, error)

    async def _held(self, row: OutboxRow) -> None:
        text = (
            f"The letter “{row.name}” may have gone out, or not: the connection broke. Look in the Sent folder or ask "
            f"the person, then `rightsdesk outbox send {row.id[:8]}` or `rightsdesk outbox drop {row.id[:8]}`."
        )
        await self._note(row, text)

    async def _failed(self, row: OutboxRow, error: str) -> None:
        """It will not work by trying: staff are told once."""
        await self._settle(row, outbox.FAILED, error)
        _log.error("failed", outbox=row.id[:8], kind=row.kind, ticket=row.ticket, error=error)
        if row.kind == "mail":
            await self._note(row, f"The letter “{row.name}” was refused: the person was not reached.")

    async def _note(self, row: OutboxRow, text: str) -> None:
        if row.ticket is not None:
            await self.desk.note(row.ticket, text)
