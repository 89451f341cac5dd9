"""What is done for many rows in one statement does for each what it would do for one."""

from dataclasses import replace

from storage import outbox
from storage.inbox import OURS, Incoming
from storage.models import InboxRow, OutboxRow
from storage.store import Store
from tests.storage.places import NOW, Clock, desk_of, opened


async def claimed(store: Store, *, doubtful: bool) -> dict[str, str]:
    """Claim every waiting row; returns the state of each by its name."""
    ids = [row.id for row in await store.database.read(OutboxRow.all)]
    taken = await store.database.unit(lambda c: outbox.claim(c, ids, doubtful=doubtful))
    again = await store.database.unit(lambda c: outbox.claim(c, ids, doubtful=doubtful))
    assert sorted(taken) == sorted(ids)
    assert not again
    return {row.name: row.state for row in await store.database.read(OutboxRow.all)}


async def test_a_neutral_letter_is_in_doubt_from_its_claim_and_one_with_personal_data_only_later(store: Store) -> None:
    await opened(desk_of(store, Clock()))
    await store.database.unit(lambda c: OutboxRow.filter(kind="card").using_db(c).update(holds_data=True))
    states = await claimed(store, doubtful=True)
    assert states.pop("card") == outbox.SENDING
    assert set(states.values()) == {outbox.DOUBT}


async def test_every_row_that_is_claimed_counts_one_try_and_is_nobody_elses(store: Store) -> None:
    await opened(desk_of(store, Clock()))
    assert set((await claimed(store, doubtful=False)).values()) == {outbox.SENDING}
    assert {row.attempts for row in await store.database.read(OutboxRow.all)} == {1}


async def test_letters_of_one_batch_belong_to_their_own_tickets(store: Store) -> None:
    mails = [Incoming("support", "INBOX", 1, uid, b"mail %d" % uid, 6, NOW) for uid in range(1, 6)]
    await store.database.unit(lambda c: store.inbox.store(c, mails))
    waiting = await store.database.read(lambda: store.inbox.waiting(10))
    pairs = [(mail.id, 100 + number) for number, mail in enumerate(waiting[:4])]
    await store.database.unit(lambda c: store.inbox.ours_each(c, pairs))
    rows = {row.id: row for row in await store.database.read(InboxRow.all)}
    assert {id_: rows[id_].ticket for id_, _ in pairs} == dict(pairs)
    assert {rows[id_].state for id_, _ in pairs} == {OURS}
    assert rows[waiting[4].id].ticket is None


async def test_large_mails_are_read_in_batches_that_fit_into_memory_and_a_single_larger_one_alone(store: Store) -> None:
    sizes = (40, 40, 40, 500, 10)
    mails = [Incoming("support", "INBOX", 1, n, b"x" * size, size, NOW) for n, size in enumerate(sizes, 1)]
    mails = [replace(mail, raw=b"%d" % mail.uid + mail.raw[1:] if mail.raw else None) for mail in mails]
    await store.database.unit(lambda c: store.inbox.store(c, mails))
    read = []
    while some := await store.database.read(lambda: store.inbox.waiting(10, at_most=100)):
        assert len(some) == 1 or sum(len(mail.raw) for mail in some) <= 100
        read += [len(mail.raw) for mail in some]
        ids = [mail.id for mail in some]
        await store.database.unit(lambda c: store.inbox.leave(c, ids))  # noqa: B023 - called at once
    assert sorted(read) == sorted(sizes)


async def test_the_clock_looks_at_all_that_is_due_though_one_of_them_moves_meanwhile(store: Store) -> None:
    clock = Clock()
    desk = desk_of(store, clock)
    tickets = [await opened(desk) for _ in range(3)]
    clock.forward(days=20)
    save = type(desk.saver).save
    moved: list[object] = []

    async def slow(saver, connection, changes, now):  # type: ignore[no-untyped-def]
        if len(changes) > 1 and not moved:
            moved.append(tickets[1].number)
            await store.tickets.change(connection, tickets[1], tickets[1])
        await save(saver, connection, changes, now)

    type(desk.saver).save = slow  # type: ignore[method-assign]
    try:
        assert await desk.tick() == 3
    finally:
        type(desk.saver).save = save  # type: ignore[method-assign]
    assert moved
    for ticket in tickets:
        seen = await store.database.read(lambda: store.tickets.load(ticket.number))  # noqa: B023 - called at once
        assert seen.reminded
