"""A database with a past, for the tests of keeping and forgetting: three tickets, a canary in everything personal."""

from dataclasses import replace
from pathlib import Path

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient

from intents.rights import Intent
from responders.case import events as e
from storage import backup
from storage.inbox import Incoming
from storage.ledger import Ledger
from storage.models import InboxRow
from storage.store import Store
from tests.responders.cast import request
from tests.storage.places import NOW, Clock, desk_of, opened

CANARY = "canary.winterbottom"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "apart" / "desk.ledger")


async def a_life(store: Store) -> None:
    """Tickets 1 (closed at NOW, with a person full of canaries), 2 (open) and 3 (unsubscribing), and a mail of each."""
    desk = desk_of(store, Clock())
    person = request(Intent.ACCESS).person
    person = replace(person, name=CANARY, text=f"I am {CANARY}", address=f"{CANARY}@kundin.example")
    closed = await opened(desk, person=person, why=f"access: “{CANARY}” (96)")
    await desk.happen(closed.number, e.PersonCancelled())
    await opened(desk)
    await opened(desk, Intent.UNSUBSCRIBE)

    async def mails(connection: BaseDBAsyncClient) -> None:
        for uid in (1, 2, 3):
            raw = f"From: {CANARY}\r\n\r\nMail {uid}".encode()
            await store.inbox.store(connection, [Incoming("support", "INBOX", 7, uid, raw, len(raw), NOW)])
        for row in await InboxRow.all().using_db(connection):
            await store.inbox.ours(connection, [row.id], int(row.place.rpartition("\x1f")[2]))

    await store.database.unit(mails)


async def everything(store: Store) -> dict[str, list[dict[str, object]]]:
    """Every row of every table, by table."""

    async def work(connection: BaseDBAsyncClient) -> dict[str, list[dict[str, object]]]:
        found: dict[str, list[dict[str, object]]] = {}
        async for table, values in backup.every_row(connection):
            found.setdefault(table, []).append(values)
        return found

    return await store.database.unit(work)


async def rows(store: Store, model: type) -> list[object]:
    async def work() -> list[object]:
        return list(await model.all())  # type: ignore[attr-defined]

    return await store.database.read(work)
