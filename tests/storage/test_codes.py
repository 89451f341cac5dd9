"""One-time codes: few tries, one use, the newest only, bound to what they are for."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from bot.desk import Desk
from bot.limits import Limits
from bot.saving import PURPOSE
from intents.rights import Intent
from responders.case import events as e
from responders.case.ticket import Identity, Status
from storage import outbox
from storage.codes import TRIES, UNPROVEN_TRIES, Codes
from storage.models import CodeRow, OutboxRow
from storage.secrets import CODE_ALPHABET, new_code, plain_code
from storage.store import Store, open_store
from tests.responders.cast import request
from tests.storage.places import MASTER, NOW, Clock, desk_of, opened


async def sent_code(store: Store, ticket: int) -> str:
    """The code in the newest letter of a ticket that is about to go out."""

    async def work() -> str:
        key = await store.tickets.key(ticket)
        assert key is not None
        rows = await OutboxRow.filter(ticket=ticket, kind="mail").order_by("-created_at", "-place")
        for row in rows:
            text = str(outbox.payload_of(row, key)["text"])
            found = [word for word in text.split() if word.count("-") == 2 and len(word) == 14]
            if found:
                return found[0]
        raise AssertionError("no letter holds a code")

    return await store.database.read(work)


async def code_row(store: Store, ticket: int) -> CodeRow:
    async def work() -> CodeRow:
        return await CodeRow.filter(ticket=ticket).order_by("-issued_at").first()  # type: ignore[return-value]

    return await store.database.read(work)


async def test_of_fifty_wrong_codes_at_once_five_are_compared_and_then_not_even_the_right_one_counts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(store, Clock())
    ticket = await opened(desk)
    code = await sent_code(store, ticket.number)
    compared = 0
    kept = Codes.compare

    async def counting(self: Codes, *args: object, **more: object) -> bool:
        nonlocal compared
        compared += 1
        return await kept(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Codes, "compare", counting)

    async def guess() -> bool:
        row = await store.database.unit(lambda c: store.codes.spend_try(c, ticket.number, NOW))
        if row is None:
            return False
        bound = {"ticket": ticket.number, "address": ticket.person.address or "", "purpose": PURPOSE}
        return await store.database.unit(lambda c: store.codes.compare(c, row, new_code(), **bound))  # type: ignore[arg-type]

    assert not any(await asyncio.gather(*(guess() for _ in range(50))))
    assert compared == TRIES
    assert (await code_row(store, ticket.number)).tries == TRIES
    assert not await desk.code_typed(ticket.number, code)
    assert (await desk.ticket(ticket.number)).identity is Identity.OPEN


async def test_the_right_code_counts_once_also_when_it_comes_five_times_at_the_same_moment(store: Store) -> None:
    desk = desk_of(store, Clock())
    ticket = await opened(desk)
    code = await sent_code(store, ticket.number)
    results = await asyncio.gather(*(desk.code_typed(ticket.number, code) for _ in range(TRIES)))
    assert sum(results) == 1
    after = await desk.ticket(ticket.number)
    assert (after.status, after.identity) == (Status.DECIDING, Identity.MAILBOX)
    assert (await code_row(store, ticket.number)).state == "used"
    assert not await desk.code_typed(ticket.number, code)


async def test_a_code_may_be_typed_as_people_type_it(store: Store) -> None:
    desk = desk_of(store, Clock())
    ticket = await opened(desk)
    code = await sent_code(store, ticket.number)
    assert await desk.code_typed(ticket.number, f" {code.lower().replace('-', ' ')} ")


async def test_only_the_newest_code_counts(store: Store) -> None:
    clock = Clock()
    desk = desk_of(store, clock)
    ticket = await opened(desk)
    first = await sent_code(store, ticket.number)
    clock.forward(hours=1)
    await desk.happen(ticket.number, e.NewCodeAsked())
    second = await sent_code(store, ticket.number)
    assert first != second
    assert not await desk.code_typed(ticket.number, first)
    assert await desk.code_typed(ticket.number, second)


async def test_a_code_of_another_ticket_address_or_purpose_does_not_count(store: Store) -> None:
    desk = desk_of(store, Clock())
    ticket, other = await opened(desk), await opened(desk, Intent.RECTIFY)
    code = await sent_code(store, other.number)
    assert not await desk.code_typed(ticket.number, code)
    row, codes = await code_row(store, other.number), store.codes
    address = other.person.address or ""
    right = {"ticket": other.number, "address": address, "purpose": "identity"}
    for wrong in ({"ticket": ticket.number}, {"address": "eve@evil.example"}, {"purpose": "else"}, {}):
        bound = {**right, **wrong}
        fits = await store.database.unit(lambda c, bound=bound: codes.compare(c, row, code, **bound))  # type: ignore[misc]
        assert fits is (wrong == {})


async def test_a_code_counts_until_the_hour_it_expires(store: Store) -> None:
    clock = Clock()
    desk = desk_of(store, clock)
    late, in_time = await opened(desk), await opened(desk)
    codes = [await sent_code(store, ticket.number) for ticket in (late, in_time)]
    clock.forward(hours=24, seconds=-1)
    assert await desk.code_typed(in_time.number, codes[1])
    clock.forward(seconds=1)
    assert not await desk.code_typed(late.number, codes[0])


async def test_an_address_gets_three_codes_a_day_and_staff_are_told_of_the_fourth(store: Store) -> None:
    clock = Clock()
    desk = desk_of(store, clock)
    tickets = [await opened(desk) for _ in range(5)]

    async def issued() -> int:
        return await store.database.read(lambda: CodeRow.all().count())

    assert await issued() == 3
    notes = await store.database.read(lambda: OutboxRow.filter(kind="tell", ticket=tickets[3].number))
    assert len(notes) == 1
    clock.forward(days=1)
    await desk.happen(tickets[4].number, e.NewCodeAsked())
    assert await issued() == 4


async def test_a_writer_who_shows_nothing_has_two_of_the_five_tries(store: Store) -> None:
    desk = desk_of(store, Clock())
    ticket = await opened(desk)
    code = await sent_code(store, ticket.number)
    for _ in range(UNPROVEN_TRIES):
        assert not await desk.code_typed(ticket.number, new_code(), proven=False)
    assert not await desk.code_typed(ticket.number, code, proven=False)
    assert (await code_row(store, ticket.number)).tries == UNPROVEN_TRIES
    assert await desk.code_typed(ticket.number, code)


async def test_while_a_code_counts_an_unproven_wish_brings_no_second_one(store: Store) -> None:
    clock = Clock()
    desk = desk_of(store, clock)
    ticket = await opened(desk)
    first = await sent_code(store, ticket.number)
    await desk.happen(ticket.number, e.NewCodeAsked(proven=False))
    assert await store.database.read(lambda: CodeRow.all().count()) == 1
    assert await store.database.read(lambda: OutboxRow.filter(name="case.status").count()) == 1
    clock.forward(hours=25)
    await desk.happen(ticket.number, e.NewCodeAsked(proven=False))
    assert await store.database.read(lambda: CodeRow.all().count()) == 2
    assert not await desk.code_typed(ticket.number, first)


async def test_the_houses_limit_is_exact_among_several_processes(url: str) -> None:
    stores = [await open_store(url, MASTER) for _ in range(1 if url.startswith("sqlite") else 3)]
    desks = [desk_of(one, Clock(), limits=Limits(per_sender=1000, per_ticket=1000, per_hour=7)) for one in stores]
    people = [f"person{n}@kundin.example" for n in range(24)]
    person = request(Intent.ACCESS).person
    each = [replace(person, address=address, writer=address) for address in people]
    await asyncio.gather(*(opened(desks[n % len(desks)], person=one) for n, one in enumerate(each)))
    sent = await stores[0].database.read(lambda: OutboxRow.filter(kind="mail").count())
    told = await stores[0].database.read(lambda: OutboxRow.filter(kind="tell", name="limit:hour").count())
    assert (sent, told) == (7, 1)
    for one in stores:
        await one.database.close()


async def test_a_try_is_not_given_back_by_a_kill_before_the_comparison(url: str) -> None:
    store = await open_store(url, MASTER)
    clock = Clock()
    number = (await opened(desk_of(store, clock))).number
    for _ in range(TRIES):
        assert await store.database.unit(partial(store.codes.spend_try, ticket=number, now=clock.now)) is not None
        await store.database.close()  # killed: nothing of the comparison ever happened
        store = await open_store(url, MASTER)
    code = await sent_code(store, number)
    assert not await desk_of(store, clock).code_typed(number, code)
    await store.database.close()


async def test_wrong_expired_used_and_foreign_codes_are_answered_alike(store: Store) -> None:
    clock = Clock()

    async def answer(desk: Desk, number: int, code: str) -> list[str]:
        before = {row.id for row in await store.database.read(lambda: OutboxRow.filter(ticket=number))}
        assert not await desk.code_typed(number, code)
        rows = await store.database.read(lambda: OutboxRow.filter(ticket=number).order_by("place"))
        return [f"{row.kind} {row.name}" for row in rows if row.id not in before]

    desk = desk_of(store, clock)
    wrong, foreign, expired = [await opened(desk) for _ in range(3)]
    codes = [await sent_code(store, ticket.number) for ticket in (foreign, expired)]
    answers = [await answer(desk, wrong.number, new_code()), await answer(desk, wrong.number, codes[0])]
    clock.forward(hours=25)
    answers.append(await answer(desk, expired.number, codes[1]))
    assert answers[0] == answers[1] == answers[2] != []


def test_codes_are_of_twelve_signs_that_are_not_mistaken_for_each_other() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    for code in codes:
        assert len(plain_code(code)) == 12
        assert set(plain_code(code)) <= set(CODE_ALPHABET)
    assert not set("ILOU01") & set(CODE_ALPHABET)
