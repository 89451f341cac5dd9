"""A mail as it lies on the server, and what the mailbox asks of whoever takes mails in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Hold(Exception):
    """Take no mail for now (disk full, database gone): it is safe on the server. Carries a sentence for people."""


@dataclass(frozen=True, slots=True)
class MailKey:
    """Where a mail lies. Good for ever, as long as the server keeps the mailbox's UIDVALIDITY (RFC 3501, 2.3.1.1)."""

    account: str
    mailbox: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class RawMail:
    """One mail, unread by any parser.

    `raw` is None where the mail is over the size cap, or where the server could not hand it over in several tries:
    it stays on the server and a person must look at it. `size` is in bytes, as the server says. `received_at` is the
    server's own date of arrival (INTERNALDATE), aware, in UTC. `flags` are as found, such as `\\Seen`.
    """

    key: MailKey
    raw: bytes | None
    size: int
    received_at: datetime
    flags: tuple[str, ...]


class Intake(Protocol):
    """Whoever stores what arrives. Called from the mailbox's thread only; every call may raise Hold."""

    def position(self, account: str, mailbox: str) -> tuple[int, int] | None:
        """UIDVALIDITY and the last UID taken; None before the mailbox was ever seen."""

    def take(self, mails: list[RawMail]) -> None:
        """Return when all are durably stored, and the position with them. May be handed the same mail again."""

    def moved(self, account: str, mailbox: str, uidvalidity: int, last_uid: int) -> None:
        """Store this position: the mailbox is seen for the first time, or the server numbered it anew.

        In the second case what is read next was partly taken before, under other keys: known again by Message-ID and
        hash, never by UID.
        """
