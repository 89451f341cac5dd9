"""Where the mail servers are and how to treat them. Seconds and bytes unless a name says otherwise."""

import re
import ssl
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Literal

Security = Literal["tls", "starttls", "none"]

_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_KEYWORD = re.compile(r"[A-Za-z0-9$_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """The support mailbox.

    `account` is our own name for it, part of every mail's key: it must never change. Without IDLE the server is asked
    every `poll_seconds`; with `poll_ms` it is asked with NOOP at that pace instead of IDLE (some servers hold an IDLE
    push back for half a second). Mails that arrived before the day `since` are never read, neither at the first start
    nor when the server numbers its mails anew: the caller stores the day of the first start. Mails over `size_cap` are
    handed over without their content. `ca_file` holds the certificate of a private authority.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Security = "tls"
    mailbox: str = "INBOX"
    account: str = "support"
    idle_seconds: float = 240
    poll_seconds: float = 20
    poll_ms: int | None = None
    connect_timeout: float = 15
    read_timeout: float = 60
    batch: int = 50
    batch_bytes: int = 8_000_000
    size_cap: int = 25_000_000
    keyword: str = "$RightsDesk"
    move_to: str | None = None
    since: date | None = None
    ca_file: str | None = None

    def __post_init__(self) -> None:
        for name in filter(None, (self.mailbox, self.move_to)):
            if not _NAME.fullmatch(name):
                raise ValueError("a mailbox name has 1 to 200 characters, none of them a control character")
        if not _KEYWORD.fullmatch(self.keyword):
            raise ValueError("an IMAP keyword has letters, digits and $ _ . - only")
        if any(ord(c) < 32 for c in self.user + self.password):
            raise ValueError("the user and the password hold no control characters")


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The server that takes our letters.

    `sender` is the envelope sender, where bounces go; empty for the null path `<>`. `body_timeout` is how long the
    answer to the final dot may take (RFC 5321, 4.5.3.2.6). `helo` is the name we give; by default the sender's domain.
    """

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    connections: int = 4
    connect_timeout: float = 15
    command_timeout: float = 60
    body_timeout: float = 600
    idle_seconds: float = 30
    letters_per_connection: int = 100
    helo: str | None = None
    ca_file: str | None = None


@cache
def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """Verifies the certificate and the host name; `ca_file` is trusted besides the system's authorities.

    Kept, because reading the authorities takes longer than sending a letter.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context
