"""The append-only log: every event and effect, without bodies, each line's hash covering the one before.

`hash = SHA-256(before | seq | at | ticket | kind | by | facts)`, so a changed, removed or inserted line shows.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from tortoise.backends.base.client import BaseDBAsyncClient

from storage.counters import take_numbers
from storage.models import AuditRow

FIRST = "0" * 64
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One line to be logged; `facts` holds plain words and numbers, never personal data, codes or bodies."""

    kind: str
    by: str
    ticket: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def line_hash(before: str, seq: int, at: datetime, line: Line) -> str:
    """The hash of a line, in 64 hex digits."""
    facts = json.dumps(dict(line.facts), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    text = "\x1f".join((before, str(seq), at.isoformat(), str(line.ticket or ""), line.kind, line.by, facts))
    return sha256(text.encode()).hexdigest()


async def append(connection: BaseDBAsyncClient, lines: Sequence[Line], now: datetime) -> None:
    """Append lines inside the caller's unit. The counter's row lock keeps two writers from forking the chain."""
    if not lines:
        return
    first = await take_numbers(connection, "audit", len(lines))
    last = await AuditRow.filter(seq=first - 1).using_db(connection).first()
    before = last.hash if last else FIRST
    rows = []
    for seq, line in enumerate(lines, first):
        facts = json.dumps(dict(line.facts), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        done = line_hash(before, seq, now, line)
        rows.append(
            AuditRow(
                seq=seq, at=now, ticket=line.ticket, kind=line.kind, by=line.by, facts=facts, before=before, hash=done
            )
        )
        before = done
    await AuditRow.bulk_create(rows, using_db=connection)


async def every(ticket: int | None = None) -> AsyncIterator[AuditRow]:
    """Every line in order, or those of one ticket."""
    last = 0
    while True:
        query = AuditRow.filter(seq__gt=last)
        rows = await (query if ticket is None else query.filter(ticket=ticket)).order_by("seq").limit(CHUNK)
        for row in rows:
            yield row
        if len(rows) < CHUNK:
            return
        last = rows[-1].seq


async def first_broken() -> tuple[int | None, int]:
    """(number of the first line that does not fit, or None; how many lines were checked)."""
    before, checked, expected = FIRST, 0, 1
    async for row in every():
        line = Line(row.kind, row.by, row.ticket, json.loads(row.facts))
        if row.seq != expected or row.before != before or row.hash != line_hash(before, row.seq, row.at, line):
            return row.seq, checked
        before, checked, expected = row.hash, checked + 1, expected + 1
    return None, checked
