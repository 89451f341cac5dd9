"""Several processes on one database: each role is one process's, and what a cut-off process still does is harmless."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from bot.outcomes import Outcome, Outcomes
from bot.ownership import Ownership, Role
from storage import outbox
from storage.database import DatabaseAway
from storage.inbox import Incoming, SettledBefore
from storage.models import AuditRow, OutboxRow
from storage.outbox import DONE, HELD, WAITING
from storage.store import open_store
from tests.bot.slack.town import new_store
from tests.crash.test_letters_meet_faults import Post, post
from tests.servers.postgres import Postgres, postgres
from tests.storage.places import MASTER, NOW, Clock, desk_of, fresh_postgres, opened

__all__ = ["postgres"]

CUT = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"


class Process:
    """One process with two roles; `does` names those it has begun."""

    def __init__(self, url: str) -> None:
        self.does: list[str] = []
        self.ended: list[str] = []
        self.changed = asyncio.Event()
        self.fails = False
        self.ownership = Ownership(url, (self.role("mailbox", 4), self.role("clock", 3)), every=0.02)

    def role(self, name: str, number: int) -> Role:
        async def start() -> None:
            if self.fails:
                raise DatabaseAway("not now")
            self.does.append(name)
            self.changed.set()

        async def stop() -> None:
            self.does = [each for each in self.does if each != name]
            self.ended.append(name)
            self.changed.set()

        return Role(name, number, start, stop)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not true():
                await self.changed.wait()
                self.changed.clear()


async def test_on_sqlite_the_one_process_does_everything(tmp_path: Path) -> None:
    only = Process(f"sqlite://{tmp_path}/x.sqlite3")
    await only.ownership.start()
    assert only.does == ["mailbox", "clock"]
    await only.ownership.stop()
    assert only.does == []


async def test_the_second_process_waits_and_takes_over_when_the_first_ends(postgres: Postgres) -> None:
    url = fresh_postgres(postgres)
    one, other = Process(url), Process(url)
    await one.ownership.start()
    await other.ownership.start()
    assert (one.does, other.does) == (["mailbox", "clock"], [])
    await one.ownership.stop()
    assert one.does == []
    await other.until(lambda: other.does == ["mailbox", "clock"])
    await other.ownership.stop()


async def test_who_loses_the_connection_stops_before_beginning_anew(postgres: Postgres) -> None:
    url = fresh_postgres(postgres)
    one = Process(url)
    await one.ownership.start()
    server = await asyncpg.connect(url)
    await server.execute(CUT)
    await server.close()
    # it may have begun anew before anybody looks: what counts is that both ended in between
    await one.until(lambda: sorted(one.ended) == ["clock", "mailbox"] and sorted(one.does) == ["clock", "mailbox"])
    await one.ownership.stop()


async def test_a_role_that_cannot_be_begun_here_is_left_to_others(postgres: Postgres) -> None:
    url = fresh_postgres(postgres)
    broken, sound = Process(url), Process(url)
    broken.fails = True
    with pytest.raises(DatabaseAway):
        await broken.ownership.start()
    await sound.ownership.start()
    assert sound.does == ["mailbox", "clock"]
    await sound.ownership.stop()
    await broken.ownership.stop()


async def claimed_by_another(office: Post, id_: str) -> None:
    """Another process recovers the row and claims it for itself."""
    unit = office.deliverer.desk.store.database.unit
    await unit(lambda c: OutboxRow.filter(id=id_).using_db(c).update(state=WAITING))
    await unit(lambda c: outbox.claim(c, [id_], doubtful=True))


async def test_a_process_that_was_cut_off_sends_no_letter_with_data_that_another_has_taken_over(tmp_path: Path) -> None:
    async with post(tmp_path) as office:
        id_ = await office.letter(holds_data=True)
        [row] = await office.deliverer._take(["mail"])
        await claimed_by_another(office, id_)
        await office.deliverer._do([row], [])
        assert office.copies(id_) == 0
        assert await office.state(id_) == outbox.SENDING


async def test_what_a_cut_off_process_says_of_a_letter_does_not_undo_the_later_try(tmp_path: Path) -> None:
    async with post(tmp_path) as office:
        id_ = await office.letter(holds_data=False)
        [row] = await office.deliverer._take(["mail"])
        await claimed_by_another(office, id_)
        unit = office.deliverer.desk.store.database.unit
        await unit(lambda c: outbox.settle(c, [id_], DONE, now=NOW))
        given = await unit(lambda c: outbox.give_back(c, id_, row.attempts, HELD, error="lost"))
        assert not given
        assert await office.state(id_) == DONE


async def test_a_mail_is_settled_once(tmp_path: Path) -> None:
    store = await new_store(tmp_path / "inbox.sqlite3")
    mail = Incoming("support", "INBOX", 7, 1, b"From: a@kundin.example\r\n\r\nhello", 30, NOW)
    unit, inbox = store.database.unit, store.inbox
    await unit(lambda c: inbox.store(c, [mail]))
    [waiting] = await store.database.read(lambda: inbox.waiting(10))
    await unit(lambda c: inbox.ours_each(c, [(waiting.id, 1)]))
    with pytest.raises(SettledBefore):
        await unit(lambda c: inbox.ours_each(c, [(waiting.id, 2)]))
    with pytest.raises(SettledBefore):
        await unit(lambda c: inbox.ours(c, [waiting.id], 2))
    await unit(lambda c: inbox.leave(c, [waiting.id]))
    assert await store.database.read(lambda: inbox.waiting(10)) == []
    await store.database.close()


async def test_a_letter_that_two_processes_have_sent_is_logged_once(postgres: Postgres) -> None:
    store = await open_store(fresh_postgres(postgres), MASTER)
    desk = desk_of(store, Clock())
    await opened(desk)
    [row] = await store.database.read(lambda: outbox.due(store.keeper, NOW, ["mail"], 10))
    one, other = Outcomes(desk, Clock()), Outcomes(desk, Clock())
    for outcomes in (one, other):
        outcomes.put(Outcome(row, DONE))
    await one.written()
    await other.written()
    lines = await store.database.read(lambda: AuditRow.filter(kind="LetterSent").count())
    assert lines == 1
    await store.database.close()


async def test_a_connection_that_is_lost_while_roles_are_begun_ends_no_process(postgres: Postgres) -> None:
    url = fresh_postgres(postgres)
    one = Process(url)
    cut = False

    async def cut_once() -> None:
        nonlocal cut
        if not cut:
            cut = True
            server = await asyncpg.connect(url)
            await server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            )
            await server.close()

    async def nothing() -> None:
        pass

    first = Role("letters", 1, cut_once, nothing)
    one.ownership.roles = (first, *one.ownership.roles)
    await one.ownership.start()
    await one.until(lambda: one.does == ["mailbox", "clock"])
    await one.ownership.stop()
