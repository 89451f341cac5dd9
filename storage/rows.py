"""Rows as plain values, for the roads that many mails take: an object of the ORM's costs more than SQLite's own work.

The tables are still the ORM's (`storage.models`); what is written here is written in the same form.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.fields import DatetimeField
from tortoise.models import Model

Values = Mapping[str, Any]
"""The columns of one row, by name."""


def marks(connection: BaseDBAsyncClient, count: int, first: int = 1) -> str:
    """Places for `count` values in a statement, for IN (…) or VALUES (…): `?, ?` or `$1, $2`."""
    if connection.capabilities.dialect == "sqlite":
        return ", ".join("?" * count)
    return ", ".join(f"${place}" for place in range(first, first + count))


@cache
def _columns(model: type[Model]) -> tuple[tuple[str, Any, bool], ...]:
    """(name, default, whether it is a time) of each column, in the table's order."""
    fields, names = model._meta.fields_map, model._meta.fields_db_projection
    return tuple(
        (column, fields[name].default, isinstance(fields[name], DatetimeField)) for name, column in names.items()
    )


async def insert(connection: BaseDBAsyncClient, model: type[Model], rows: Sequence[Values]) -> None:
    """Insert rows by one statement, inside the caller's unit. A column that a row leaves out gets its default."""
    if not rows:
        return
    columns = _columns(model)
    names = ", ".join(f'"{name}"' for name, _, _ in columns)
    table, places = model._meta.db_table, marks(connection, len(columns))
    values = [[_stored(row.get(name, default), is_time) for name, default, is_time in columns] for row in rows]
    await connection.execute_many(f'INSERT INTO "{table}" ({names}) VALUES ({places})', values)  # noqa: S608 - our own words


def _stored(value: Any, is_time: bool) -> Any:
    """SQLite compares times as text, so that all are kept in UTC."""
    return value.astimezone(UTC) if is_time and value is not None and value.tzinfo is not UTC else value


async def select(model: type[Model], columns: Sequence[str], rest: str, values: Sequence[Any] = ()) -> list[Any]:
    """Rows of `columns`; `rest` is what follows FROM, with `?` for each of `values`. Inside of `read` or `unit`."""
    connection = get_connection(model._meta.default_connection or "")
    names = ", ".join(f'"{name}"' for name in columns)
    statement = f'SELECT {names} FROM "{model._meta.db_table}" {rest}'  # noqa: S608 - our own words and marks
    return list((await connection.execute_query(numbered(connection, statement), list(values)))[1])


def numbered(connection: BaseDBAsyncClient, statement: str) -> str:
    """The statement with its `?` as the database wants them."""
    if connection.capabilities.dialect == "sqlite":
        return statement
    first, *parts = statement.split("?")
    return first + "".join(f"${place}{part}" for place, part in enumerate(parts, 1))


def time_of(value: Any) -> datetime:
    """A time as it was read: SQLite keeps it as text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value
