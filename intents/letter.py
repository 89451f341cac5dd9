"""A letter: a person's mail or chat message, as far as it could be read. Text is data: nothing in it can act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """The door a letter came in by."""

    EMAIL = "email"
    CHAT = "chat"


class AuthResult(StrEnum):
    """What the company's own receiving server said of the sender's domain (RFC 8601). A hint, never identity."""

    PASS = "pass"
    FAIL = "fail"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the letter says it is from.

    `address` is set only if usable: exactly one From header with exactly one mailbox, no group, no defect, ASCII,
    at most 254 characters; its domain is lower-cased, the local part is not touched. Otherwise None, with `defect`
    saying why in words for staff.
    """

    address: str | None
    display_name: str = ""
    defect: str | None = None
    auth: AuthResult = AuthResult.NONE


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, decoded.

    `subject` and `body` are text without NUL and control characters; `body` is the whole text as a person sees it
    (quotes and signature still in it); `hidden` is text a person would not see (HTML comments, white on white).
    `headers` maps lower-case names to the first value, unfolded, at most 32 KB each. `auto_signs` are the headers and
    parts that mark machine mail, in words; empty for people's letters. `date` is the Date header, aware, or None.
    """

    channel: Channel
    subject: str
    body: str
    sender: Sender
    to: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    date: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hidden: str = ""
    auto_signs: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    bounce_of: str | None = None
    """Message-ID of our own letter that this bounce is about."""
    bounced_address: str | None = None
    defects: tuple[str, ...] = ()
