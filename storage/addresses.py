"""Mail addresses that were entered by a correction, as keyed hashes: copies and erasures for them wait for a while."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tortoise.backends.base.client import BaseDBAsyncClient

from storage.models import ChangedAddressRow

FORGOTTEN = timedelta(days=366)
"""No wait is longer than this."""


async def remember(connection: BaseDBAsyncClient, address_hash: str, ticket: int, now: datetime) -> None:
    """An address is new from now on; what is older than a year is forgotten."""
    await ChangedAddressRow.filter(since__lt=now - FORGOTTEN).using_db(connection).delete()
    await ChangedAddressRow.filter(id=address_hash).using_db(connection).delete()
    await ChangedAddressRow.create(id=address_hash, since=now, ticket=ticket, using_db=connection)


async def changed_since(hashes: Iterable[str]) -> dict[str, datetime]:
    """When each of these addresses was entered, of those that were."""
    rows = await ChangedAddressRow.filter(id__in=list(hashes))
    return {row.id: row.since for row in rows}
