"""Delivery: each row once, in doubt before its body, and what happened is remembered while the database is away."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient

from bot.deliver import Deliverer, Identity
from bot.ports import InDoubt, Refused, Sent, Unreachable
from responders.case.ticket import Ticket
from storage import audit, outbox
from storage.database import Database, DatabaseAway
from storage.models import AuditRow, OutboxRow
from storage.outbox import Item
from storage.store import Store, open_store
from tests.responders.cast import ANNA
from tests.storage.places import MASTER, Clock, desk_of, opened

LETTER = {"to": ANNA, "subject": "Your data", "text": "Here.", "html": "<p>Here.</p>", "language": "en"}
PAYLOAD: dict[str, object] = {**LETTER, "in_reply_to": None, "references": []}


@dataclass
class Post:
    """A mail server by hand: what it does with the next letters, then it takes them."""

    will: list[Exception | str] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)

    async def send(
        self, letter: bytes, *, recipient: str, before_body: Callable[[], Awaitable[None]], sender: str | None = None
    ) -> Sent:
        now = self.will.pop(0) if self.will else ""
        if isinstance(now, Unreachable | Refused):
            raise now
        await before_body()
        mail = message_from_bytes(letter)
        self.taken.append((str(mail["Message-ID"]), str(mail["To"])))
        if isinstance(now, Exception):
            raise now
        return Sent("250 2.0.0 taken")


@dataclass
class Room:
    """The staff's room by hand."""

    told: list[str] = field(default_factory=list)

    async def show(self, ticket: Ticket) -> None: ...

    async def tell(self, ticket: Ticket, text: str, *, loud: bool) -> None:
        self.told.append(text)

    async def remind(self, ticket: Ticket, kind: str) -> None: ...

    async def give_task(self, ticket: Ticket, processor: str, how: str) -> None: ...

    async def announce(self, text: str) -> None:
        self.told.append(text)


@dataclass
class World:
    store: Store
    clock: Clock = field(default_factory=Clock)
    post: Post = field(default_factory=Post)
    room: Room = field(default_factory=Room)

    def deliverer(self) -> Deliverer:
        desk = desk_of(self.store, self.clock)
        return Deliverer(desk, self.post, self.room, None, Identity("Desk", "desk@opterre.example"), self.clock)

    async def letter(self, *, holds_data: bool) -> str:
        """One letter of ticket 1, and nothing else, waits."""

        async def work(connection: BaseDBAsyncClient) -> str:
            await OutboxRow.all().using_db(connection).delete()
            key = await self.store.tickets.key(1)
            assert key is not None
            item = Item("mail", "access.answered", PAYLOAD, 1, holds_data)
            return (await outbox.put(connection, [item], {1: key}, self.store.keeper, self.clock.now))[0]

        return await self.store.database.unit(work)

    async def rows(self) -> Sequence[OutboxRow]:
        async def work() -> Sequence[OutboxRow]:
            return await OutboxRow.all().order_by("created_at", "place")

        return await self.store.database.read(work)

    async def state(self, id_: str) -> str:
        return next(row.state for row in await self.rows() if row.id == id_)

    async def left_in(self, id_: str, state: str) -> None:
        """As a crash leaves it."""
        await self.store.database.unit(lambda c: outbox.claim(c, [id_]))
        await self.store.database.read(lambda: OutboxRow.filter(id=id_).update(state=state))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    world = World(store)
    await opened(desk_of(store, world.clock))
    yield world
    await store.database.close()


async def test_two_deliverers_send_each_letter_once(world: World) -> None:
    desk = desk_of(world.store, world.clock)
    for _ in range(12):
        await opened(desk)
    letters = [row for row in await world.rows() if row.kind == "mail"]
    one, other = world.deliverer(), world.deliverer()
    for _ in range(3):
        await asyncio.gather(one.run_once(), other.run_once())
    assert len(world.post.taken) == len(letters) == len({id_ for id_, _ in world.post.taken})
    assert {row.state for row in await world.rows()} == {outbox.DONE}
    assert all(row.payload is None for row in await world.rows())


async def test_a_letter_that_was_taken_stands_in_the_log(world: World) -> None:
    id_ = await world.letter(holds_data=True)
    await world.deliverer().run_once()
    lines = [row async for row in audit_lines(world)]
    assert [(row.kind, row.ticket) for row in lines][-1] == ("LetterSent", 1)
    assert id_[:8] in lines[-1].facts
    assert ANNA not in lines[-1].facts


async def audit_lines(world: World) -> AsyncIterator[AuditRow]:
    async def work() -> list[AuditRow]:
        return [row async for row in audit.every()]

    for row in await world.store.database.read(work):
        yield row


@pytest.mark.parametrize("holds_data", [False, True])
async def test_what_was_only_claimed_when_the_bot_was_killed_goes_out_once(world: World, holds_data: bool) -> None:
    id_ = await world.letter(holds_data=holds_data)
    await world.left_in(id_, outbox.SENDING)
    deliverer = world.deliverer()
    assert await deliverer.run_once() == 0
    assert await deliverer.recover() == 0
    await deliverer.run_once()
    assert len(world.post.taken) == 1


async def test_a_neutral_letter_in_doubt_is_repeated_under_the_same_message_id(world: World) -> None:
    await world.letter(holds_data=False)
    world.post.will = [InDoubt("the answer to the final dot never came")]
    deliverer = world.deliverer()
    await deliverer.run_once()
    world.clock.forward(minutes=1)
    await deliverer.run_once()
    ids = [id_ for id_, _ in world.post.taken]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_a_letter_with_data_in_doubt_is_held_and_staff_are_told_once(world: World) -> None:
    id_ = await world.letter(holds_data=True)
    world.post.will = [InDoubt("the answer to the final dot never came")]
    deliverer = world.deliverer()
    for _ in range(4):
        await deliverer.run_once()
        world.clock.forward(days=1)
    assert await world.state(id_) == outbox.HELD
    assert len(world.post.taken) == 1
    [told] = world.room.told
    assert f"rightsdesk outbox send {id_[:8]}" in told


async def test_a_letter_with_data_in_doubt_at_a_kill_is_held_and_staff_are_told_at_the_start(world: World) -> None:
    id_ = await world.letter(holds_data=True)
    await world.left_in(id_, outbox.DOUBT)
    deliverer = world.deliverer()
    assert await deliverer.recover() == 1
    assert await world.deliverer().recover() == 0
    await deliverer.run_once()
    assert (await world.state(id_), len(world.room.told), world.post.taken) == (outbox.HELD, 1, [])


async def test_staff_release_a_held_letter_or_drop_it_and_the_log_says_so(world: World) -> None:
    id_ = await world.letter(holds_data=True)
    await world.left_in(id_, outbox.HELD)
    unit, now = world.store.database.unit, world.clock.now
    assert not await unit(lambda c: outbox.decide(c, "f" * 33, send=True, now=now))
    assert await unit(lambda c: outbox.decide(c, id_[:8], send=True, now=now))
    assert not await unit(lambda c: outbox.decide(c, id_[:8], send=True, now=now))
    await world.deliverer().run_once()
    assert len(world.post.taken) == 1
    assert [row.kind async for row in audit_lines(world)][-2:] == ["LetterReleased", "LetterSent"]


async def test_a_server_that_is_away_is_tried_for_five_days_with_growing_pauses(world: World) -> None:
    id_ = await world.letter(holds_data=True)
    deliverer, tries = world.deliverer(), []
    start = world.clock.now
    while await world.state(id_) == outbox.WAITING:
        world.post.will = [Unreachable("away")]
        before = (await world.rows())[0].attempts
        await deliverer.run_once()
        if (await world.rows())[0].attempts > before:
            tries.append(world.clock.now)
        world.clock.forward(minutes=30)
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert timedelta(days=5) < tries[-1] - start < timedelta(days=5, hours=4)
    assert pauses == sorted(pauses)
    assert 50 < len(tries) < 80
    assert await world.state(id_) == outbox.FAILED
    await deliverer.run_once()
    assert [text for text in world.room.told if "not reached" in text] == world.room.told != []
    assert len(world.room.told) == 1


async def test_a_refused_letter_is_told_to_staff_once_and_not_tried_again(world: World) -> None:
    id_ = await world.letter(holds_data=False)
    world.post.will = [Refused(550, f"<{ANNA}>: no such user")]
    deliverer = world.deliverer()
    for _ in range(3):
        await deliverer.run_once()
        world.clock.forward(days=1)
    row = next(row for row in await world.rows() if row.id == id_)
    assert (row.state, world.post.taken, len(world.room.told)) == (outbox.FAILED, [], 1)
    assert row.error == "550 <(address)>: no such user"


@pytest.mark.parametrize("holds_data", [False, True])
async def test_a_database_that_goes_away_after_the_body_does_not_make_it_go_out_again(
    world: World, holds_data: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = await world.letter(holds_data=holds_data)
    deliverer = world.deliverer()
    kept = Database.unit

    async def away(*_: object) -> None:
        raise DatabaseAway("full")

    class Full(Post):
        async def send(self, letter: bytes, **more: object) -> Sent:
            sent = await Post.send(self, letter, **more)  # type: ignore[arg-type]
            monkeypatch.setattr(Database, "unit", away)
            return sent

    world.post = deliverer.letters = Full()
    for _ in range(2):
        with pytest.raises(DatabaseAway):
            await deliverer.run_once()
    monkeypatch.setattr(Database, "unit", kept)
    world.clock.forward(days=1)
    await deliverer.run_once()
    assert await world.state(id_) == outbox.DONE
    assert len(world.post.taken) == 1
    assert world.room.told == []


async def test_a_database_that_goes_away_before_the_body_lets_no_body_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = await world.letter(holds_data=True)
    kept = outbox.doubt

    async def away(*_: object) -> bool:
        raise OSError("gone")

    monkeypatch.setattr(outbox, "doubt", away)
    deliverer = world.deliverer()
    await deliverer.run_once()
    assert (world.post.taken, await world.state(id_)) == ([], outbox.WAITING)
    monkeypatch.setattr(outbox, "doubt", kept)
    world.clock.forward(minutes=1)
    await deliverer.run_once()
    assert len(world.post.taken) == 1
