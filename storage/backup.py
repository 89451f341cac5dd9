"""Backups: every row of every table, consistent while the bot runs, encrypted, and the same file for both engines.

`MAGIC`, the header's length (4 bytes) and header (JSON: the file's own key wrapped by the master key), then chunks:
length (4 bytes) and AES-256-GCM of a compressed run of JSON lines `[table, {column: value}]`. A chunk's nonce is its
number and whether it is the last, its associated data the hash of the header: nothing can be changed, dropped, put in
another order or cut off unseen.
"""

import base64
import json
import os
import struct
import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model

from storage import models
from storage.secrets import Keeper, WrongKey, new_key
from storage.store import Store

MAGIC = b"rightsdesk backup 1\n"
CHUNK = 1 << 20
"""Bytes of JSON in a chunk, before compression."""
LONGEST = 1 << 28
ROWS = 500
WRAPPED_FOR = "backup"
LENGTH = struct.Struct(">I")
TABLES: dict[str, type[Model]] = {
    model._meta.db_table: model
    for model in vars(models).values()
    if isinstance(model, type) and issubclass(model, Model) and model is not Model
}


class BadBackup(Exception):
    """The file is no whole backup of ours."""


async def write(store: Store, target: Path, now: datetime) -> int:
    """Write a backup to `target`, which appears only when it is whole; returns how many rows. Raises DatabaseAway, and
    OSError where nothing can be written."""
    part = target.with_name(target.name + ".part")

    async def work(connection: BaseDBAsyncClient) -> int:
        if store.database.engine == "postgres":
            await connection.execute_script("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        writer = Writer(file, store.keeper, now)
        async for table, values in every_row(connection):
            writer.add(table, values)
        writer.close()
        file.flush()
        os.fsync(file.fileno())
        return writer.rows

    file = private_file(part)
    try:
        with file:
            rows = await store.database.unit(work)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return rows


def private_file(path: Path) -> IO[bytes]:
    """A new file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


async def every_row(connection: BaseDBAsyncClient) -> AsyncIterator[tuple[str, dict[str, object]]]:
    """(table, values) of every row, table by table, in the order of the primary keys."""
    for table, model in TABLES.items():
        key, last = model._meta.pk_attr, None
        while True:
            query = model.all().using_db(connection)
            rows = await (query if last is None else query.filter(**{f"{key}__gt": last})).order_by(key).limit(ROWS)
            for row in rows:
                yield table, {name: packed(getattr(row, name)) for name in model._meta.fields_map}
            if len(rows) < ROWS:
                break
            last = getattr(rows[-1], key)


def packed(value: object) -> object:
    """A column's value as JSON holds it."""
    match value:
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case datetime():
            return value.isoformat()
        case _:
            return value


def unpacked(model: type[Model], values: dict[str, Any]) -> Model:
    """A row from what `packed` made of it. A column that is newer than the backup gets its default."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        column = model._meta.fields_map.get(name)
        if value is not None and isinstance(column, fields.BinaryField):
            found[name] = base64.b64decode(value)
        elif value is not None and isinstance(column, fields.DatetimeField):
            found[name] = datetime.fromisoformat(value)
        elif column is not None:
            found[name] = value
    return model(**found)


def nonce(number: int, *, last: bool) -> bytes:
    """The nonce of a chunk: each is used once, since every file has its own key."""
    return bytes([last]) + number.to_bytes(11, "big")


class Writer:
    """Writes rows into an open file, chunk by chunk."""

    def __init__(self, file: IO[bytes], keeper: Keeper, now: datetime) -> None:
        key = new_key()
        wrapped = base64.b64encode(keeper.wrap(key, WRAPPED_FOR)).decode()
        header = json.dumps({"key": wrapped, "made": now.isoformat()}).encode()
        file.write(MAGIC + LENGTH.pack(len(header)) + header)
        self.rows = 0
        self._file, self._cipher, self._header = file, AESGCM(key), sha256(header).digest()
        self._number = 0
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, table: str, values: dict[str, object]) -> None:
        """Add one row."""
        line = json.dumps([table, values], separators=(",", ":")).encode()
        self._lines.append(line)
        self._size += len(line)
        self.rows += 1
        if self._size >= CHUNK:
            self._flush(last=False)

    def close(self) -> None:
        """Write what is left, as the last chunk."""
        self._flush(last=True)

    def _flush(self, *, last: bool) -> None:
        plain = zlib.compress(b"\n".join(self._lines), 1)
        sealed = self._cipher.encrypt(nonce(self._number, last=last), plain, self._header)
        self._file.write(LENGTH.pack(len(sealed)) + sealed)
        self._number, self._lines, self._size = self._number + 1, [], 0


def read(source: Path, keeper: Keeper) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of a backup. Raises BadBackup where it is not whole, WrongKey under another master key."""
    try:
        with source.open("rb") as file:
            cipher, header = opened(file, keeper)
            yield from rows_of(file, cipher, header)
    except OSError as error:
        raise BadBackup(f"{source} can't be read: {error.strerror}") from error


def opened(file: IO[bytes], keeper: Keeper) -> tuple[AESGCM, bytes]:
    """The cipher and the header's hash."""
    if file.read(len(MAGIC)) != MAGIC:
        raise BadBackup("this is no backup of rightsdesk")
    header = exactly(file, LENGTH.unpack(exactly(file, LENGTH.size))[0])
    try:
        wrapped = base64.b64decode(json.loads(header)["key"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadBackup("the backup's header is damaged") from error
    return AESGCM(keeper.unwrap(wrapped, WRAPPED_FOR)), sha256(header).digest()


def rows_of(file: IO[bytes], cipher: AESGCM, header: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of every chunk up to the last one."""
    number, last = 0, False
    while not last:
        sealed = exactly(file, LENGTH.unpack(exactly(file, LENGTH.size))[0])
        last = not file.peek(1)  # type: ignore[attr-defined]
        try:
            plain = zlib.decompress(cipher.decrypt(nonce(number, last=last), sealed, header))
        except (InvalidTag, zlib.error) as error:
            raise BadBackup(f"the backup is damaged or cut short at chunk {number}") from error
        for line in plain.splitlines():
            table, values = json.loads(line)
            yield table, values
        number += 1


def exactly(file: IO[bytes], length: int) -> bytes:
    """So many bytes, or BadBackup."""
    found = file.read(length) if length <= LONGEST else b""
    if len(found) != length:
        raise BadBackup("the backup is cut short")
    return found


__all__ = ["TABLES", "BadBackup", "WrongKey", "read", "unpacked", "write"]
