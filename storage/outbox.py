"""The outbox: effects saved with the ticket and done afterwards, oldest first, each at most once at a time."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from storage import audit, rows, wake
from storage.models import OutboxRow
from storage.secrets import Keeper, seal, unseal

_ADDRESS = re.compile(r"[^\s<>\"'(),;:=]+@[^\s<>\"'(),;:=]+")
WAITING, SENDING, DOUBT, DONE, HELD, FAILED = "waiting", "sending", "doubt", "done", "held", "failed"

NEEDED = ("id", "ticket", "kind", "name", "created_at", "attempts", "holds_data", "payload")
"""The columns that delivery needs."""


@dataclass(slots=True)
class Due:
    """A row that is to be done, as delivery sees it. `attempts` counts the tries, with the one under way."""

    id: str
    ticket: int | None
    kind: str
    name: str
    created_at: datetime
    attempts: int
    holds_data: bool
    payload: bytes | None


class Sealed(Protocol):
    """A row with its payload, however it was read."""

    @property
    def id(self) -> str: ...

    @property
    def payload(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Item:
    """One effect to be done. `kind`: mail, card, tell, remind, task, say or announce.

    `payload` is sealed with the ticket's key.
    """

    kind: str
    name: str
    payload: Mapping[str, object]
    ticket: int | None
    holds_data: bool = False
    recipient_hash: str | None = None
    not_before: datetime | None = None


def new_id() -> str:
    """A fresh id of an outbox row: 32 hex digits."""
    return uuid4().hex


def without_addresses(text: str) -> str:
    """An error without the mail addresses that servers like to quote: this column is plain text."""
    return _ADDRESS.sub("(address)", text)


def place(id_: str) -> str:
    """The place that a row's payload is bound to."""
    return f"outbox:{id_}"


async def put(
    connection: BaseDBAsyncClient, items: Sequence[Item], keys: Mapping[int, bytes], keeper: Keeper, now: datetime
) -> list[str]:
    """Write effects of the keeper's brand inside the caller's unit, in order; returns their ids. `keys` are those of
    the tickets; what has none is sealed with the house's own."""
    new: list[dict[str, Any]] = []
    for order, item in enumerate(items):
        id_ = new_id()
        key = keys[item.ticket] if item.ticket is not None else keeper.root
        new.append(
            {
                "id": id_,
                "ticket": item.ticket,
                "kind": item.kind,
                "name": item.name,
                "state": WAITING,
                "place": order,
                "created_at": now,
                "not_before": item.not_before or now,
                "holds_data": item.holds_data,
                "recipient_hash": item.recipient_hash,
                "brand": keeper.brand or "",
                "payload": seal(key, json.dumps(dict(item.payload)).encode(), place(id_)),
            }
        )
    if new:
        await rows.insert(connection, OutboxRow, new)
        await wake.tell(connection, wake.OUTBOX)
    return [row["id"] for row in new]


def payload_of(row: Sealed, key: bytes) -> dict[str, object]:
    """The payload of a row. Raises WrongKey."""
    if row.payload is None:
        return {}
    loaded: dict[str, object] = json.loads(unseal(key, row.payload, place(row.id)))
    return loaded


async def due(keeper: Keeper, now: datetime, kinds: Sequence[str], limit: int) -> list[Due]:
    """Rows of the keeper's brand whose time has come, oldest first."""
    mine = list(keeper.mine().values())
    brand, some = "brand = ? AND " * len(mine), ", ".join("?" * len(kinds))
    where = f"WHERE {brand}state = ? AND not_before <= ? AND kind IN ({some})"
    order = "ORDER BY not_before, created_at, place LIMIT ?"
    found = await rows.select(OutboxRow, NEEDED, f"{where} {order}", [*mine, WAITING, now, *kinds, limit])
    return [due_of(row) for row in found]


def due_of(row: Mapping[str, Any]) -> Due:
    """A row as it was read."""
    values = {name: row[name] for name in NEEDED}
    return Due(**values | {"created_at": rows.time_of(row["created_at"]), "holds_data": bool(row["holds_data"])})


async def recover(connection: BaseDBAsyncClient, keeper: Keeper, kinds: Sequence[str]) -> list[Due]:
    """After a stop: what the keeper's brand had claimed is free again, and what is in doubt without personal data;
    returns the rest."""
    mine = OutboxRow.filter(kind__in=list(kinds), **keeper.mine()).using_db(connection)
    await mine.filter(state=SENDING).update(state=WAITING)
    doubtful = mine.filter(state=DOUBT)
    await doubtful.filter(holds_data=False).update(state=WAITING)
    return [Due(**row) for row in await doubtful.filter(holds_data=True).values(*NEEDED)]


async def claim(connection: BaseDBAsyncClient, ids: Sequence[str], *, doubtful: bool = False) -> dict[str, int]:
    """Take rows for sending; returns those that were still free, each with the number of its try.

    One statement for all, on both engines; on PostgreSQL a row that another process is just taking is passed over.

    With `doubtful` those without personal data are in doubt from here on: a crash or a lost answer ends the same way
    for them, whether or not their body was begun.
    """
    if not ids:
        return {}
    sqlite, marks = connection.capabilities.dialect == "sqlite", rows.marks(connection, len(ids))
    state = f"CASE WHEN holds_data THEN '{SENDING}' ELSE '{DOUBT}' END" if doubtful else f"'{SENDING}'"
    free = f"SELECT id FROM outbox WHERE state = '{WAITING}' AND id IN ({marks})"  # noqa: S608 - our own words and marks
    taken = await connection.execute_query_dict(
        f"UPDATE outbox SET state = {state}, attempts = attempts + 1 "  # noqa: S608
        f"WHERE id IN ({free}{'' if sqlite else ' FOR UPDATE SKIP LOCKED'}) RETURNING id, attempts",
        list(ids),
    )
    return {row["id"]: row["attempts"] for row in taken}


async def doubt(connection: BaseDBAsyncClient, id_: str, attempt: int) -> bool:
    """Put a claimed row in doubt, before its body goes out; False where the try `attempt` no longer has it."""
    mine = OutboxRow.filter(id=id_, state=SENDING, attempts=attempt).using_db(connection)
    return await mine.update(state=DOUBT) == 1


async def not_done(connection: BaseDBAsyncClient, ids: Sequence[str]) -> set[str]:
    """Those that nobody has settled as done, kept for this unit: of two processes that both had a letter one logs it.

    SQLite has one process.
    """
    if connection.capabilities.dialect == "sqlite" or not ids:
        return set(ids)
    open_ = OutboxRow.filter(id__in=list(ids), state__not=DONE).using_db(connection).select_for_update()
    return {row.id for row in await open_.only("id")}


async def settle(
    connection: BaseDBAsyncClient, ids: Sequence[str], state: str, *, now: datetime | None = None, error: str = ""
) -> None:
    """Move rows to a state; what is done loses its payload, which held personal data."""
    values: dict[str, object] = {"state": state, "error": without_addresses(error) or None}
    if state == DONE:
        values |= {"done_at": now, "payload": None}
    await OutboxRow.filter(id__in=list(ids)).using_db(connection).update(**values)


async def give_back(
    connection: BaseDBAsyncClient, id_: str, attempt: int, state: str, *, error: str, until: datetime | None = None
) -> bool:
    """Write down that the try `attempt` of a row came to nothing, and when the next may be; False if it has it no more.

    Two processes can think that a row is theirs while one of them is being cut off: the later try counts.
    """
    values: dict[str, object] = {"state": state, "error": without_addresses(error) or None}
    values |= {"not_before": until} if until is not None else {}
    mine = OutboxRow.filter(id=id_, state__in=[SENDING, DOUBT], attempts=attempt).using_db(connection)
    return await mine.update(**values) == 1


async def sent_to(recipient_hash: str, since: datetime) -> int:
    """How many letters went, or are about to go, to an address since then."""
    return await OutboxRow.filter(recipient_hash=recipient_hash, kind="mail", created_at__gt=since).count()


async def decide(connection: BaseDBAsyncClient, beginning: str, *, send: bool, now: datetime) -> bool:
    """Staff decide on a held or failed row: send it again, or drop it since it did arrive. Logged.

    False, and nothing changed, where the beginning of an id fits none, or more than one.
    """
    held = OutboxRow.filter(id__startswith=beginning, state__in=[HELD, FAILED]).using_db(connection)
    fitting = await held.limit(2)
    if len(fitting) != 1 or (send and fitting[0].payload is None):
        return False
    row, state = fitting[0], WAITING if send else DONE
    await settle(connection, [row.id], state, now=now)
    if send:
        await wake.tell(connection, wake.OUTBOX)
    kind = "LetterReleased" if send else "LetterDropped"
    await audit.append(
        connection, [audit.Line(kind, "staff", row.ticket, {"outbox": row.id[:8], "letter": row.name})], now
    )
    return True


async def named(beginning: str) -> tuple[str, int] | None:
    """Name and ticket of the letter whose id begins so; None where it is gone."""
    row = await OutboxRow.filter(id__startswith=beginning, kind="mail").only("id", "name", "ticket").first()
    return (row.name, row.ticket) if row is not None and row.ticket is not None else None


async def went_to(recipient_hash: str, beginnings: Collection[str]) -> bool:
    """Whether one of the letters with these beginnings of their ids went to a mailbox."""
    theirs = await OutboxRow.filter(recipient_hash=recipient_hash, kind="mail").values_list("id", flat=True)
    return any(str(id_).startswith(tuple(beginnings)) for id_ in theirs)


async def last_to(recipient_hash: str, since: datetime) -> tuple[str, int] | None:
    """Name and ticket of the last letter to an address since then; None where there was none."""
    sent = OutboxRow.filter(recipient_hash=recipient_hash, kind="mail", created_at__gt=since, ticket__isnull=False)
    row = await sent.order_by("-created_at").only("id", "name", "ticket").first()
    return (row.name, row.ticket) if row is not None and row.ticket is not None else None
