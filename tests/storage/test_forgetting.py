"""Forgetting: what is purged and when, and that it then stands nowhere any more, on either engine."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from responders.case.ticket import Status
from storage import audit, backup, retention, yearly
from storage.ledger import Ledger
from storage.models import InboxRow, TicketRow
from storage.retention import Keep, months_before
from storage.secrets import Keeper
from storage.store import Store, open_store
from storage.tickets import UnknownTicket
from tests.bot.logged import everything_logged
from tests.responders.cast import ANNA
from tests.servers.postgres import Postgres
from tests.storage.life import CANARY, a_life, everything, ledger
from tests.storage.places import MASTER, NOW, fresh_postgres

__all__ = ["ledger"]

LATER = NOW + timedelta(days=36 * 31)


async def test_a_closed_ticket_is_purged_after_its_months_and_only_numbers_are_left(
    store: Store, ledger: Ledger
) -> None:
    await a_life(store)
    late = NOW + timedelta(days=36 * 31)
    before = await everything(store)
    dry = await retention.purge(store, ledger, Keep(), late, dry=True)
    assert await everything(store) == before
    assert not ledger.path.exists()
    done = await retention.purge(store, ledger, Keep(), late)
    assert done == dry
    assert (done.tickets, done.mails) == (1, 3)
    with pytest.raises(UnknownTicket, match="was purged"):
        await store.database.read(lambda: store.tickets.load(1))
    assert (await store.database.read(lambda: store.tickets.load(2))).person.address == ANNA
    after = await everything(store)
    assert {row["number"]: row["sealed"] is None for row in after["tickets"]} == {1: True, 2: False, 3: False}
    for table in ("outbox", "codes"):
        assert {row["ticket"] for row in after.get(table, [])} <= {2, 3}
    assert all(row["mail"] is None and row["wrapped_key"] is None for row in after["inbox"])
    assert [row["id"] for row in after["suppressed"]] == [row["id"] for row in before["suppressed"]]
    assert ledger.read().purged == {1}
    counts = await store.database.read(lambda: yearly.counts(2026))
    assert counts[yearly.Kind(2026, "gdpr", "access", "withdrawn", 0)] == 1
    assert (await store.database.read(audit.first_broken))[0] is None
    assert not await retention.purge(store, ledger, Keep(), late)


async def test_nothing_is_purged_a_day_too_early_and_no_open_ticket_ever(store: Store, ledger: Ledger) -> None:
    await a_life(store)
    keep = Keep(log_months=24, mails_days=90)
    done = await retention.purge(store, ledger, keep, NOW + timedelta(days=89))
    assert (done.tickets, done.mails) == (0, 0)
    done = await retention.purge(store, ledger, keep, datetime(2028, 3, 2, 15, tzinfo=UTC))
    assert (done.tickets, done.mails) == (0, 3)
    assert await retention.purge_tickets(store, ledger, [2, 99], NOW) == 0
    assert (await store.database.read(lambda: store.tickets.load(2))).status is Status.IDENTIFYING


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ((2026, 3, 31), 1, (2026, 2, 28)),
        ((2028, 2, 29), 36, (2025, 2, 28)),
        ((2026, 1, 15), 24, (2024, 1, 15)),
        ((2026, 12, 31), 1, (2026, 11, 30)),
        ((2026, 1, 1), 1, (2025, 12, 1)),
    ],
)
def test_months_are_those_of_the_calendar(now: tuple[int, int, int], months: int, then: tuple[int, int, int]) -> None:
    assert months_before(datetime(*now, 7, tzinfo=UTC), months) == datetime(*then, 7, tzinfo=UTC)


def holding(folder: Path, words: Sequence[bytes]) -> set[str]:
    """The files in which one of the words stands."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name for path in files if any(word in path.read_bytes() for word in words)}


async def sealed_of(store: Store) -> list[bytes]:
    """What is stored of ticket 1 and its mail: sealed words, wrapped keys, the hash of the person."""
    ticket = (await store.database.read(lambda: TicketRow.filter(number=1)))[0]
    mail = (await store.database.read(lambda: InboxRow.filter(ticket=1)))[0]
    found = [ticket.wrapped_key, ticket.sealed, mail.wrapped_key, mail.mail, (ticket.person_hash or "").encode()]
    assert all(found)
    return [bytes(each) for each in found if each]


async def test_after_a_purge_neither_the_words_nor_the_keys_stand_anywhere_on_the_disk(
    tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with everything_logged("json") as page:
        store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
        await a_life(store)
        assert holding(tmp_path, [CANARY.encode()]) == set()  # sealed from the first
        gone = await sealed_of(store)
        await backup.write(store, tmp_path / "backup", NOW)
        assert holding(tmp_path, gone) <= {"desk.sqlite3", "desk.sqlite3-wal"}
        assert all(holding(tmp_path, [each]) for each in gone)
        await retention.purge(store, ledger, Keep(), LATER)
        assert holding(tmp_path, [*gone, CANARY.encode()]) == set()
        await store.database.close()
        assert holding(tmp_path, [*gone, CANARY.encode()]) == set()
    assert CANARY not in page.getvalue()


async def test_after_a_purge_no_file_of_postgresqls_tables_holds_the_words_or_the_keys(
    postgres: Postgres, tmp_path: Path, ledger: Ledger
) -> None:
    """Its write-ahead log holds the sealed bytes until it is used again, and never the words."""
    url = fresh_postgres(postgres)
    store = await open_store(url, MASTER)
    await a_life(store)
    gone = await sealed_of(store)
    server = await asyncpg.connect(url)
    await server.execute("ANALYZE")  # copies values into the statistics
    await server.close()
    postgres.sql("checkpoint")
    assert all(holding(postgres.data / "base", [each]) for each in gone)
    await retention.purge(store, ledger, Keep(), LATER)
    postgres.sql("checkpoint")
    assert holding(postgres.data / "base", gone) == set()
    assert holding(postgres.folder, [CANARY.encode()]) == set()
    await store.database.close()


async def test_a_backup_made_after_a_purge_holds_no_key_of_what_was_purged(
    store: Store, tmp_path: Path, ledger: Ledger
) -> None:
    await a_life(store)
    await retention.purge(store, ledger, Keep(), LATER)
    await backup.write(store, tmp_path / "backup", NOW)
    kept = list(backup.read(tmp_path / "backup", Keeper(MASTER, b"")))
    tickets = {values["number"]: values for table, values in kept if table == "tickets"}
    assert (tickets[1]["wrapped_key"], tickets[1]["sealed"], tickets[1]["person_hash"]) == (None, None, None)
    assert tickets[2]["wrapped_key"]
    assert {values["ticket"] for table, values in kept if table in ("outbox", "codes", "letters")} <= {2, 3}


async def test_a_table_that_somebody_reads_all_the_time_is_not_waited_for_for_ever(
    postgres: Postgres, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "LOCK_MS", 1)
    monkeypatch.setattr(retention, "LOCK_TRIES", 2)
    url = fresh_postgres(postgres)
    store = await open_store(url, MASTER)
    await a_life(store)
    reader = await asyncpg.connect(url)
    async with reader.transaction():
        await reader.execute("SELECT * FROM tickets")
        done = await retention.purge(store, ledger, Keep(), LATER)
    await reader.close()
    assert done.tickets == 1
    await store.database.close()


async def test_files_that_a_kill_left_unwiped_are_wiped_by_the_next_purge_though_it_has_nothing_to_do(
    tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    await a_life(store)
    gone = await sealed_of(store)

    async def killed(_store: Store) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(retention, "wipe", killed)
        with pytest.raises(KeyboardInterrupt):
            await retention.purge(store, ledger, Keep(), LATER)
    assert holding(tmp_path, gone)
    assert not await retention.purge(store, ledger, Keep(), LATER)
    assert holding(tmp_path, gone) == set()
    assert not await store.database.read(retention.owed)
    await store.database.close()
