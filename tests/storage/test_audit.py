"""The log: whatever is changed, removed, inserted or cut off shows, on both engines."""

from collections.abc import Awaitable, Callable
from datetime import timedelta, timezone

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient

from storage import audit
from storage.audit import Line
from storage.models import AuditRow
from storage.store import Store
from tests.storage.places import NOW

LINES = [
    Line("RequestReceived", "person", 1, {"from": None, "to": "identifying", "effects": ["SendCode"]}),
    Line("IdentityConfirmed", "code", 1, {"from": "identifying", "to": "deciding", "größe": 1.5, "\u2028": "\x00"}),
    Line("StaffRefused", "Ørsted 🦉 \0 " + "x" * 100, 2),
    Line("K" * 60, "Olga", None, {"nested": {"b": [1, None, True], "a": "“"}}),
    Line("TimePassed", "person", 2, {"due": "2026-04-02T21:59:59+00:00"}),
]


async def filled(store: Store) -> None:
    for each, line in enumerate(LINES):
        at = NOW.astimezone(timezone(timedelta(hours=-7))) + timedelta(microseconds=each)
        await store.database.unit(lambda connection, line=line, at=at: audit.append(connection, [line], at))  # type: ignore[misc]


async def broken(store: Store) -> tuple[int | None, int]:
    return await store.database.read(audit.first_broken)


async def test_what_was_written_is_whole_after_the_round_trip_through_the_database(store: Store) -> None:
    assert await broken(store) == (None, 0)
    await filled(store)
    assert await broken(store) == (None, len(LINES))


Harm = Callable[[BaseDBAsyncClient], Awaitable[object]]
HARMS: dict[str, tuple[int, Harm]] = {
    "another who": (3, lambda c: AuditRow.filter(seq=3).using_db(c).update(by="Ivan")),
    "another when": (2, lambda c: AuditRow.filter(seq=2).using_db(c).update(at=NOW + timedelta(microseconds=9))),
    "another what": (5, lambda c: AuditRow.filter(seq=5).using_db(c).update(kind="StaffApproved")),
    "another ticket": (4, lambda c: AuditRow.filter(seq=4).using_db(c).update(ticket=0)),
    "other facts": (2, lambda c: AuditRow.filter(seq=2).using_db(c).update(facts="{}")),
    "no facts at all": (2, lambda c: AuditRow.filter(seq=2).using_db(c).update(facts="no JSON")),
    "another hash": (2, lambda c: AuditRow.filter(seq=2).using_db(c).update(hash="0" * 64)),
    "removed at the beginning": (1, lambda c: AuditRow.filter(seq=1).using_db(c).delete()),
    "removed in the middle": (3, lambda c: AuditRow.filter(seq=3).using_db(c).delete()),
    "cut off at the end": (5, lambda c: AuditRow.filter(seq__gte=5).using_db(c).delete()),
    "everything removed": (1, lambda c: AuditRow.all().using_db(c).delete()),
}


class Undo(Exception):
    """Takes back what was done to the log."""


async def test_the_first_line_that_was_touched_is_named(store: Store) -> None:
    await filled(store)
    found = {}
    for harm, (_, work) in HARMS.items():

        async def harmed(connection: BaseDBAsyncClient, harm: str = harm, work: Harm = work) -> None:
            await work(connection)
            found[harm] = await audit.first_broken()
            raise Undo

        with pytest.raises(Undo):
            await store.database.unit(harmed)
    assert found == {harm: (first, first - 1) for harm, (first, _) in HARMS.items()}
    assert await broken(store) == (None, len(LINES))


async def test_an_inserted_line_shows_though_its_own_hash_is_right(store: Store) -> None:
    await filled(store)

    async def insert(connection: BaseDBAsyncClient) -> None:
        line = Line("StaffApproved", "Olga", 1)
        digest = audit.line_hash("f" * 64, 6, NOW, line)
        await AuditRow.create(
            seq=6,
            at=NOW,
            ticket=1,
            kind=line.kind,
            by=line.by,
            facts="{}",
            before="f" * 64,
            hash=digest,
            using_db=connection,
        )

    await store.database.unit(insert)
    assert await broken(store) == (6, 5)


def test_two_lines_can_not_be_read_as_one_another() -> None:
    one = audit.line_hash(audit.FIRST, 1, NOW, Line("a", "b\x1fc", 1))
    other = audit.line_hash(audit.FIRST, 1, NOW, Line("a\x1fb", "c", 1))
    assert one != other
