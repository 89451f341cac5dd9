"""The append-only log: every event and effect, without bodies, each line's hash covering the one before.

`hash = SHA-256(JSON [before, seq, at, ticket, kind, by, facts])`, so a changed, removed or inserted line shows; `at` is
in UTC to the microsecond, which both engines keep. A log cut short at its end shows by the counter, and one that was
written anew from some line on by its heads, which are written down elsewhere (`storage.ledger`).
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from tortoise.backends.base.client import BaseDBAsyncClient

from storage import rows
from storage.counters import last_number, take_numbers
from storage.models import AuditRow

FIRST = "0" * 64
CHUNK = 1000
KIND, BY = 40, 80
"""The widths of the columns, in characters; longer names are cut, not refused."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line to be logged; `facts` holds plain words and numbers, never personal data, codes or bodies."""

    kind: str
    by: str
    ticket: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


def facts_text(line: Line) -> str:
    """The facts as they are stored and hashed: ASCII, so that no database changes a sign of them."""
    return json.dumps(dict(line.facts), sort_keys=True, separators=(",", ":"))


def line_hash(before: str, seq: int, at: datetime, line: Line) -> str:
    """The hash of a line, in 64 hex digits."""
    utc = at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps([before, seq, utc, line.ticket, line.kind, line.by, facts_text(line)])
    return sha256(text.encode()).hexdigest()


def fitting(line: Line) -> Line:
    """The line as its columns hold it on both engines: cut to width, without NUL."""
    return Line(line.kind[:KIND], line.by.replace("\0", "")[:BY], line.ticket, line.facts)


async def append(connection: BaseDBAsyncClient, lines: Sequence[Line], now: datetime) -> None:
    """Append lines inside the caller's unit. The counter's row lock keeps two writers from forking the chain."""
    if not lines:
        return
    first = await take_numbers(connection, "audit", len(lines))
    last = await rows.select(AuditRow, ["hash"], "WHERE seq = ?", [first - 1])
    before = last[0]["hash"] if last else FIRST
    new = []
    for seq, given in enumerate(lines, first):
        line = fitting(given)
        done = line_hash(before, seq, now, line)
        values = {"kind": line.kind, "by": line.by, "ticket": line.ticket, "facts": facts_text(line)}
        new.append({"seq": seq, "at": now, "before": before, "hash": done, **values})
        before = done
    await rows.insert(connection, AuditRow, new)


async def every(ticket: int | None = None) -> AsyncIterator[AuditRow]:
    """Every line in order, or those of one ticket."""
    last = 0
    while True:
        query = AuditRow.filter(seq__gt=last)
        some = await (query if ticket is None else query.filter(ticket=ticket)).order_by("seq").limit(CHUNK)
        for row in some:
            yield row
        if len(some) < CHUNK:
            return
        last = some[-1].seq


async def head() -> tuple[int, str]:
    """Number and hash of the newest line; (0, FIRST) of an empty log."""
    row = await AuditRow.all().order_by("-seq").first()
    return (row.seq, row.hash) if row else (0, FIRST)


async def first_broken(heads: Mapping[int, str] | None = None) -> tuple[int | None, int]:
    """(number of the first line that does not fit or is missing, or None; how many lines before it are whole).

    `heads` are the hashes that lines had when they were written down outside of the database.
    """
    before, checked, known = FIRST, 0, dict(heads or {})
    expected = max([await last_number("audit"), *known])  # asked first: lines may be added while we read
    async for row in every():
        fits = row.seq == checked + 1 and row.before == before and row.hash == hash_of(row)
        if not fits or known.get(row.seq, row.hash) != row.hash:
            return checked + 1, checked
        before, checked = row.hash, checked + 1
    return (None if checked >= expected else checked + 1), checked


def hash_of(row: AuditRow) -> str | None:
    """The hash that a row should have; None where its facts can't even be read."""
    try:
        facts = json.loads(row.facts)
    except ValueError:
        return None
    return line_hash(row.before, row.seq, row.at, Line(row.kind, row.by, row.ticket, facts))
