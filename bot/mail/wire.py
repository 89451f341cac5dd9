"""How bytes are read from an IMAP server: with a cap on every answer, and never more than was asked for.

imaplib reads through a file object, which hides what it holds from select() and allocates whatever a server announces.
"""

import imaplib
import socket
import ssl
from typing import Literal

from bot.mail.settings import ImapSettings, tls_context

SLACK = 16_000_000
"""Bytes an answer may have beyond the bodies that were asked for."""

_LINE = 1_000_000
_CHUNK = 65_536


class TooMuch(imaplib.IMAP4.abort):
    """The server announced or sent more than the command can need. The connection cannot be used any more."""


class Wire(imaplib.IMAP4):
    """An IMAP4 connection that reads for itself. `expect(n)` allows the next command's answer n bytes of bodies."""

    def __init__(self, settings: ImapSettings) -> None:
        self._buffer = bytearray()
        self._expected, self._left = 0, SLACK
        self._connect_timeout = settings.connect_timeout
        self._context = tls_context(settings.ca_file) if settings.security == "tls" else None
        super().__init__(settings.host, settings.port)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        sock = socket.create_connection((self.host, self.port), timeout or self._connect_timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # imapclient sends a command in two pieces
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return self._context.wrap_socket(sock, server_hostname=self.host) if self._context else sock

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> tuple[Literal["OK"], list[None]]:
        answer = super().starttls(ssl_context)
        if self._buffer:  # plain text slipped in before the handshake must not pass for the server's (CVE-2011-0411)
            raise self.abort("bytes before the TLS handshake")
        return answer

    def expect(self, size: int) -> None:
        self._expected = size

    def holds_bytes(self) -> bool:
        """Whether something was received that select() on the socket cannot see."""
        return bool(self._buffer) or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending() > 0)

    def _new_tag(self) -> bytes:
        self._left, self._expected = SLACK + self._expected, 0
        tag: bytes = super()._new_tag()  # type: ignore[misc]
        return tag

    def readline(self) -> bytes:
        seen = 0
        while (end := self._buffer.find(b"\n", seen)) < 0:
            seen = len(self._buffer)
            if seen > _LINE:
                raise TooMuch("line too long")
            if not (more := self.sock.recv(_CHUNK)):
                return b""
            self._buffer += more
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        self._spend(len(line))
        return line

    def read(self, size: int) -> bytes:
        self._spend(size)
        data = bytearray(size)
        have = min(size, len(self._buffer))
        data[:have] = self._buffer[:have]
        del self._buffer[:have]
        with memoryview(data) as view:
            while have < size:
                if not (got := self.sock.recv_into(view[have:])):
                    raise self.abort("literal cut short")
                have += got
        return bytes(data)

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise TooMuch("answer longer than asked for")
