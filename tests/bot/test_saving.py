"""Saving: effects become rows in the ticket's own unit; what can't go to the person is told to staff instead."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.limits import Limits
from intents.rights import Intent
from responders.case import events as e
from storage import audit, outbox
from storage.models import AuditRow, CodeRow, OutboxRow
from storage.store import Store, open_store
from tests.responders.cast import ANNA, HOUSE, OLGA, request
from tests.storage.places import MASTER, Clock, desk_of, opened


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    yield store
    await store.database.close()


async def effects(store: Store) -> Sequence[OutboxRow]:
    async def work() -> Sequence[OutboxRow]:
        return await OutboxRow.all().order_by("created_at", "place")

    return await store.database.read(work)


async def told(store: Store) -> list[str]:
    key = await store.database.read(lambda: store.tickets.key(1))
    assert key is not None
    rows = [row for row in await effects(store) if row.kind == "tell" and row.ticket == 1]
    return [str(outbox.payload_of(row, key)["text"]) for row in rows]


async def test_in_shadow_nothing_is_for_the_person_and_staff_see_what_would_be(store: Store) -> None:
    clock = Clock()
    desk = desk_of(store, clock, shadow=True)
    await opened(desk)
    await opened(desk, Intent.UNSUBSCRIBE)
    assert "mail" not in {row.kind for row in await effects(store)}
    assert await store.database.read(lambda: CodeRow.all().count()) == 0
    assert any("would send" in text for text in await told(store))


async def test_a_letter_with_nobody_to_go_to_is_told_to_staff(store: Store) -> None:
    person = replace(request(Intent.QUESTION).person, address=None, writer=None)
    await opened(desk_of(store, Clock()), Intent.QUESTION, person=person)
    assert "mail" not in {row.kind for row in await effects(store)}


async def test_over_the_limit_no_letter_goes_out_and_no_code_is_made(store: Store) -> None:
    desk = desk_of(store, Clock(), limits=Limits(per_sender=1, per_ticket=5, per_hour=60))
    for _ in range(3):
        await opened(desk)
    assert [row.ticket for row in await effects(store) if row.kind == "mail"] == [1]
    assert await store.database.read(lambda: CodeRow.all().count()) == 1


async def test_the_limits_count_what_went_out_within_a_day_and_no_longer(store: Store) -> None:
    clock = Clock()
    desk = desk_of(store, clock, limits=Limits(per_sender=1, per_ticket=5, per_hour=60))
    await opened(desk)
    clock.forward(days=1, seconds=1)
    await opened(desk)
    assert [row.ticket for row in await effects(store) if row.kind == "mail"] == [1, 2]


async def test_a_letter_that_lacks_a_fact_of_the_house_loses_no_ticket(store: Store) -> None:
    facts = {name: value for name, value in HOUSE.facts.items() if name != "lists"}
    house = replace(HOUSE, facts=facts, processors=())
    ticket = await opened(desk_of(store, Clock(), house=house), Intent.UNSUBSCRIBE)
    assert (await desk_of(store, Clock()).ticket(ticket.number)).number == 1
    assert any("can't be written" in text for text in await told(store))


async def test_the_log_names_every_step_and_no_person(store: Store) -> None:
    desk = desk_of(store, Clock())
    ticket = await opened(desk, why=f"access: “I am {ANNA}” (96)")
    await desk.happen(ticket.number, e.IdentityConfirmed())
    await desk.happen(ticket.number, e.PersonWrote(text=f"{ANNA} asks again"))
    await desk.happen(ticket.number, e.StaffApproved(OLGA))

    async def work() -> list[AuditRow]:
        return [row async for row in audit.every(ticket.number)]

    lines = await store.database.read(work)
    assert [line.kind for line in lines] == ["RequestReceived", "IdentityConfirmed", "PersonWrote", "StaffApproved"]
    assert [json.loads(line.facts)["version"] for line in lines] == [0, 1, 2, 3]
    assert lines[-1].by == OLGA
    for line in lines:
        assert "anna" not in (line.facts + line.by).lower()


async def test_effects_stand_in_the_outbox_in_the_order_in_which_they_are_to_be_done(store: Store) -> None:
    await opened(desk_of(store, Clock()))
    rows = await effects(store)
    assert [row.place for row in rows] == list(range(len(rows)))
    assert rows[-1].kind == "card"
    assert {row.state for row in rows} == {outbox.WAITING}
