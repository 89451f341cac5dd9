"""Everything remembered, opened as one thing."""

from dataclasses import dataclass, replace

from tortoise.backends.base.client import BaseDBAsyncClient

from storage.codes import Codes
from storage.database import Database
from storage.inbox import Inbox
from storage.models import SecretRow
from storage.secrets import Keeper, new_root, open_root
from storage.tickets import Tickets


@dataclass(frozen=True)
class Store:
    """A database with its keys, as one brand sees it, or as all of them together."""

    database: Database
    keeper: Keeper
    tickets: Tickets
    inbox: Inbox
    codes: Codes

    def of(self, brand: str | None, account: str | None = None) -> "Store":
        """The same as one brand sees it: nothing that belongs to another is found. None is all of them.

        With `account` the mails that wait are those of this mailbox only.
        """
        return _rooms(self.database, replace(self.keeper, brand=brand), account)


async def open_store(url: str, master: bytes, *, older: tuple[bytes, ...] = (), writing: bool = True) -> Store:
    """Open the database and its keys; a new one gets fresh keys. `older` are master keys in use before.

    Raises DatabaseAway, WrongKey.
    """
    database = Database(url)
    await database.open(writing=writing)
    try:
        keeper = await database.unit(lambda connection: keeper_of(connection, master, older))
    except BaseException:
        await database.close()
        raise
    return _rooms(database, keeper)


def _rooms(database: Database, keeper: Keeper, account: str | None = None) -> Store:
    return Store(database, keeper, Tickets(keeper), Inbox(keeper, account), Codes(keeper))


async def keeper_of(connection: BaseDBAsyncClient, master: bytes, older: tuple[bytes, ...] = ()) -> Keeper:
    """The database's keys under the master key. Raises WrongKey."""
    row = await SecretRow.filter(name="root").using_db(connection).first()
    if row is not None:
        return open_root(master, row.wrapped, older)
    keeper, wrapped = new_root(master)
    await SecretRow.create(name="root", wrapped=wrapped, using_db=connection)
    return keeper
