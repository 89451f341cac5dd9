"""Our letters as they were written, kept for the regulator's pack until their ticket is purged.

Sealed with the ticket's own key, so that they end with it. A one-time code is never among what is kept.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from storage import rows
from storage.models import LetterRow
from storage.secrets import seal, unseal

HIDDEN = "[code]"
"""What stands where the code was."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of ours. `to` is an address."""

    name: str
    to: str
    subject: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter as it is read back; `id` is its outbox row's."""

    id: str
    at: datetime
    letter: Letter


def place(id_: str) -> str:
    """The place that a letter's ciphertext is bound to."""
    return f"letter:{id_}"


def without_code(text: str, code: str) -> str:
    """The text without its one-time code."""
    return text.replace(code, HIDDEN) if code else text


async def keep(
    connection: BaseDBAsyncClient, letters: Sequence[tuple[str, int, Letter]], keys: Mapping[int, bytes], now: datetime
) -> None:
    """Write letters down inside the caller's unit, each as (outbox id, ticket, letter)."""
    new = [
        {
            "id": id_,
            "ticket": ticket,
            "name": letter.name[:60],
            "at": now,
            "sealed": seal(keys[ticket], json.dumps(asdict(letter)).encode(), place(id_)),
        }
        for id_, ticket, letter in letters
    ]
    await rows.insert(connection, LetterRow, new)


async def of_ticket(number: int, key: bytes) -> list[Kept]:
    """Every letter of a ticket, oldest first. Raises WrongKey."""
    kept = await LetterRow.filter(ticket=number).order_by("at", "id")
    return [Kept(row.id, row.at, Letter(**json.loads(unseal(key, row.sealed, place(row.id))))) for row in kept]
