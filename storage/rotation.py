"""A new master key: every key that the old one wrapped is wrapped anew; what is sealed with them stays as it is."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from tortoise.backends.base.client import BaseDBAsyncClient

from storage import audit
from storage.models import InboxRow, SecretRow, TicketRow
from storage.store import Store
from storage.tickets import place

BATCH = 200


@dataclass
class Rewrapped:
    """How many keys were wrapped anew."""

    tickets: int = 0
    mails: int = 0
    own: int = 0


async def rotate(store: Store, now: datetime) -> Rewrapped:
    """Wrap every key with the store's present master key, in small units; a second call goes on where one broke off.

    The store must have been opened with the older master keys. Raises WrongKey, DatabaseAway.
    """
    done, unit = Rewrapped(), store.database.unit
    last = 0
    while (found := await unit(partial(tickets, store, last))) is not None:
        last, count = found
        done.tickets += count
    after = ""
    while (mail := await unit(partial(mails, store, after))) is not None:
        after, count = mail
        done.mails += count

    async def finish(connection: BaseDBAsyncClient) -> None:
        done.own = await own(store, connection)
        if done != Rewrapped():
            await audit.append(connection, [audit.Line("KeysRotated", "rightsdesk", None, asdict(done))], now)

    await unit(finish)
    return done


async def tickets(store: Store, last: int, connection: BaseDBAsyncClient) -> tuple[int, int] | None:
    """One batch of tickets after `last`: (the last one looked at, how many were wrapped anew); None at the end."""
    query = TicketRow.filter(number__gt=last, wrapped_key__isnull=False).using_db(connection)
    rows = await query.order_by("number").limit(BATCH).only("number", "wrapped_key")
    count = 0
    for row in rows:
        new = renewed(store, row.wrapped_key, place(row.number))
        if new is not None:
            same = TicketRow.filter(number=row.number, wrapped_key=row.wrapped_key).using_db(connection)
            count += await same.update(wrapped_key=new)
    return (rows[-1].number, count) if rows else None


async def mails(store: Store, after: str, connection: BaseDBAsyncClient) -> tuple[str, int] | None:
    """One batch of stored mails; as `tickets`."""
    query = InboxRow.filter(id__gt=after, wrapped_key__isnull=False).using_db(connection)
    rows = await query.order_by("id").limit(BATCH).only("id", "wrapped_key")
    count = 0
    for row in rows:
        new = renewed(store, row.wrapped_key, f"mail:{row.id}")
        if new is not None:
            same = InboxRow.filter(id=row.id, wrapped_key=row.wrapped_key).using_db(connection)
            count += await same.update(wrapped_key=new)
    return (rows[-1].id, count) if rows else None


async def own(store: Store, connection: BaseDBAsyncClient) -> int:
    """Our own keys, last: until then a start with the old master key still works."""
    count = 0
    for row in await SecretRow.all().using_db(connection):
        new = renewed(store, row.wrapped, row.name)
        if new is not None:
            count += await SecretRow.filter(name=row.name).using_db(connection).update(wrapped=new)
    return count


def renewed(store: Store, wrapped: bytes | None, where: str) -> bytes | None:
    """A wrapped key under the present master key; None where it already is, or is gone."""
    if wrapped is None or store.keeper.is_current(wrapped):
        return None
    return store.keeper.wrap(store.keeper.unwrap(wrapped, where), where)
