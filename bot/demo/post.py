"""Customers' mail: letters as a mail program writes them, sent through the town's SMTP server, and mails read back."""

import email
import email.policy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from functools import lru_cache
from uuid import uuid4

from bot.demo.cast import SUPPORT, Customer
from bot.demo.servers.smtp import Accepted
from bot.mail.settings import SmtpSettings
from bot.mail.smtp import Outbound


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as a person sees it. `at` is when the server took it; `thread` is the first Message-ID it goes back to."""

    id: str
    sender: str
    to: str
    subject: str
    text: str
    at: datetime
    in_reply_to: str
    thread: str
    headers: Mapping[str, str]


@lru_cache(maxsize=2000)
def read(raw: bytes, at: datetime) -> Mail:
    """A mail read back. Text is text: of HTML only the plain part beside it is shown."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(("plain",))
    id_, answers = str(message["Message-ID"] or ""), str(message["In-Reply-To"] or "")
    known = str(message["References"] or "").split()
    return Mail(
        id=id_,
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=body.get_content() if body is not None else "",
        at=at,
        in_reply_to=answers,
        thread=known[0] if known else answers or id_,
        headers={name.lower(): str(value) for name, value in message.items()},
    )


def letter(
    writer: Customer,
    subject: str,
    text: str,
    *,
    at: datetime,
    answers: Mail | None = None,
    as_: Customer | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A letter to the company; `answers` quotes a mail and joins its thread, `as_` forges another's From."""
    message = EmailMessage(policy=email.policy.SMTP)
    shown = as_ or writer
    message["From"] = formataddr((shown.name, shown.address))
    message["To"] = SUPPORT
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{uuid4().hex}@{writer.address.rpartition('@')[2]}>"
    if answers is not None:
        message["In-Reply-To"] = answers.id
        message["References"] = f"{answers.headers.get('references', '')} {answers.id}".strip()
        text += f"\n\n{answers.at:%a, %d %b %Y %H:%M}, {answers.sender} wrote:\n" + quoted(answers.text)
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    return message.as_bytes()


def quoted(text: str) -> str:
    """The text behind `> `, as mail programs quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


class PostOffice:
    """The customers' ways to the town's SMTP server, each logged in as themselves; connections are kept."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ways: dict[str, Outbound] = {}

    async def send(self, writer: Customer, raw: bytes) -> None:
        """Hand over a letter to the company."""
        way = self._ways.get(writer.key)
        if way is None:
            settings = SmtpSettings(
                "127.0.0.1", self._port, sender=writer.address, security="none", user=writer.address,
                password=writer.password, connections=1,
            )  # fmt: skip
            way = self._ways[writer.key] = Outbound(settings)

        async def no_note() -> None:
            """A customer's mail program writes nothing down before it sends."""

        await way.send(raw, recipient=SUPPORT, before_body=no_note)

    async def close(self) -> None:
        """Let go of the connections."""
        for way in self._ways.values():
            await way.close()


def authentication(mail: Accepted) -> bytes:
    """What the company's receiving server says of the sender: true only where the one who logged in is the From."""
    if mail.login == SUPPORT:
        return b""
    shown = read(mail.raw, mail.at).sender
    domain = shown.rpartition("@")[2].rstrip(">")
    verdict = "pass" if mail.login is not None and mail.login in shown else "fail"
    return f"Authentication-Results: mail.opterre.example; dmarc={verdict} header.from={domain}\r\n".encode()
