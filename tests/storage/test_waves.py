"""Waves as they are remembered, on both engines."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from intents.rights import Intent
from responders.waves import AgentWord
from storage import waves
from storage.store import Store
from storage.waves import Arrived
from tests.responders.cast import request
from tests.storage.places import NOW, Clock, desk_of, opened


async def arrives(store: Store, clock: Clock, agent: str = "", template: str | None = None) -> int:
    """A letter opens a ticket, and joins its wave in the same unit."""
    asked = replace(request(Intent.ACCESS), data={"agent": agent} if agent else {})

    async def also(connection: object, numbers: list[list[int]]) -> None:
        arrived = [Arrived(tuple(mine), agent, template) for mine in numbers]
        await waves.gather(connection, arrived, clock())  # type: ignore[arg-type]

    [[ticket]] = await desk_of(store, clock).open_many([[asked]], also)
    return ticket.number


async def test_letters_of_one_agent_are_one_wave_until_a_fortnight_has_passed(store: Store) -> None:
    clock, read = Clock(), store.database.read
    first = await arrives(store, clock, "Fairdata")
    clock.forward(days=13)
    second = await arrives(store, clock, "Fairdata")
    alone = await opened(desk_of(store, clock))
    clock.forward(days=15)
    third = await arrives(store, clock, "Fairdata")
    found = [await read(partial(waves.of_ticket, number)) for number in (first, second, third)]
    assert [wave.number for wave in found if wave] == [1, 1, 2]
    assert await read(lambda: waves.of_ticket(alone.number)) is None
    assert [t.number for t in await read(lambda: waves.tickets_of(store.tickets, [1]))] == [first, second]
    assert await read(lambda: waves.named("fair")) == [1, 2]
    assert await read(lambda: waves.named("other")) == []


async def test_letters_of_one_wording_are_one_wave(store: Store) -> None:
    clock = Clock()
    for template in ("00000000000000ff", "00000000000000fe", "ff00ff00ff00ff00"):
        await arrives(store, clock, template=template)
    found = [await store.database.read(partial(waves.of_ticket, n)) for n in (1, 2, 3)]
    assert [wave.number for wave in found if wave] == [1, 1, 2]


async def test_what_staff_found_and_where_the_card_stands_are_kept(store: Store) -> None:
    clock = Clock()
    await arrives(store, clock, "Fairdata")

    async def work(connection: object) -> None:
        await waves.decide(connection, 1, AgentWord.PERMISSION, "olga", "a list", agent="Fairdata", at=NOW)  # type: ignore[arg-type]
        await waves.set_place(connection, 1, "C1", "1.0")  # type: ignore[arg-type]

    await store.database.unit(work)
    wave = await store.database.read(lambda: waves.load(store.keeper, 1))
    assert wave is not None
    assert (wave.word, wave.by, wave.how) == (AgentWord.PERMISSION, "olga", "a list")
    assert wave.last_at - wave.begun_at < timedelta(seconds=1)
    assert await store.database.read(lambda: waves.place(1)) == ("C1", "1.0")
