"""The door by which letters leave, and the only file that knows aiosmtplib: finished bytes, one recipient each.

The library's own send cannot tell "not sent" from "sent, answer lost", so the dialogue is driven step by step here.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from bot.mail.address import plain_address
from bot.mail.dialogue import Dialogue, Lost, Reply, first_no
from bot.mail.settings import SmtpSettings, tls_context
from bot.ports import InDoubt, Refused, Sent, Unreachable

_LOST = (SMTPException, OSError, TimeoutError)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_FINAL_DOT = b".\r\n"
_DATA = b"DATA\r\n"
_OK, _GO_ON, _GOING_AWAY = 250, 354, 421


class TryLater(Unreachable):
    """The server itself asks to come back (4xx)."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"the mail server asks to try later: {code} {text}")
        self.code, self.text = code, text


class Stale(Unreachable):
    """A kept connection turned out to be gone before anything was said on it."""


class Outbound:
    """A small pool of kept connections to one server. For one event loop."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._sender = plain_address(settings.sender) if settings.sender else ""
        self._slots = asyncio.Semaphore(settings.connections)
        self._kept: list[_Line] = []

    async def send(
        self, letter: bytes, *, recipient: str, before_body: Callable[[], Awaitable[None]], sender: str | None = None
    ) -> Sent:
        """See `bot.ports.LettersOut`. `sender` overrides the envelope sender (for VERP); empty is the null path."""
        try:
            plain_address(recipient)
            if sender:
                plain_address(sender)
        except ValueError as error:
            raise Refused(553, "not an address that mail can be sent to") from error
        path = self._sender if sender is None else sender
        wire = on_the_wire(letter)
        async with self._slots:
            while True:
                try:
                    async with self._line() as line:
                        return await line.send(wire, path, recipient, before_body)
                except Stale:
                    continue  # there are at most `connections` of them, then a fresh one is made

    async def close(self) -> None:
        """End the kept connections. Letters under way keep theirs."""
        kept, self._kept = self._kept, []
        await asyncio.gather(*(line.quit() for line in kept))

    @asynccontextmanager
    async def _line(self) -> "AsyncIterator[_Line]":
        """A kept connection, or a new one; kept again only if it stayed in order."""
        line = None
        while self._kept and line is None:
            line = self._kept.pop()
            if not line.fresh:
                line.close()
                line = None
        line = line or await _Line.open(self._settings)
        try:
            yield line
        finally:
            if line.in_order:
                line.kept = True
                self._kept.append(line)
            else:
                line.close()


class _Line:
    """One connection, used by one letter at a time. `in_order`: ready for a next letter; `kept`: it waited for one."""

    def __init__(self, dialogue: Dialogue, extensions: Mapping[str, str], settings: SmtpSettings) -> None:
        self._dialogue, self._settings = dialogue, settings
        limit = extensions.get("size", "")
        self._takes_size, self._largest = "size" in extensions, int(limit) if limit.isdecimal() else 0
        self._together, self._eight = "pipelining" in extensions, "8bitmime" in extensions
        self._letters, self._used_at = 0, asyncio.get_running_loop().time()
        self.in_order = self.kept = False

    @property
    def fresh(self) -> bool:
        """Still there, and not kept so long that the server or something between may have dropped it unseen."""
        age = asyncio.get_running_loop().time() - self._used_at
        return not self._dialogue.lost and age <= self._settings.idle_seconds

    @classmethod
    async def open(cls, settings: SmtpSettings) -> "_Line":
        """Connect, EHLO, TLS, AUTH. Any no here is about us and not about the letter: Unreachable."""
        where = f"the SMTP server at {settings.host}:{settings.port}"
        client = SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user,
            password=settings.password,
            local_hostname=settings.helo or settings.sender.rpartition("@")[2] or "localhost",
            timeout=settings.connect_timeout,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=tls_context(settings.ca_file) if settings.security != "none" else None,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            if client.transport is None:
                raise SMTPServerDisconnected("the connection ended")
        except SMTPAuthenticationError as error:
            raise Unreachable(f"{where} refused the user or the password: {_words(error)}") from error
        except (*_LOST, ValueError) as error:
            client.close()
            raise Unreachable(f"cannot use {where}: {_words(error)}") from error
        return cls(Dialogue(cast(asyncio.Transport, client.transport)), client.esmtp_extensions, settings)

    async def send(self, wire: bytes, sender: str, recipient: str, before_body: Callable[[], Awaitable[None]]) -> Sent:
        self.in_order = False
        if 0 < self._largest < len(wire):
            self.in_order = not self._dialogue.lost
            raise Refused(552, f"the letter has {len(wire)} bytes, the mail server takes {self._largest}")
        mail = b"MAIL FROM:<" + sender.encode() + b">" + self._options(wire) + b"\r\n"
        rcpt = b"RCPT TO:<" + recipient.encode() + b">\r\n"
        if self._together:
            await self._say(mail, rcpt, _DATA)
        else:
            for command in (mail, rcpt, _DATA):
                await self._say(command)
        await before_body()
        return await self._body(wire)

    def _options(self, wire: bytes) -> bytes:
        size = f" SIZE={len(wire) - len(_FINAL_DOT)}".encode() if self._takes_size else b""
        return size + (b" BODY=8BITMIME" if self._eight and not wire.isascii() else b"")

    async def _say(self, *commands: bytes) -> None:
        """Steps before the body. Raises TryLater, Refused, Unreachable; Stale at the first step of a kept line."""
        first = self.kept and commands[0].startswith(b"MAIL")
        try:
            replies = await self._dialogue.ask(*commands, seconds=self._settings.command_timeout)
        except Lost as error:
            raise (Stale if first else Unreachable)(f"the mail server broke off: {error}") from error
        no = first_no(replies, [_GO_ON if command == _DATA else _OK for command in commands])
        if no is None:
            return
        if first and no is replies[0] and no.code == _GOING_AWAY:
            raise Stale(f"{no.code}")
        await self._reset(replies)
        raise _no(no)

    async def _reset(self, replies: Sequence[Reply]) -> None:
        """After a no before the body the connection is good for the next letter, if the server agrees.

        Not where it waits for a body all the same: what we say next would be the letter.
        """
        if all(200 <= reply.code < 600 and reply.code not in (_GOING_AWAY, _GO_ON) for reply in replies):
            try:
                answer = await self._dialogue.ask(b"RSET\r\n", seconds=self._settings.command_timeout)
                self.in_order = answer[0].code == _OK
            except Lost:
                self.in_order = False

    async def _body(self, wire: bytes) -> Sent:
        if self._dialogue.lost:
            raise Unreachable("the mail server broke off before the body")
        try:
            [reply] = await self._dialogue.ask(wire, seconds=self._settings.body_timeout)
        except Lost as error:
            raise InDoubt(f"no answer to the letter: {error}") from error
        if 400 <= reply.code < 600:
            raise _no(reply)
        if reply.code != _OK:
            raise InDoubt(f"an answer to the letter that means nothing: {reply.code}")
        self._letters += 1
        self._used_at = asyncio.get_running_loop().time()
        self.in_order = not self._dialogue.lost and self._letters < self._settings.letters_per_connection
        return Sent(f"{reply.code} {reply.text}")

    async def quit(self) -> None:
        try:
            await self._dialogue.ask(b"QUIT\r\n", seconds=1)
        except Lost:
            pass
        finally:
            self.close()

    def close(self) -> None:
        self._dialogue.close()


async def probe_line(settings: SmtpSettings) -> None:
    """Connect, log in and say goodbye. Raises Unreachable, and ValueError for an envelope sender that is none."""
    if settings.sender:
        plain_address(settings.sender)
    await (await _Line.open(settings)).quit()


def on_the_wire(letter: bytes) -> bytes:
    """With CRLF at every line's end and nowhere else, dots doubled, and the final dot (RFC 5321, 4.5.2)."""
    lines = letter
    if letter.count(b"\r") != (pairs := letter.count(b"\r\n")) or letter.count(b"\n") != pairs:
        lines = _LINE_END.sub(b"\r\n", letter)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    stuffed = lines.replace(b"\r\n.", b"\r\n..")
    return (b"." if stuffed.startswith(b".") else b"") + stuffed + _FINAL_DOT


def _no(reply: Reply) -> Unreachable | Refused:
    text = re.sub(r"[^ -~]+", " ", reply.text)[:200]
    if 500 <= reply.code < 600:
        return Refused(reply.code, text)
    if 400 <= reply.code < 500:
        return TryLater(reply.code, text)
    return Unreachable(f"the mail server answered out of turn: {reply.code}")


def _words(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return re.sub(r"[^ -~]+", " ", f"{error.code} {error.message}")[:200]
    return re.sub(r"[^ -~]+", " ", str(error) or type(error).__name__)[:200]
