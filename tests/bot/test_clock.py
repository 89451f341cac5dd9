"""The clock: what is due stands in the database; a late tick is late, never lost, also around a clock change."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock as Ticker
from intents.rights import Intent
from responders.case import events as e
from storage.models import OutboxRow, TicketRow
from storage.store import Store, open_store
from tests.responders.cast import HOUSE
from tests.storage.places import MASTER, Clock, desk_of, opened

HOUR_AGO = timedelta(hours=1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    yield store
    await store.database.close()


async def after_a_sleep(scheduler: AsyncIOScheduler, runs: list[int]) -> int:
    """How often a job runs whose last sixty moments passed while the machine slept."""
    scheduler.start(paused=True)
    [job] = scheduler.get_jobs()
    job.modify(next_run_time=datetime.now(UTC) - HOUR_AGO)
    scheduler.resume()
    for _ in range(20):
        await asyncio.sleep(0)
    scheduler.shutdown(wait=False)
    return len(runs)


async def test_after_a_sleep_of_an_hour_the_job_runs_once(store: Store) -> None:
    runs: list[int] = []

    async def job() -> None:
        runs.append(1)

    assert await after_a_sleep(Ticker({"look again": (60, job)})._scheduler, runs) == 1


async def test_the_bare_scheduler_would_drop_it(store: Store) -> None:
    """The trap itself: a grace of one second, and a line in a log that nobody reads."""
    runs: list[int] = []

    async def job() -> None:
        runs.append(1)

    bare = AsyncIOScheduler(timezone=UTC)
    bare.add_job(job, "interval", seconds=7200)
    assert await after_a_sleep(bare, runs) == 0


async def test_jobs_run_by_utc_one_at_a_time_and_one_that_fails_runs_again(store: Store) -> None:
    runs: list[int] = []

    async def job() -> None:
        runs.append(1)
        raise RuntimeError("odd")

    ticker = Ticker({"look again": (60, job)})
    assert await after_a_sleep(ticker._scheduler, runs) == 1
    other = Ticker({"look again": (60, job)})._scheduler
    other.start(paused=True)
    [scheduled] = other.get_jobs()
    other.shutdown(wait=False)
    assert str(scheduled.trigger.timezone) == "UTC"
    assert (scheduled.misfire_grace_time, scheduled.coalesce, scheduled.max_instances) == (None, True, 1)


NIGHTS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/Denver", date(2026, 3, 8)),
    ("America/Denver", date(2026, 11, 1)),
]


@pytest.mark.parametrize(("zone", "night"), NIGHTS)
async def test_on_the_night_of_a_clock_change_no_reminder_is_missed_and_none_comes_twice(
    store: Store, zone: str, night: date
) -> None:
    """The request falls due two days before the night, so that each morning around it has its overdue reminder."""
    clock = Clock(datetime(night.year, night.month, night.day, 8, tzinfo=UTC) - timedelta(days=33))
    house = replace(HOUSE, controller_tz=zone)
    desk = desk_of(store, clock, house=house)
    ticket = await opened(desk)
    await desk.happen(ticket.number, e.IdentityConfirmed())
    due = (await desk.ticket(ticket.number)).due_at
    assert due is not None
    end = datetime(night.year, night.month, night.day, 12, tzinfo=UTC) + timedelta(days=3)
    while clock.now < end:
        close = abs(clock.now - datetime(night.year, night.month, night.day, tzinfo=UTC)) < timedelta(days=2)
        clock.forward(minutes=30) if close else clock.forward(hours=3)
        await desk.tick()
    given = await store.database.read(lambda: OutboxRow.filter(kind="remind").order_by("created_at"))
    names = [row.name for row in given]
    assert len(names) == len(set(names))
    mornings = [date.fromisoformat(name.partition(":")[2]) for name in names if name.startswith("overdue:")]
    assert mornings == [mornings[0] + timedelta(days=each) for each in range(len(mornings))]
    assert mornings[0] <= night - timedelta(days=1)
    assert mornings[-1] >= night + timedelta(days=2)
    assert len(names) - len(mornings) >= 3
    assert set(names) <= set((await desk.ticket(ticket.number)).reminded)


async def test_after_three_weeks_off_each_ticket_is_looked_at_once_and_nothing_is_lost(store: Store) -> None:
    clock = Clock()
    desk = desk_of(store, clock)
    tickets = [await opened(desk, Intent.RECTIFY) for _ in range(5)]
    for ticket in tickets:
        await desk.happen(ticket.number, e.IdentityConfirmed())
    clock.forward(days=21)
    assert await desk.tick() == 5
    assert await desk.tick() == 0
    given = await store.database.read(lambda: OutboxRow.filter(kind="remind"))
    assert {row.ticket for row in given} == {ticket.number for ticket in tickets}


async def test_a_ticket_that_can_not_be_looked_at_hides_none_behind_it(store: Store) -> None:
    clock = Clock()
    desk = desk_of(store, clock)
    for _ in range(3):
        ticket = await opened(desk)
        await desk.happen(ticket.number, e.IdentityConfirmed())
    await store.database.read(lambda: TicketRow.filter(number=1).update(sealed=b"damaged beyond repair"))
    clock.forward(days=28)
    await desk.tick()
    given = await store.database.read(lambda: OutboxRow.filter(kind="remind"))
    assert {row.ticket for row in given} == {2, 3}
