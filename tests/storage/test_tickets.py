"""Tickets: stored whole, sealed, bound to their row, and nothing personal in the open."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.backends.base.client import BaseDBAsyncClient

from intents.letter import Channel
from intents.rights import Intent, Risk
from responders.case import events as e
from responders.case.ticket import Identity, Mark, Person, Status, Task, Ticket
from storage import outbox
from storage.database import ChangedMeanwhile
from storage.models import OutboxRow, TicketRow
from storage.outbox import Item
from storage.secrets import Keeper, WrongKey, key_name, new_key, new_root, open_root, seal, unseal
from storage.store import Store, open_store
from storage.tickets import SEALED, Tickets, UnknownTicket, place
from tests.responders import cast
from tests.storage.places import MASTER, NOW, Clock, desk_of, opened

DATES = cast.ticket(Intent.ACCESS).dates
TEXT = st.text(max_size=40)
SOME = st.none() | TEXT
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
PEOPLE = st.builds(
    Person,
    address=SOME,
    writer=SOME,
    named=SOME,
    name=SOME,
    subject=TEXT,
    message_id=SOME,
    references=st.lists(TEXT, max_size=3).map(tuple),
    text=TEXT,
    old_value=SOME,
    new_value=SOME,
    thread=st.none() | st.tuples(TEXT, TEXT, TEXT),
    found=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
)
TASKS = st.builds(Task, processor=TEXT, how=TEXT, done_at=st.none() | TIMES, proof=TEXT)
TICKETS = st.builds(
    Ticket,
    number=st.just(7),
    version=st.just(0),
    right=st.sampled_from(Intent),
    status=st.sampled_from(Status),
    channel=st.sampled_from(Channel),
    language=st.sampled_from(["en", "de", "pt"]),
    received_at=TIMES,
    opened_at=TIMES,
    person=PEOPLE,
    dates=st.none() | st.just(DATES),
    other_dates=st.lists(st.just(DATES), max_size=2).map(tuple),
    country=st.none() | st.just("DE"),
    identity=st.sampled_from(Identity),
    marketing_only=st.booleans(),
    rights=st.lists(st.sampled_from(Intent), max_size=3).map(tuple),
    linked=st.lists(st.integers(1, 10**6), max_size=3).map(tuple),
    after=st.none() | st.integers(1, 99),
    risks=st.lists(st.sampled_from(Risk), max_size=2).map(tuple),
    why=TEXT,
    tasks=st.lists(TASKS, max_size=2).map(tuple),
    marks=st.lists(st.builds(Mark, at=TIMES, by=TEXT, what=TEXT), max_size=3).map(tuple),
    assigned_to=SOME,
    waits_until=st.none() | TIMES,
    reminded=st.lists(TEXT, max_size=3).map(tuple),
    look_again_at=st.none() | TIMES,
    closed_at=st.none() | TIMES,
    silent=st.booleans(),
    data=st.dictionaries(TEXT, TEXT, max_size=2),
)


async def add(store: Store, *tickets: Ticket) -> dict[int, bytes]:
    return await store.database.unit(lambda connection: store.tickets.add(connection, tickets))


async def change(store: Store, before: Ticket, after: Ticket) -> bytes:
    return await store.database.unit(lambda connection: store.tickets.change(connection, before, after))


async def load(store: Store, number: int) -> Ticket:
    return await store.database.read(lambda: store.tickets.load(number))


async def rows(store: Store) -> Sequence[TicketRow]:
    async def work() -> Sequence[TicketRow]:
        return await TicketRow.all().order_by("number")

    return await store.database.read(work)


@given(ticket=TICKETS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_field_of_a_ticket_comes_back_out_of_its_columns_as_it_went_in(ticket: Ticket) -> None:
    keeper, _ = new_root(MASTER)
    tickets, key = Tickets(keeper), new_key()
    row = TicketRow(number=7, wrapped_key=keeper.wrap(key, place(7)), **tickets.fields_of(ticket, key))
    assert tickets.ticket_of(row) == ticket
    assert not SEALED & set(json.loads(row.state))


async def test_tickets_come_back_whole_out_of_the_database(store: Store) -> None:
    ticket = replace(
        cast.ticket(Intent.ERASE),
        number=7,
        why="“lösch alles” \u2028 🦉 \x00",
        received_at=NOW,
        tasks=(Task("Mailer Inc.", "delete", "Olga", NOW, "seen"),),
        marks=(Mark(NOW, "Olga", "looked"),),
        waits_until=NOW,
        closed_at=NOW,
        data={"a": "b"},
    )
    await add(store, ticket)
    assert await load(store, 7) == ticket
    after = replace(ticket, status=Status.REFUSED, person=replace(ticket.person, address="new@kundin.example"))
    assert await numbers_about(store, "new@kundin.example") == []
    await change(store, ticket, after)
    assert await load(store, 7) == replace(after, version=1)
    assert await numbers_about(store, "NEW@kundin.example") == [7]


async def numbers_about(store: Store, address: str) -> list[int]:
    hashed = store.keeper.address_hash(address)
    return [row.number for row in await store.database.read(lambda: store.tickets.from_or_about([hashed]))]


async def test_a_change_of_a_version_that_is_gone_writes_nothing(store: Store) -> None:
    ticket = replace(cast.ticket(Intent.ACCESS), number=7)
    await add(store, ticket)
    await change(store, ticket, replace(ticket, country="FR"))
    with pytest.raises(ChangedMeanwhile, match="ticket 7"):
        await change(store, ticket, replace(ticket, country="IT"))
    assert (await load(store, 7)).country == "FR"
    with pytest.raises(UnknownTicket):
        await change(store, replace(ticket, number=8), ticket)


async def test_sealed_bytes_that_were_moved_to_another_row_are_refused(store: Store) -> None:
    desk = desk_of(store, Clock())
    first, second = await opened(desk), await opened(desk)
    one, other = await rows(store)
    for stolen in ({"sealed": other.sealed}, {"sealed": other.sealed, "wrapped_key": other.wrapped_key}):
        row = TicketRow(**{**{name: getattr(one, name) for name in TicketRow._meta.fields_map}, **stolen})
        with pytest.raises(WrongKey, match=f"ticket:{first.number}"):
            store.tickets.ticket_of(row)
    assert store.tickets.ticket_of(other).number == second.number


async def test_a_letter_moved_to_another_row_of_the_outbox_is_refused(store: Store) -> None:
    await opened(desk_of(store, Clock()))
    key = await store.database.read(lambda: store.tickets.key(1))
    assert key is not None
    letter = (await store.database.read(lambda: OutboxRow.filter(kind="mail")))[0]
    assert outbox.payload_of(letter, key)
    letter.id = outbox.new_id()
    with pytest.raises(WrongKey):
        outbox.payload_of(letter, key)


async def test_another_master_key_is_told_by_name_and_nothing_is_changed(url: str) -> None:
    store = await open_store(url, MASTER)
    await opened(desk_of(store, Clock()))
    await store.database.close()
    other = bytes(32)
    with pytest.raises(WrongKey, match=f"sealed with master key {key_name(MASTER)}, but {key_name(other)} was given"):
        await open_store(url, other)
    store = await open_store(url, MASTER)
    assert (await load(store, 1)).person.address == cast.ANNA
    await store.database.close()


@given(plain=st.binary(max_size=200), bit=st.integers(0, 10_000))
def test_one_changed_bit_anywhere_is_refused(plain: bytes, bit: int) -> None:
    key = new_key()
    sealed = bytearray(seal(key, plain, "ticket:1"))
    assert unseal(key, bytes(sealed), "ticket:1") == plain
    sealed[(bit // 8) % len(sealed)] ^= 1 << bit % 8
    with pytest.raises(WrongKey):
        unseal(key, bytes(sealed), "ticket:1")


def test_keys_show_in_no_repr_and_hashes_differ_with_their_purpose() -> None:
    keeper, wrapped = new_root(MASTER)
    assert keeper.root.hex() not in repr(keeper)
    assert repr(keeper) == f"Keeper({key_name(MASTER)})"
    assert open_root(MASTER, wrapped) == keeper
    hashes = {keeper.address_hash("a@b.example"), keeper.blind("a@b.example"), keeper.token("address:a@b.example")}
    hashes.add(Keeper(MASTER, new_key()).address_hash("a@b.example"))
    assert len(hashes) == 4


CANARY = "zebra-9f3a"


async def test_no_word_of_a_person_stands_open_in_any_column_or_file(tmp_path: Path) -> None:
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    desk = desk_of(store, Clock())
    address = f"{CANARY}@kundin.example"
    person = Person(
        address, address, address, CANARY, CANARY, f"<{CANARY}@kundin.example>", (CANARY,), (), f"I am {CANARY}"
    )
    person = replace(person, field=CANARY, old_value=CANARY, new_value=CANARY, thread=(CANARY, CANARY, CANARY))
    ticket = await opened(desk, Intent.RECTIFY, person=person, why=f"rectify: “{CANARY}” (88)")
    await desk.happen(ticket.number, e.PersonWrote(text=f"It's {CANARY} again"))
    await desk.happen(ticket.number, e.IdentityConfirmed(Identity.STAFF, "Olga", how=f"knew {CANARY}"))
    await opened(desk, Intent.UNSUBSCRIBE, person=person)

    async def trouble(connection: BaseDBAsyncClient) -> None:
        item = Item("mail", "case.status", {"to": address}, None)
        [id_] = await outbox.put(connection, [item], {}, store.keeper, NOW)
        await outbox.claim(connection, [id_])
        error = f"451 4.2.1 <{address}>: Recipient address rejected"
        await outbox.give_back(connection, id_, 1, outbox.WAITING, error=error, until=NOW)

    await store.database.unit(trouble)
    error = (await store.database.read(lambda: OutboxRow.exclude(error=None)))[0].error
    assert error == "451 4.2.1 <(address)>: Recipient address rejected"
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(files["desk.sqlite3-wal"]) > 10_000
    assert [name for name, content in files.items() if CANARY.encode() in content] == []
    assert (await load(store, ticket.number)).person.text.startswith(f"I am {CANARY}")
    await store.database.close()
