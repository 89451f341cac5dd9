"""What is loaded for a batch of deliveries: together, never old, and nothing of what was purged."""

import asyncio
from pathlib import Path

import pytest

import bot.ahead
from bot.ahead import Ahead
from bot.loops import Loop, Loops
from responders.case import events as e
from storage.models import TicketRow
from storage.store import Store
from storage.tickets import UnknownTicket
from tests.storage.places import Clock, desk_of, opened, postgres, store, url

__all__ = ["postgres", "store", "url"]


async def test_a_ticket_that_changed_is_shown_as_it_is_once_it_is_no_longer_fresh(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(store, Clock())
    ticket = await opened(desk)
    ahead = Ahead(store, [ticket.number])
    before = await ahead.ticket(ticket.number)
    after = await desk.happen(ticket.number, e.PersonCancelled())
    monkeypatch.setattr(bot.ahead, "FRESH", 0.0)
    seen = await ahead.ticket(ticket.number)
    assert (before.status, seen.status) == (ticket.status, after.status)
    assert before.status is not seen.status


async def test_the_keys_are_those_of_the_tickets_and_a_purged_one_has_none(store: Store) -> None:
    desk = desk_of(store, Clock())
    one, other = await opened(desk), await opened(desk)
    gone = {"wrapped_key": None, "sealed": None}
    await store.database.unit(lambda c: TicketRow.filter(number=other.number).using_db(c).update(**gone))
    ahead = Ahead(store, [one.number, other.number], only_keys=True)
    assert await ahead.key(one.number) == await store.database.read(lambda: store.tickets.key(one.number))
    with pytest.raises(UnknownTicket):
        await ahead.key(other.number)
    with pytest.raises(UnknownTicket):
        await ahead.key(other.number + 1)


async def test_two_loops_are_quiet_only_when_neither_has_given_the_other_work(tmp_path: Path) -> None:
    waiting = {"letters": 3, "staff": 0}

    async def letters() -> int:
        if waiting["letters"]:
            waiting["letters"] -= 1
            waiting["staff"] += 1
            loops.wake()
            return 1
        return 0

    async def staff() -> int:
        done, waiting["staff"] = waiting["staff"], 0
        return done

    def trouble(reason: str) -> None:
        raise AssertionError(reason)

    one, other = (Loop(name, once, idle=60, trouble=trouble) for name, once in (("l", letters), ("s", staff)))
    loops = Loops(one, other)
    loops.start()
    async with asyncio.timeout(10):
        await loops.quiet()
    assert waiting == {"letters": 0, "staff": 0}
    await loops.stop()
