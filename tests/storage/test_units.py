"""One unit or nothing, whatever is cancelled, crashes, or starts tasks of its own."""

import asyncio
import os
import random
from collections.abc import AsyncIterator

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient

from intents.rights import Intent
from responders.case import events as e
from storage import audit
from storage.counters import take_numbers
from storage.database import ChangedMeanwhile
from storage.models import AuditRow, CodeRow, OutboxRow, SeenRow, TicketRow
from storage.store import Store, open_store
from tests.responders.cast import ANNA, OLGA, request
from tests.servers.postgres import Postgres
from tests.storage.places import MASTER, NOW, Clock, desk_of, fresh_postgres, opened

CANCELLATIONS = int(os.environ.get("RIGHTSDESK_CANCELLATIONS", "300"))


class Crash(Exception):
    """The machine stops here."""


@pytest.fixture
async def two(postgres: Postgres) -> AsyncIterator[tuple[Store, Store]]:
    """Two processes' worth of connections to one PostgreSQL database."""
    address = fresh_postgres(postgres)
    one = await open_store(address, MASTER)
    other = await open_store(address, MASTER)
    yield one, other
    await one.database.close()
    await other.database.close()


async def rows(store: Store) -> tuple[int, ...]:
    """How many tickets, outbox rows, codes and lines of the log there are."""

    async def work() -> tuple[int, ...]:
        return tuple([await model.all().count() for model in (TicketRow, OutboxRow, CodeRow, AuditRow)])

    return await store.database.read(work)


async def note_down(store: Store, name: str) -> None:
    async def work(connection: BaseDBAsyncClient) -> None:
        await SeenRow.create(id=name, at=NOW, using_db=connection)

    await store.database.unit(work)


async def noted(store: Store) -> set[str]:
    async def work() -> set[str]:
        return {row.id for row in await SeenRow.all()}

    return await store.database.read(work)


async def test_a_crash_inside_a_unit_leaves_nothing_and_without_one_everything_is_there(store: Store) -> None:
    desk = desk_of(store, Clock())

    async def crash(_connection: BaseDBAsyncClient, _numbers: list[list[int]]) -> None:
        raise Crash

    with pytest.raises(Crash):
        await desk.open_many([[request(Intent.ACCESS)]], crash)
    assert await rows(store) == (0, 0, 0, 0)
    await desk.open_many([[request(Intent.ACCESS)]])
    assert await rows(store) == (1, 2, 1, 1)  # its outbox: the letter with the code, and the card


async def test_numbers_have_no_gaps_also_after_a_unit_was_rolled_back(store: Store) -> None:
    async def take(connection: BaseDBAsyncClient) -> int:
        return await take_numbers(connection, "ticket", 2)

    async def fail(connection: BaseDBAsyncClient) -> None:
        await take(connection)
        raise Crash

    assert await store.database.unit(take) == 1
    for _ in range(3):
        with pytest.raises(Crash):
            await store.database.unit(fail)
    assert await store.database.unit(take) == 3


async def test_two_processes_on_postgresql_take_numbers_and_lines_without_gaps(two: tuple[Store, Store]) -> None:
    desks = [desk_of(store, Clock()) for store in two]
    numbers = await asyncio.gather(*(opened(desks[each % 2]) for each in range(24)))
    assert sorted(ticket.number for ticket in numbers) == list(range(1, 25))
    broken, lines = await two[0].database.read(audit.first_broken)
    assert (broken, lines) == (None, 24)


async def test_of_two_who_change_a_ticket_at_once_one_is_told_and_has_written_nothing(store: Store) -> None:
    desk = desk_of(store, Clock())
    ticket = await opened(desk)
    await desk.happen(ticket.number, e.IdentityConfirmed())
    before = await desk.ticket(ticket.number)
    whole = await rows(store)
    approvals = [desk.happen(ticket.number, e.StaffApproved(OLGA), version=before.version) for _ in range(8)]
    results = await asyncio.gather(*approvals, return_exceptions=True)
    assert sum(isinstance(result, ChangedMeanwhile) for result in results) == 7
    after = await rows(store)
    assert after[3] == whole[3] + 1
    assert (await desk.ticket(ticket.number)).version == before.version + 1


async def test_two_processes_that_change_linked_tickets_in_opposite_order_both_get_through(
    two: tuple[Store, Store],
) -> None:
    desks = [desk_of(store, Clock()) for store in two]
    pairs = [await desks[0].open([request(Intent.ACCESS), request(Intent.RECTIFY)]) for _ in range(6)]
    work = [desks[side].happen(pair[side].number, e.PersonCancelled()) for pair in pairs for side in (0, 1)]
    results = await asyncio.gather(*work, return_exceptions=True)
    unexpected = [r for r in results if isinstance(r, BaseException) and type(r).__name__ != "NotNow"]
    assert unexpected == []
    for pair in pairs:
        assert [(await desks[0].ticket(ticket.number)).status.open for ticket in pair] == [False, False]
    assert (await two[0].database.read(audit.first_broken))[0] is None


async def test_the_database_answers_after_a_storm_of_cancellations(store: Store) -> None:
    """K9: the bare ORM stops answering for good after 4 to 54 of them."""
    desk, chance = desk_of(store, Clock()), random.Random(9)
    number = (await opened(desk)).number
    hit = 0
    for each in range(CANCELLATIONS):
        work = note_down(store, f"storm {each}") if each % 3 else opened(desk, Intent.QUESTION)
        tasks = [asyncio.create_task(work), asyncio.create_task(desk.note(number, "Still there."))]
        for _ in range(chance.randrange(12)):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        hit += sum(isinstance(result, asyncio.CancelledError) for result in results)
    assert hit > CANCELLATIONS  # most of the two tasks each were really caught at work
    async with asyncio.timeout(5):
        assert (await desk.ticket(number)).number == number
        assert (await store.database.read(audit.first_broken))[0] is None
    found = await numbers(store)
    assert sorted(found) == list(range(1, len(found) + 1))


async def numbers(store: Store) -> list[int]:
    async def work() -> list[int]:
        return [row.number for row in await TicketRow.all().only("number")]

    return await store.database.read(work)


async def test_a_caller_that_is_cancelled_does_not_tear_its_unit(store: Store) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work(connection: BaseDBAsyncClient) -> None:
        await SeenRow.create(id="first half", at=NOW, using_db=connection)
        begun.set()
        await go_on.wait()
        await SeenRow.create(id="second half", at=NOW, using_db=connection)

    caller = asyncio.create_task(store.database.unit(work))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()
    assert await noted(store) == {"first half", "second half"}


async def test_a_task_started_inside_a_unit_writes_into_a_unit_of_its_own(store: Store) -> None:
    """The bare ORM lets it write into somebody else's transaction, whose rollback then takes its row away."""
    children: list[asyncio.Task[None]] = []

    async def work(connection: BaseDBAsyncClient) -> None:
        await SeenRow.create(id="parent", at=NOW, using_db=connection)
        children.append(asyncio.create_task(note_down(store, "child")))
        for _ in range(5):
            await SeenRow.all().using_db(connection).count()
        raise Crash

    with pytest.raises(Crash):
        await store.database.unit(work)
    await asyncio.gather(*children)
    assert await noted(store) == {"child"}


async def test_a_unit_inside_a_unit_is_refused_at_once(store: Store) -> None:
    async def work(_connection: BaseDBAsyncClient) -> None:
        await note_down(store, "inner")

    with pytest.raises(RuntimeError, match="would wait for itself"):
        await store.database.unit(work)
    assert await noted(store) == set()


async def test_a_reading_that_is_under_way_does_not_see_half_a_unit(store: Store) -> None:
    half, go_on = asyncio.Event(), asyncio.Event()

    async def work(connection: BaseDBAsyncClient) -> None:
        await SeenRow.create(id="first half", at=NOW, using_db=connection)
        half.set()
        await go_on.wait()
        await SeenRow.create(id="second half", at=NOW, using_db=connection)

    unit = asyncio.create_task(store.database.unit(work))
    await half.wait()
    reading = asyncio.create_task(noted(store))
    for _ in range(20):
        await asyncio.sleep(0)
    go_on.set()
    await unit
    assert await reading in (set(), {"first half", "second half"})


async def test_who_asks_twice_at_once_to_be_left_alone_stands_on_the_list_once(
    two: tuple[Store, Store],
) -> None:
    desks = [desk_of(store, Clock()) for store in two]
    await asyncio.gather(*(opened(desks[each % 2], Intent.UNSUBSCRIBE) for each in range(8)))

    from storage.models import SuppressedRow

    async def work() -> list[str]:
        return [row.id for row in await SuppressedRow.all()]

    assert await two[0].database.read(work) == [f"{two[0].keeper.address_hash(ANNA)}:unsubscribe"]
