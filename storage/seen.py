"""What may happen only once, by a name of its own: also where two processes think of it at the same moment."""

from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError

from storage.models import SeenRow


class HappenedBefore(Exception):
    """It was done before, or just now by somebody else; the unit that found it is rolled back."""


async def only_once(connection: BaseDBAsyncClient, name: str, now: datetime) -> None:
    """Note inside a unit of work that it happens now. Names are remembered for 30 days. Raises HappenedBefore."""
    name = name[:120]
    if await SeenRow.filter(id=name).using_db(connection).exists():
        raise HappenedBefore(name)
    try:
        await SeenRow.create(id=name, at=now, using_db=connection)
    except IntegrityError as error:
        raise HappenedBefore(name) from error
