"""Message-IDs of our letters carry the ticket and a token that only we can make (HMAC), so that a reply finds it."""

import re
from collections.abc import Iterable

from storage.secrets import Keeper

_OURS = re.compile(r"^<?rd\.(\d{1,9})\.([0-9a-f]{16})\.([a-z2-7]{16})@[^@<>\s]+>?$")
_NUMBER = re.compile(r"\[#(\d{1,9})\]")


def message_id(keeper: Keeper, ticket: int, row: str, domain: str) -> str:
    """The Message-ID of an outbox row: the same row, the same ID (RFC 5322, 3.6.4)."""
    text = f"{ticket}.{row[:16]}"
    return f"<rd.{text}.{keeper.token(text)}@{domain}>"


def ticket_of(keeper: Keeper, ids: Iterable[str]) -> int | None:
    """The ticket that one of these Message-IDs belongs to, if we made it; the last one that fits wins."""
    found = None
    for each in ids:
        match = _OURS.match(each.strip())
        if match and keeper.token_fits(f"{match[1]}.{match[2]}", match[3]):
            found = int(match[1])
    return found


def row_of(keeper: Keeper, ids: Iterable[str]) -> str | None:
    """The beginning of the outbox row's id that one of these Message-IDs comes from, if we made it."""
    return next(iter(rows_of(keeper, ids)), None)


def rows_of(keeper: Keeper, ids: Iterable[str]) -> list[str]:
    """The same for all of them that are ours."""
    matches = [match for each in ids if (match := _OURS.match(each.strip()))]
    return [match[2] for match in matches if keeper.token_fits(f"{match[1]}.{match[2]}", match[3])]


def number_in(subject: str) -> int | None:
    """The ticket number that a subject names, or None. Anyone can write one: it proves nothing."""
    match = _NUMBER.search(subject)
    return int(match[1]) if match else None
