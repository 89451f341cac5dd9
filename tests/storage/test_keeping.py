"""Keeping: a new master key, what is purged, backups that forget too, and the log against the tickets."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient

from intents.rights import Intent
from responders.case import events as e
from storage import audit, backup, outbox, restore, retention, rotation
from storage.database import Database
from storage.ledger import Ledger
from storage.models import AuditRow, CodeRow, InboxRow, OutboxRow, SuppressedRow, TicketRow
from storage.replay import differences, replay
from storage.secrets import Keeper, WrongKey
from storage.store import Store, open_store
from storage.tickets import UnknownTicket
from tests.responders.cast import OLGA, request
from tests.storage.life import CANARY, a_life, everything, ledger, rows
from tests.storage.places import MASTER, NOW, Clock, bare_postgres, desk_of, opened

__all__ = ["ledger"]

OTHER = bytes(reversed(MASTER))

# the master key


async def test_after_a_rotation_only_the_new_master_key_opens_and_everything_is_still_there(url: str) -> None:
    store = await open_store(url, MASTER)
    await a_life(store)
    before = await store.database.read(store.tickets.many)
    await store.database.close()

    store = await open_store(url, OTHER, older=(MASTER,))
    done = await rotation.rotate(store, NOW)
    assert (done.tickets, done.mails, done.own) == (3, 3, 1)
    assert await rotation.rotate(store, NOW) == rotation.Rewrapped()
    await store.database.close()

    with pytest.raises(WrongKey, match="sealed with master key"):
        await open_store(url, MASTER)
    store = await open_store(url, OTHER)
    assert await store.database.read(store.tickets.many) == before
    mails = await store.database.read(lambda: InboxRow.all().order_by("place"))
    assert [(store.inbox.raw_of(mail) or b"")[-6:] for mail in mails] == [b"Mail 1", b"Mail 2", b"Mail 3"]
    assert (await store.database.read(audit.first_broken))[0] is None
    await store.database.close()


async def test_a_rotation_that_breaks_off_goes_on_where_it_stopped(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = await open_store(url, MASTER)
    await a_life(store)
    await store.database.close()
    monkeypatch.setattr(rotation, "BATCH", 1)
    store = await open_store(url, OTHER, older=(MASTER,))
    kept = rotation.renewed

    def power_cut(*args: object) -> bytes | None:
        if "ticket:2" in args:
            raise OSError("power cut")
        return kept(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(rotation, "renewed", power_cut)
    with pytest.raises(Exception, match="power cut"):
        await rotation.rotate(store, NOW)
    monkeypatch.setattr(rotation, "renewed", kept)
    done = await rotation.rotate(store, NOW)
    assert (done.tickets, done.mails, done.own) == (2, 3, 1)
    await store.database.close()


# backups


@pytest.fixture(params=["sqlite", "postgres"])
def second(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database to restore into."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path / 'second.sqlite3'}"
    return bare_postgres(request.getfixturevalue("postgres"))


async def restored_to(address: str, file: Path, ledger: Ledger) -> tuple[Store, restore.Restored]:
    """A database that was restored there, as after the loss of the first: one process never has two engines open."""
    database = Database(address)
    await database.open()
    done = await restore.restore(database, LOCK, file, ledger, NOW)
    await database.close()
    return await open_store(address, MASTER), done


LOCK = Keeper(MASTER, b"")


async def test_a_backup_is_restored_whole_on_either_engine_also_from_the_other(
    store: Store, second: str, tmp_path: Path, ledger: Ledger
) -> None:
    await a_life(store)
    written = await backup.write(store, tmp_path / "backup", NOW)
    before, tickets = await everything(store), await store.database.read(store.tickets.many)
    await store.database.close()
    restored, done = await restored_to(second, tmp_path / "backup", ledger)
    assert done.rows == written
    after = await everything(restored)
    for table in ("tickets", "inbox", "suppressed", "secrets", "positions", "yearly"):
        assert after.get(table) == before.get(table), table
    assert after["audit"][: len(before["audit"])] == before["audit"]
    assert (await restored.database.read(audit.first_broken))[0] is None
    assert await restored.database.read(restored.tickets.many) == tickets
    await restored.database.close()


async def test_a_backup_shows_nothing_and_is_for_its_owner_only(store: Store, tmp_path: Path) -> None:
    await a_life(store)
    await backup.write(store, tmp_path / "backup", NOW)
    content = (tmp_path / "backup").read_bytes()
    for word in (CANARY.encode(), b"access", b"withdrawn", store.keeper.root):
        assert word not in content
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("*.part"))


async def test_a_backup_made_while_others_write_shows_one_moment(store: Store, tmp_path: Path) -> None:
    await a_life(store)
    desk = desk_of(store, Clock())
    at_once = (backup.write(store, tmp_path / "backup", NOW), *(opened(desk) for _ in range(8)))
    await asyncio.gather(*at_once)
    found = list(backup.read(tmp_path / "backup", LOCK))
    tickets = sum(table == "tickets" for table, _ in found)
    lines = sum(table == "audit" and values["kind"] == "RequestReceived" for table, values in found)
    counter = next(values["value"] for table, values in found if table == "counters" and values["name"] == "ticket")
    assert tickets == lines == counter


@pytest.mark.parametrize("harm", ["cut", "chunk cut", "changed", "swapped", "not ours", "header"])
async def test_a_backup_that_was_harmed_is_refused_and_nothing_is_touched(
    harm: str, tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "CHUNK", 500)
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    await a_life(store)
    await backup.write(store, tmp_path / "backup", NOW)
    whole = (tmp_path / "backup").read_bytes()
    head, chunks = taken_apart(whole)
    assert len(chunks) > 3
    harmed = {
        "cut": whole[:-5],
        "chunk cut": head + b"".join(chunks[:-1]),
        "changed": whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:],
        "swapped": head + chunks[1] + chunks[0] + b"".join(chunks[2:]),
        "not ours": b"PK" + whole[2:],
        "header": whole.replace(b'"made"', b'"mode"', 1),
    }[harm]
    (tmp_path / "backup").write_bytes(harmed)
    before = await everything(store)
    with pytest.raises(backup.BadBackup):
        await restore.restore(store.database, LOCK, tmp_path / "backup", ledger, NOW, force=True)
    assert await everything(store) == before
    await store.database.close()


def taken_apart(whole: bytes) -> tuple[bytes, list[bytes]]:
    at = len(backup.MAGIC)
    at += 4 + int.from_bytes(whole[at : at + 4], "big")
    head, chunks = whole[:at], []
    while at < len(whole):
        end = at + 4 + int.from_bytes(whole[at : at + 4], "big")
        chunks.append(whole[at:end])
        at = end
    return head, chunks


async def test_a_database_with_something_in_it_is_not_overwritten_without_force(
    store: Store, tmp_path: Path, ledger: Ledger
) -> None:
    await a_life(store)
    await backup.write(store, tmp_path / "backup", NOW)
    with pytest.raises(restore.NotEmpty, match="--force"):
        await restore.restore(store.database, LOCK, tmp_path / "backup", ledger, NOW)
    with pytest.raises(WrongKey):
        await restore.restore(store.database, Keeper(OTHER, b""), tmp_path / "backup", ledger, NOW, force=True)


async def test_an_old_backup_brings_back_no_purged_ticket_and_no_forgotten_unsubscription(
    store: Store, tmp_path: Path, ledger: Ledger
) -> None:
    await a_life(store)
    await backup.write(store, tmp_path / "backup", NOW)
    desk = desk_of(store, Clock())
    person = replace(request(Intent.UNSUBSCRIBE).person, address="ben@kunde.example", writer="ben@kunde.example")
    await opened(desk, Intent.UNSUBSCRIBE, person=person)
    assert await retention.purge_tickets(store, ledger, [1], NOW) == 1
    suppressed = {row.id for row in await rows(store, SuppressedRow)}  # type: ignore[attr-defined]
    done = await restore.restore(store.database, LOCK, tmp_path / "backup", ledger, NOW, force=True)
    assert (done.tickets, done.purged) == (3, 1)
    with pytest.raises(UnknownTicket, match="was purged"):
        await desk.ticket(1)
    assert {row.id for row in await rows(store, SuppressedRow)} == suppressed  # type: ignore[attr-defined]
    assert (await opened(desk)).number == 5  # 4 was another one's before the restore: no number twice


async def test_the_ledger_alone_keeps_a_purged_ticket_purged_where_the_database_is_lost(
    store: Store, second: str, tmp_path: Path, ledger: Ledger
) -> None:
    await a_life(store)
    await backup.write(store, tmp_path / "backup", NOW)
    await retention.purge_tickets(store, ledger, [1], NOW)
    ledger.head(9, "f" * 64, tickets=40, at=NOW)
    await store.database.close()
    restored, done = await restored_to(second, tmp_path / "backup", ledger)
    assert done.purged == 1
    assert (await opened(desk_of(restored, Clock()))).number == 41
    assert (await restored.database.read(lambda: audit.first_broken(ledger.read().heads)))[0] is None
    await restored.database.close()


async def test_after_a_restore_no_letter_goes_out_by_itself_and_no_old_code_counts(
    store: Store, tmp_path: Path, ledger: Ledger
) -> None:
    await a_life(store)
    await backup.write(store, tmp_path / "backup", NOW)
    done = await restore.restore(store.database, LOCK, tmp_path / "backup", ledger, NOW, force=True)
    letters = [row for row in await rows(store, OutboxRow) if row.kind == "mail"]  # type: ignore[attr-defined]
    assert done.held == len(letters) > 0
    assert {row.state for row in letters} == {outbox.HELD}  # type: ignore[attr-defined]
    assert {row.state for row in await rows(store, CodeRow)} == {"void"}  # type: ignore[attr-defined]


# the log against the tickets


async def test_a_ticket_rebuilt_from_the_log_is_the_ticket_as_stored(store: Store) -> None:
    clock = Clock()
    desk = desk_of(store, clock)
    ticket = await opened(desk)
    clock.forward(hours=2)
    await desk.happen(ticket.number, e.IdentityConfirmed())
    clock.forward(days=1)
    between = clock.now
    clock.forward(days=1)
    await desk.happen(ticket.number, e.StaffApproved(OLGA))
    await desk.note(ticket.number, "A note.")

    async def read() -> tuple[list[AuditRow], TicketRow]:
        return [line async for line in audit.every(ticket.number)], await TicketRow.get(number=ticket.number)

    lines, row = await store.database.read(read)
    state = replay(lines)
    assert (state.status, state.version, state.due_at) == (row.status, row.version, row.due_at)
    assert differences(state, row) == []
    assert replay(lines, between).status == "deciding"

    row.status = "fulfilled"
    assert differences(state, row) == [f"status: stored fulfilled, log {state.status}"]
    skipped = replay([lines[0], *lines[2:]])
    assert "starts from deciding, not from identifying" in skipped.odd[0]


async def test_the_ledger_shows_a_log_that_was_written_anew(store: Store, ledger: Ledger) -> None:
    await a_life(store)
    seq, digest = await store.database.read(audit.head)
    ledger.head(seq, digest, tickets=3, at=NOW)
    known = ledger.read()
    assert (await store.database.read(lambda: audit.first_broken(known.heads)))[0] is None

    async def forge(connection: BaseDBAsyncClient) -> None:
        lines = [row async for row in audit.every()]
        await AuditRow.all().using_db(connection).delete()
        from storage.models import CounterRow

        await CounterRow.filter(name="audit").using_db(connection).delete()
        told = [audit.Line(row.kind, "somebody else", row.ticket, {}) for row in lines]
        await audit.append(connection, told, NOW)

    await store.database.unit(forge)
    assert (await store.database.read(audit.first_broken))[0] is None  # whole in itself
    assert (await store.database.read(lambda: audit.first_broken(known.heads)))[0] == seq


def test_a_line_of_the_ledger_that_was_cut_short_does_not_harm_the_next(ledger: Ledger) -> None:
    ledger.purged([1, 2], NOW)
    with ledger.path.open("a") as file:
        file.write('{"purged": [3')
    ledger.purged([4], NOW)
    assert ledger.read().purged == {1, 2, 4}
    assert ledger.path.stat().st_mode & 0o777 == 0o600


def test_heads_after_a_restored_line_do_not_count_any_more(ledger: Ledger) -> None:
    for seq in (5, 9):
        ledger.head(seq, f"{seq}", tickets=seq, at=NOW)
    ledger.restored(7, NOW)
    ledger.head(8, "8", tickets=4, at=NOW)
    assert ledger.read().heads == {5: "5", 8: "8"}
    assert ledger.read().tickets == 9
