"""The inbox: each mail once, whatever the server does with its numbers, and nothing kept of what is not ours."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from storage.inbox import LEFT, NEW, PARKED, TOO_BIG, Incoming
from storage.models import InboxRow
from storage.secrets import WrongKey
from storage.store import Store, open_store
from tests.storage.places import MASTER, NOW


def mail(uid: int, text: str = "", *, uidvalidity: int = 7, mailbox: str = "INBOX") -> Incoming:
    raw = (text or f"Subject: {uid}\r\n\r\nLetter {uid}").encode()
    return Incoming("support", mailbox, uidvalidity, uid, raw, len(raw), NOW)


async def take(store: Store, *mails: Incoming) -> list[str]:
    return await store.database.unit(lambda connection: store.inbox.store(connection, mails))


async def kept(store: Store) -> Sequence[InboxRow]:
    async def work() -> Sequence[InboxRow]:
        return await InboxRow.all().order_by("received_at", "place")

    return await store.database.read(work)


async def test_the_same_mail_handed_over_again_is_stored_once_also_within_one_batch(store: Store) -> None:
    await take(store, mail(1), mail(2), mail(2))
    await take(store, mail(2), mail(3))
    assert [row.place.split("\x1f")[-1] for row in await kept(store)] == ["1", "2", "3"]
    assert await store.database.read(lambda: store.inbox.position("support", "INBOX")) == (7, 3)


async def test_the_same_bytes_under_new_numbers_are_the_same_mail(store: Store) -> None:
    await take(store, mail(1), mail(2))
    await take(store, mail(1, "Subject: 2\r\n\r\nLetter 2", uidvalidity=8), mail(2, "New", uidvalidity=8))
    assert len(await kept(store)) == 3
    assert await store.database.read(lambda: store.inbox.position("support", "INBOX")) == (8, 2)


async def test_two_equal_mails_under_the_same_numbering_are_two(store: Store) -> None:
    await take(store, mail(1, "Unsubscribe me."), mail(2, "Unsubscribe me."))
    assert len(await kept(store)) == 2


async def test_of_a_mail_that_is_left_alone_only_its_key_stays(tmp_path: Path) -> None:
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    await take(store, mail(1, "Where is my order, asks canary.winterbottom?"))
    row = (await kept(store))[0]
    assert store.inbox.raw_of(row) == b"Where is my order, asks canary.winterbottom?"
    await store.database.unit(lambda connection: store.inbox.leave(connection, [row.id]))
    row = (await kept(store))[0]
    assert (row.state, row.mail, row.wrapped_key) == (LEFT, None, None)
    assert store.inbox.raw_of(row) is None
    await store.database.close()
    assert b"canary.winterbottom" not in b"".join(path.read_bytes() for path in tmp_path.glob("desk*"))


async def test_a_left_mail_is_known_again_after_the_numbering_changed(store: Store) -> None:
    await take(store, mail(1, "Where is my order?"))
    row = (await kept(store))[0]
    await store.database.unit(lambda connection: store.inbox.leave(connection, [row.id]))
    await take(store, mail(5, "Where is my order?", uidvalidity=9))
    assert [row.state for row in await kept(store)] == [LEFT]


async def test_a_mail_that_could_not_be_fetched_is_parked_at_once_with_the_reason(store: Store) -> None:
    parked = await take(store, replace(mail(1), raw=None, size=90_000_000), mail(2))
    rows = await kept(store)
    assert [(row.state, row.reason) for row in rows] == [(PARKED, TOO_BIG), (NEW, None)]
    assert parked == [rows[0].id]
    assert [taken.raw for taken in await store.database.read(lambda: store.inbox.waiting(10))] == [mail(2).raw]
    assert not await store.database.read(lambda: store.inbox.again(rows[0].id))  # there is nothing to read


async def test_bad_tries_are_counted_also_side_by_side_and_a_parked_mail_can_be_read_again(store: Store) -> None:
    await take(store, mail(1))
    id_ = (await kept(store))[0].id
    counts = await asyncio.gather(*(store.database.read(lambda: store.inbox.tried(id_)) for _ in range(3)))
    assert max(counts) == 3
    await store.database.unit(lambda connection: store.inbox.park(connection, id_, "kills the reader"))
    assert await store.database.read(lambda: store.inbox.waiting(10)) == []
    assert await store.database.read(lambda: store.inbox.again(id_[:8]))
    waiting = await store.database.read(lambda: store.inbox.waiting(10))
    assert [(taken.id, taken.attempts) for taken in waiting] == [(id_, 0)]


async def test_the_beginning_of_an_id_that_fits_two_parked_mails_moves_neither(store: Store) -> None:
    await take(store, mail(1), mail(2))
    for row in await kept(store):
        await store.database.unit(lambda connection, row=row: store.inbox.park(connection, row.id, "odd"))  # type: ignore[misc]
    assert not await store.database.read(lambda: store.inbox.again(""))
    assert {row.state for row in await kept(store)} == {PARKED}


async def test_a_mail_moved_to_another_row_is_not_opened(store: Store) -> None:
    await take(store, mail(1), mail(2))
    one, other = await kept(store)
    one.mail, one.wrapped_key = other.mail, other.wrapped_key
    with pytest.raises(WrongKey, match="mail:"):
        store.inbox.raw_of(one)
