"""What one brand has in the database is nothing to another, on both engines."""

from datetime import date
from functools import partial

import pytest
from tortoise.connection import get_connection

from bot.digest import Digests
from storage import outbox, waves
from storage.counters import first_start
from storage.inbox import Incoming
from storage.models import CounterRow, OutboxRow
from storage.outbox import Item
from storage.store import Store
from storage.tickets import UnknownTicket
from storage.waves import Arrived
from tests.responders.cast import ANNA
from tests.storage.places import NOW, Clock, desk_of, opened

LETTER = Item("announce", "digest", {"text": "Good morning."}, None)


async def test_tickets_letters_and_looks_of_the_clock_are_found_by_their_own_brand_only(store: Store) -> None:
    north, south, clock = store.of("north"), store.of("south"), Clock()
    ours, theirs = await opened(desk_of(north, clock)), await opened(desk_of(south, clock))
    read = store.database.read
    for mine, number, other in ((north, ours.number, theirs.number), (south, theirs.number, ours.number)):
        assert (await read(partial(mine.tickets.load, number))).number == number
        with pytest.raises(UnknownTicket):
            await read(partial(mine.tickets.load, other))
        assert [t.number for t in await read(mine.tickets.many)] == [number]
        hashed = [mine.keeper.address_hash(ANNA)]
        assert [row.number for row in await read(partial(mine.tickets.from_or_about, hashed))] == [number]
        due = await read(partial(outbox.due, mine.keeper, NOW, ["mail", "card", "tell"], 50))
        assert {row.ticket for row in due} == {number}
        later = NOW.replace(year=NOW.year + 1)
        assert await read(partial(mine.tickets.due_to_look_at, later)) == [number]
    assert [t.number for t in await read(store.tickets.many)] == [2, 1]
    assert await read(lambda: store.tickets.brands([1, 2])) == {1: "north", 2: "south"}


async def test_hashes_tokens_and_codes_of_one_brand_mean_nothing_in_another(store: Store) -> None:
    north, south, only = store.of("north").keeper, store.of("south").keeper, store.of("").keeper
    assert len({each.address_hash(ANNA) for each in (north, south, only)}) == 3
    assert not south.token_fits("1.abc", north.token("1.abc"))
    codes = {each.code_hash("K7QM-2XFD-9RTA", ticket=1, address=ANNA, purpose="identity") for each in (north, south)}
    assert len(codes) == 2
    assert only.address_hash(ANNA) == store.keeper.address_hash(ANNA)


async def test_a_mail_is_read_by_whoever_watches_its_mailbox(store: Store) -> None:
    first, second, south = store.of("north", "north/a"), store.of("north", "north/b"), store.of("south", "south/a")
    for place in (first, second, south):
        raw = b"From: anna@kundin.example\r\n\r\nhello"
        mail = Incoming(str(place.inbox.account), "INBOX", 7, 1, raw, len(raw), NOW)
        await store.database.unit(partial(place.inbox.store, mails=[mail]))
    for place in (first, second, south):
        [found] = await store.database.read(partial(place.inbox.waiting, 10))
        assert found.place.startswith(f"{place.inbox.account}\x1f")
    assert len(await store.database.read(lambda: store.inbox.waiting(10))) == 3


async def test_what_a_brand_left_in_doubt_is_recovered_by_none_but_its_own_process(store: Store) -> None:
    north, south = store.of("north"), store.of("south")
    for mine in (north, south):
        [id_] = await store.database.unit(partial(outbox.put, items=[LETTER], keys={}, keeper=mine.keeper, now=NOW))
        await store.database.unit(partial(outbox.claim, ids=[id_]))
    await store.database.unit(lambda c: outbox.recover(c, south.keeper, ["announce"]))
    states = await store.database.read(lambda: OutboxRow.all().order_by("brand").values_list("brand", "state"))
    assert [tuple(each) for each in states] == [("north", "sending"), ("south", "waiting")]


async def test_each_brand_has_its_digest_and_its_waves(store: Store) -> None:
    clock = Clock(NOW.replace(hour=17))
    for name in ("north", "south"):
        desk = desk_of(store.of(name), clock)
        ticket = await opened(desk)
        assert await Digests(desk).tick()
        assert not await Digests(desk).tick()
        arrived = [Arrived((ticket.number,), "Fairdata", None)]
        await store.database.unit(partial(waves.gather, arrived=arrived, now=NOW, brand=name))
    assert (await store.database.read(lambda: waves.load(store.of("south").keeper, 2))) is not None
    assert (await store.database.read(lambda: waves.load(store.of("north").keeper, 2))) is None


async def test_the_first_day_is_each_mailboxs_own_and_an_old_mailbox_keeps_the_one_it_had(store: Store) -> None:
    day, later = date(2026, 3, 2), date(2027, 3, 2)

    async def before_there_were_several() -> None:
        await CounterRow.create(name="first day", value=day.toordinal())

    await store.database.read(before_there_were_several)
    unit = store.database.unit
    await unit(lambda c: store.inbox.set_position(c, "support", "INBOX", 7, 1))
    assert await unit(lambda c: first_start(c, "support", later)) == day
    assert await unit(lambda c: first_start(c, "south/support", later)) == later
    assert await unit(lambda c: first_start(c, "south/support", later.replace(year=2030))) == later


async def test_what_is_due_is_asked_of_an_index_also_with_brands(store: Store) -> None:
    if store.database.engine != "sqlite":
        return  # PostgreSQL's planner prefers a scan as long as a table is this small
    asked = {
        "SELECT number FROM tickets WHERE brand = '' AND look_again_at <= '2026'": "(look_again_at<",
        "SELECT number FROM tickets WHERE brand = '' AND status IN ('open') ORDER BY due_at": "(status=",
        "SELECT id FROM outbox WHERE brand = '' AND state = 'waiting' AND not_before <= '2026'": "(state=? AND brand=?",
        "SELECT id FROM outbox WHERE brand = '' AND created_at > '2026' AND kind = 'mail'": "(created_at>",
        "SELECT id FROM inbox WHERE brand = '' AND state = 'new' ORDER BY received_at": "(state=? AND brand=?",
    }

    async def plans() -> dict[str, str]:
        connection = get_connection("sqlite")
        return {
            query: str((await connection.execute_query_dict(f"EXPLAIN QUERY PLAN {query}"))[0]["detail"])
            for query in asked
        }

    found = await store.database.read(plans)
    assert all(wanted in found[query] for query, wanted in asked.items()), found


async def test_a_process_of_the_version_before_goes_on_writing_for_the_brand_without_a_name(store: Store) -> None:
    async def without_a_brand() -> list[str]:
        connection = get_connection(store.database.engine)
        await connection.execute_query("INSERT INTO waves (number, agent, begun_at, last_at, by, how) "
                                       "VALUES (1, 'a', '2026-03-02', '2026-03-02', '', '')")  # fmt: skip
        return [row["brand"] for row in await connection.execute_query_dict("SELECT brand FROM waves")]

    assert await store.database.read(without_a_brand) == [""]
