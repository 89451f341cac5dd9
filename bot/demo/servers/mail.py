"""The town's mail: an SMTP and an IMAP server on loopback, and the mailboxes of a company and its customers."""

import email
import email.policy
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, getaddresses
from types import MappingProxyType
from typing import Self

from pymap.flags import FlagOp
from pymap.parsing.message import AppendMessage

from bot.demo.servers.bounces import delivery_report
from bot.demo.servers.changes import Changes
from bot.demo.servers.imap import ImapDoor, StoredMail
from bot.demo.servers.smtp import Accepted, SmtpDoor, SmtpHouse

SUPPORT = "support@opterre.example"
ANNA = "anna@kundin.example"
PAUL = "paul@client.example"
PEOPLE: Mapping[str, str] = MappingProxyType({SUPPORT: "post", ANNA: "anna", PAUL: "paul"})
"""The usual mailboxes and their passwords."""


class MailTown:
    """Servers and mailboxes. All methods belong to the event loop that called `start`; the clients need not.

    Mail to a mailbox of the town is delivered to it (also with plus addressing); mail to any other address is refused
    with 550 at RCPT (`smtp.refused` gives single addresses another reply). Mail need not be from a mailbox of the
    town, and nobody has to log in: `Accepted.login` says who did.
    """

    def __init__(
        self,
        people: Mapping[str, str] = PEOPLE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        changes: Changes | None = None,
    ) -> None:
        self.clock = clock
        self.changes = changes or Changes()
        self.accepted: list[Accepted] = []
        """Every mail taken over SMTP, in order."""
        self.stamp: Callable[[Accepted], bytes] = lambda _mail: b""
        """Header lines (each with CRLF) put on top of mail that came over SMTP, e.g. Authentication-Results."""
        self.bouncing: dict[str, str] = {}
        """Address to status ("5.1.1 user unknown"): taken at RCPT, and a delivery report goes to the sender."""
        self._passwords: dict[str, str] = {}
        self.imap = ImapDoor(lambda who, folder: self.changes.tell("mailbox", f"{who}/{folder}"))
        self.smtp = SmtpDoor(SmtpHouse(self._login, self._knows, self._take, self._now, self.changes.tell))
        for address, password in people.items():
            self.add(address, password)

    async def start(self) -> None:
        await self.smtp.open()
        await self.imap.open()

    async def stop(self) -> None:
        await self.smtp.close()
        await self.imap.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    @property
    def smtp_port(self) -> int:
        return self.smtp.port

    @property
    def imap_port(self) -> int:
        return self.imap.port

    def add(self, address: str, password: str = "") -> None:
        """Opens a mailbox, or changes the password of one."""
        self._passwords[address.lower()] = password
        self.imap.add(address.lower(), password)

    def remove(self, address: str) -> None:
        """Closes a mailbox with all that is in it; mail to it is refused from now on."""
        del self._passwords[address.lower()]
        self.imap.remove(address.lower())

    @property
    def addresses(self) -> list[str]:
        return list(self._passwords)

    def mailbox(self, address: str, folder: str = "INBOX") -> list[StoredMail]:
        """What lies in a folder, oldest first. Raises KeyError where there is no such mailbox or folder."""
        return self.imap.folders(address.lower()).folder(folder).stored()

    def folders(self, address: str) -> list[str]:
        return self.imap.folders(address.lower()).names

    async def mark(self, address: str, uid: int, *flags: str, folder: str = "INBOX", off: bool = False) -> None:
        """Sets flags (or takes them off) as a person at another mail program would."""
        op = FlagOp.DELETE if off else FlagOp.ADD
        await self.imap.folders(address.lower()).folder(folder).mark(uid, flags, op)

    async def expunge(self, address: str, *uids: int, folder: str = "INBOX") -> None:
        """Deletes mails as a person at another mail program would."""
        await self.imap.folders(address.lower()).folder(folder).delete(uids)

    async def deliver(self, raw: bytes, to: str | None = None, mail_from: str = "") -> list[str]:
        """Puts a mail into mailboxes without SMTP; `to` None: whoever its To and Cc name. Returns the mailboxes.

        Line ends become CRLF, everything else stays as it is. Raises LookupError where nobody of the town is meant.
        """
        meant = [to] if to is not None else _named_in(raw)
        owners = [(address, owner) for address in meant if (owner := self._owner(address))]
        if not owners:
            raise LookupError(f"no mailbox of the town among {meant}")
        when = self.clock()
        for address, owner in owners:
            head = f"Return-Path: <{mail_from}>\r\nDelivered-To: {address}\r\n".encode()
            body = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            inbox = self.imap.folders(owner).folder("INBOX")
            await inbox.append(AppendMessage(head + body, when, frozenset()), recent=True)
        return [owner for _, owner in owners]

    def sent_to(self, address: str) -> list[Accepted]:
        """The accepted mails with this envelope recipient, exactly as written there."""
        return [mail for mail in self.accepted if address in mail.rcpt_tos]

    def _owner(self, address: str) -> str | None:
        local, at, domain = address.lower().rpartition("@")
        owner = local.partition("+")[0] + at + domain
        return owner if owner in self._passwords else None

    def _now(self) -> datetime:
        return self.clock()

    def _login(self, user: str, password: str) -> str | None:
        return user if self._passwords.get(user) == password else None

    def _knows(self, address: str) -> bool:
        return self._owner(address) is not None or address.lower() in self.bouncing

    async def _take(self, mail: Accepted) -> None:
        self.accepted.append(mail)
        received = f"Received: by mail.opterre.example with ESMTP; {format_datetime(mail.at)}\r\n".encode()
        for address in mail.rcpt_tos:
            if status := self.bouncing.get(address.lower()):
                await self._bounce(mail, address, status)
            else:
                await self.deliver(self.stamp(mail) + received + mail.raw, address, mail.mail_from)
        self.changes.tell("accepted", mail.mail_from)

    async def _bounce(self, mail: Accepted, recipient: str, status: str) -> None:
        # no report about mail from the null sender (RFC 5321 6.1), nor to a sender nobody knows
        if mail.mail_from and self._owner(mail.mail_from):
            await self.deliver(delivery_report(mail, recipient, status), mail.mail_from)


def _named_in(raw: bytes) -> list[str]:
    head = email.message_from_bytes(raw, policy=email.policy.compat32)
    fields = [str(value) for name in ("to", "cc") for value in head.get_all(name, [])]
    return [address for _, address in getaddresses(fields) if address]
