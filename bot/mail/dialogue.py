"""Commands to an SMTP server and its replies, each to its own command, also where several go out together.

RFC 2920 lets MAIL, RCPT and DATA travel as one. aiosmtplib connects and logs in; it throws away what comes without
being waited for, and so every reply but the first of a group: from then on the connection is ours.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

LONGEST = 32_768
"""Bytes of one reply, with all its lines."""


class Reply(NamedTuple):
    """The server's number and its words, on as many lines as it used."""

    code: int
    text: str


class Lost(Exception):
    """The connection ended, or what came over it was no reply. It can't be used any more."""


@dataclass
class _Group:
    """Commands that went out together, and the replies that have come."""

    wanted: int
    done: "asyncio.Future[list[Reply]]"
    replies: list[Reply] = field(default_factory=list)


class Dialogue(asyncio.Protocol):
    """The one who speaks on a connection that is logged in. For one event loop."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._groups: deque[_Group] = deque()
        self._buffer = bytearray()
        self._lines: list[str] = []
        self.lost = transport.is_closing()
        transport.set_protocol(self)

    async def ask(self, *commands: bytes, seconds: float) -> list[Reply]:
        """Say all of it at once and wait for a reply to each. Raises Lost.

        A group that was cancelled or not answered in time leaves a connection that must be closed.
        """
        if self.lost:
            raise Lost("the connection is closed")
        group = _Group(len(commands), asyncio.get_running_loop().create_future())
        self._groups.append(group)
        self.write(b"".join(commands))
        try:
            async with asyncio.timeout(seconds):
                return await group.done
        except TimeoutError as error:
            raise Lost("no answer in time") from error

    def write(self, data: bytes) -> None:
        """Give bytes to the connection."""
        self._transport.write(data)

    def close(self) -> None:
        """Drop the connection without a word."""
        self._end("the connection was closed")
        with contextlib.suppress(RuntimeError):  # its event loop has ended
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Called by the event loop: hand out the replies that are whole."""
        self._buffer += data
        *lines, rest = bytes(self._buffer).split(b"\n")
        self._buffer[:] = rest
        for line in lines:
            self._line(line)
        if len(self._buffer) + sum(map(len, self._lines)) > LONGEST:
            self._break("a reply without end")

    def _line(self, line: bytes) -> None:
        if not line[:3].isdigit() or not self._groups:  # unasked, as before a time-out: what follows is no answer
            return self._break("something that is no reply")
        self._lines.append(line[4:].strip(b" \t\r").decode("utf-8", "surrogateescape"))
        if line[3:4] == b"-":
            return None
        group = self._groups[0]
        group.replies.append(Reply(int(line[:3]), "\n".join(self._lines)))
        self._lines.clear()
        if len(group.replies) == group.wanted:
            self._groups.popleft()
            if not group.done.done():
                group.done.set_result(group.replies)
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        self._end(f"the connection ended ({type(exc).__name__})" if exc else "the connection ended")

    def _break(self, reason: str) -> None:
        self._end(reason)
        self._transport.close()

    def _end(self, reason: str) -> None:
        self.lost = True
        groups, self._groups = self._groups, deque()
        for group in groups:
            if not group.done.done():
                group.done.set_exception(Lost(reason))
                group.done.exception()  # nobody may be waiting for it any more


def first_no(replies: Sequence[Reply], expected: Sequence[int]) -> Reply | None:
    """The first reply that is not as expected; 251 (will forward) is as good as 250."""
    for reply, code in zip(replies, expected, strict=True):
        if reply.code != code and not (code == 250 and reply.code == 251):
            return reply
    return None
