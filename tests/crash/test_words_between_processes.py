"""LISTEN and NOTIFY: what one process has written another does at once, without its poll."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from tortoise.backends.base.client import BaseDBAsyncClient

from bot.loops import Loop
from storage import outbox, wake
from storage.inbox import Incoming
from storage.models import OutboxRow
from storage.outbox import Item
from storage.store import Store, open_store
from storage.wake import INBOX, OUTBOX, Listener
from tests.servers.postgres import Postgres, postgres
from tests.storage.places import MASTER, NOW, fresh_postgres

__all__ = ["postgres"]

NEVER = 10_000.0
"""Seconds between two looks of a loop that only a word can wake here."""
LETTER = Item("mail", "a.letter", {"to": "anna@kundin.example"}, None)


class Ears:
    """What one process has heard so far."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._came = asyncio.Event()

    def __call__(self, what: str) -> None:
        self.words.append(what)
        self._came.set()

    async def until(self, count: int) -> list[str]:
        """The words, once there are so many; they are forgotten."""
        async with asyncio.timeout(20):
            while len(self.words) < count:
                await self._came.wait()
                self._came.clear()
        words, self.words = self.words, []
        return words


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[Ears]:
    ears = Ears()
    listener = Listener(url, ears)
    await listener.start()
    assert await ears.until(2) == [INBOX, OUTBOX]  # the first look at everything
    try:
        yield ears
    finally:
        await listener.stop()


@asynccontextmanager
async def another_process(url: str) -> AsyncIterator[Store]:
    store = await open_store(url, MASTER)
    try:
        yield store
    finally:
        await store.database.close()


async def a_letter(store: Store) -> str:
    return (await store.database.unit(lambda c: outbox.put(c, [LETTER], {}, store.keeper, NOW)))[0]


async def test_a_letter_written_by_one_process_is_claimed_at_once_by_the_other(postgres: Postgres) -> None:
    url = fresh_postgres(postgres)
    claimed: list[str] = []
    came = asyncio.Event()
    async with another_process(url) as mine, another_process(url) as theirs:

        async def once() -> int:
            rows = await mine.database.read(lambda: outbox.due(mine.keeper, NOW, ["mail"], 10))
            taken = await mine.database.unit(lambda c: outbox.claim(c, [row.id for row in rows]))
            claimed.extend(taken)
            if taken:
                came.set()
            return len(taken)

        loop = Loop("letters", once, idle=NEVER, trouble=pytest.fail)
        listener = Listener(url, lambda what: loop.wake() if what == OUTBOX else None)
        loop.start()
        await loop.quiet()
        await listener.start()
        id_ = await a_letter(theirs)
        async with asyncio.timeout(20):
            await came.wait()
        assert claimed == [id_]
        await listener.stop()
        await loop.stop()


async def test_a_word_is_heard_on_commit_and_never_of_a_unit_that_came_to_nothing(postgres: Postgres) -> None:
    url = fresh_postgres(postgres)
    async with another_process(url) as store, listening(url) as ears:

        async def torn(connection: BaseDBAsyncClient) -> None:
            await outbox.put(connection, [LETTER], {}, store.keeper, NOW)
            raise ValueError("the machine stops here")

        with pytest.raises(ValueError, match="stops here"):
            await store.database.unit(torn)
        mail = Incoming("support", "INBOX", 7, 1, b"From: a@kundin.example\r\n\r\nhello", 30, NOW)
        await store.database.unit(lambda c: store.inbox.store(c, [mail]))
        assert await ears.until(1) == [INBOX]  # what the torn unit said would have come before


async def test_a_listener_whose_connection_is_cut_listens_anew_and_looks_at_everything(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wake, "PAUSE_SECONDS", 0.01)
    url = fresh_postgres(postgres)
    async with another_process(url) as store, listening(url) as ears:
        server = await asyncpg.connect(url)
        await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~* '^LISTEN'")
        await server.close()
        assert await ears.until(2) == [INBOX, OUTBOX]
        await a_letter(store)
        assert await ears.until(1) == [OUTBOX]


async def test_of_two_who_claim_at_once_nobody_waits_for_the_other_and_each_row_is_one_ones(postgres: Postgres) -> None:
    url = fresh_postgres(postgres)
    async with another_process(url) as one, another_process(url) as other:
        ids = [await a_letter(one) for _ in range(3)]
        held, go_on = asyncio.Event(), asyncio.Event()

        async def slowly(connection: BaseDBAsyncClient) -> list[str]:
            taken = await outbox.claim(connection, ids[:2])
            held.set()
            await go_on.wait()
            return list(taken)

        first = asyncio.create_task(one.database.unit(slowly))
        await held.wait()
        async with asyncio.timeout(20):  # the first one's unit is still open
            second = await other.database.unit(lambda c: outbox.claim(c, ids))
        go_on.set()
        assert (sorted(await first), list(second)) == (sorted(ids[:2]), ids[2:])
        assert await one.database.read(lambda: OutboxRow.filter(state=outbox.WAITING).count()) == 0


async def test_sqlite_needs_no_words(tmp_path: Path) -> None:
    async with another_process(f"sqlite://{tmp_path / 'desk.sqlite3'}") as store:
        await a_letter(store)
        assert await store.database.read(lambda: OutboxRow.all().count()) == 1
