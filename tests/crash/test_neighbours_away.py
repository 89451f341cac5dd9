"""Each neighbour away for a week, stopped for real or full; and mails that kill who reads them.

Slack and the mail server have theirs in `test_slack_meets_faults` and `test_letters_meet_faults`.
"""

import asyncio
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import bot.loops
from bot.intake import POISON, Reader
from bot.loops import Loop
from bot.mail.backoff import Backoff
from bot.mail.parsing import ParserPool
from bot.mail.raw import Hold, MailKey, RawMail
from bot.taking import MailboxIntake
from intents.reader import read_letter
from storage import audit, wake
from storage.database import DatabaseAway
from storage.inbox import OURS, PARKED, Incoming
from storage.models import InboxRow, TicketRow
from storage.store import open_store
from storage.wake import INBOX, OUTBOX, Listener
from tests.bot.mail.shelf import Shelf, running
from tests.bot.mail.test_mailbox_dovecot import letter
from tests.crash.test_several_processes import Process
from tests.crash.test_words_between_processes import Ears
from tests.servers.dovecot import Dovecot, run_dovecot
from tests.servers.postgres import run_postgres
from tests.storage.places import MASTER, NOW, Clock, desk_of, opened

WEEK = 7 * 24 * 3600.0


class AWeek(Backoff):
    """The bot's own pauses, added up instead of waited for; when they make a week the server is back, with mail."""

    def __init__(self, server: Dovecot, user: str, mails: list[bytes]) -> None:
        super().__init__(jitter=lambda: 1.0)
        self._server, self._user, self._mails = server, user, mails
        self.passed = 0.0
        self.knocks = 0
        self.cpu = time.process_time()

    def next(self) -> float:
        if self.passed >= WEEK:
            return super().next()
        self.passed += super().next()
        self.knocks += 1
        if self.passed >= WEEK:
            self.cpu = time.process_time() - self.cpu
            self._server.start()
            self._server.deliver(self._user, *self._mails)
        return 0.0


def test_a_mailbox_server_that_is_away_for_a_week_is_knocked_at_once_a_minute_and_its_mail_is_taken_once() -> None:
    with run_dovecot() as server:
        server.deliver("week", letter(1), letter(2))
        shelf, week = Shelf(), AWeek(server, "week", [letter(number) for number in range(3, 103)])
        with running(server.imap, shelf, user="week") as mailbox:
            shelf.wait_for(2)
        assert mailbox.state.trouble is None
        server.stop()
        with running(server.imap, shelf, user="week", backoff=week):
            shelf.wait_for(102)
        subjects = Counter((mail.raw or b"").split(b"Subject: ")[1].split(b"\r\n")[0] for mail in shelf.mails)
        assert subjects == {f"letter {number}".encode(): 1 for number in range(1, 103)}
        assert week.knocks < WEEK / 60 + 10
        print(f"{week.knocks} knocks in a week, {week.cpu:.1f} s of CPU: {week.cpu / WEEK:.5%}")


async def test_a_postgresql_that_is_stopped_stops_the_work_and_everything_goes_on_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bot.loops, "PAUSES", (0.01,))
    monkeypatch.setattr(wake, "PAUSE_SECONDS", 0.01)
    with run_postgres() as server:
        url = server.new_database("stopped")
        store = await open_store(url, MASTER)
        desk, process, ears = desk_of(store, Clock()), Process(url), Ears()
        await opened(desk)
        await process.ownership.start()
        listener = Listener(url, ears)
        await listener.start()
        await ears.until(2)
        said: list[str] = []
        told, works = asyncio.Event(), asyncio.Event()

        def say(reason: str) -> None:
            said.append(reason)
            told.set()

        async def once() -> int:
            await desk.ticket(1)
            works.set()
            return 0

        loop = Loop("letters", once, idle=0.01, trouble=say)
        loop.start()
        async with asyncio.timeout(60):
            await works.wait()
            await asyncio.to_thread(server.stop)
            await told.wait()
            intake = MailboxIntake(desk, asyncio.get_running_loop(), lambda: None)
            with pytest.raises(Hold, match="does not answer"):
                await asyncio.to_thread(intake.take, [mail(1)])
            await process.until(lambda: process.does == [])
            works.clear()
            ears.words.clear()
            await asyncio.to_thread(server.start)
            await works.wait()
            await process.until(lambda: process.does == ["mailbox", "clock"])
            assert (await ears.until(2))[:2] == [INBOX, OUTBOX]
            await asyncio.to_thread(intake.take, [mail(1)])
            assert (await opened(desk)).number == 2
        assert len(said) == 1
        assert "does not answer" in said[0]
        assert (await store.database.read(audit.first_broken))[0] is None
        await loop.stop()
        await listener.stop()
        await process.ownership.stop()
        await store.database.close()


def mail(uid: int, size: int = 10) -> RawMail:
    raw = b"Subject: x\r\n\r\n" + b"y" * size
    return RawMail(MailKey("support", "INBOX", 7, uid), raw, len(raw), NOW, ())


@contextmanager
def a_small_disk(folder: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no right to mount a small file system; tests/storage/test_away.py limits the file instead")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_on_a_disk_that_is_really_full_no_mail_is_taken_and_all_of_it_once_there_is_room(tmp_path: Path) -> None:
    with a_small_disk(tmp_path / "disk") as disk:
        store = await open_store(f"sqlite://{disk / 'desk.sqlite3'}", MASTER)
        desk = desk_of(store, Clock())
        await opened(desk)
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file:
            while full_write(file):
                pass
        intake = MailboxIntake(desk, asyncio.get_running_loop(), lambda: None)
        for _ in range(3):
            with pytest.raises(Hold, match="the disk"):
                await asyncio.to_thread(intake.take, [mail(1, 50_000), mail(2, 50_000)])
            assert await asyncio.to_thread(intake.position, "support", "INBOX") is None
            assert (await desk.ticket(1)).number == 1
            with pytest.raises(DatabaseAway):
                await opened(desk)
        filler.unlink()
        await asyncio.to_thread(intake.take, [mail(1, 50_000), mail(2, 50_000)])
        assert await store.database.read(lambda: InboxRow.all().count()) == 2
        assert (await opened(desk)).number == 2
        assert (await store.database.read(audit.first_broken))[0] is None
        await store.database.close()


def full_write(file: "object") -> bool:
    """Write some more; False once there is no room at all."""
    try:
        return bool(file.write(b"x" * 4096))  # type: ignore[attr-defined]
    except OSError:
        return False


async def test_a_mail_that_kills_its_reader_three_times_is_put_aside_and_the_others_are_read_meanwhile(
    tmp_path: Path,
) -> None:
    """K8."""
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    desk = desk_of(store, Clock())
    asks = b"From: anna@kundin.example\r\nSubject: my data\r\n\r\n"
    raws = [asks + b"Please erase all my personal data.\r\n", asks + b"a\n" * 7_000_000,
            asks.replace(b"anna", b"ben") + b"Please erase all my personal data.\r\n"]  # fmt: skip
    incoming = [Incoming("support", "INBOX", 7, uid, raw, len(raw), NOW) for uid, raw in enumerate(raws, 1)]
    await store.database.unit(lambda connection: store.inbox.store(connection, incoming))
    aside: list[tuple[str, str]] = []
    async with ParserPool(children=1, memory=48 * 1024 * 1024) as pool:
        reader = Reader(desk, pool, read_letter, None, lambda _places: None, lambda *what: aside.append(what))
        rounds = 0
        while await reader.run_once():
            rounds += 1
            assert await store.database.read(lambda: TicketRow.all().count()) == 2  # the others did not wait
    rows = {row.place[-1]: row for row in await store.database.read(InboxRow.all)}
    assert rounds == POISON
    assert [rows[uid].state for uid in "123"] == [OURS, PARKED, OURS]
    assert rows["2"].attempts == POISON
    assert [(id_, "died" in reason) for id_, reason in aside] == [(rows["2"].id, True)]
    await store.database.close()
