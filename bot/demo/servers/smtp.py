"""The town's SMTP server: aiosmtpd on loopback, with faults on demand."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NoReturn

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Verb = Literal["CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT", "QUIT"]
"""Where a fault strikes: CONNECT is before the greeting, DATA before the 354, DOT after the final dot."""


@dataclass(frozen=True)
class Accepted:
    """A mail the server took: envelope ("" is the null sender), bytes as sent, who had logged in (None: nobody)."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    raw: bytes
    login: str | None
    at: datetime


@dataclass(frozen=True)
class Fault:
    """What happens in place of a good answer.

    `reply` is a whole SMTP reply line ("451 4.3.0 later"); `hang` waits for `SmtpDoor.release` and then goes on as if
    nothing had been; `close` cuts the connection. `taken` (DOT only): the mail is accepted and delivered first, so
    that the sender cannot know.
    """

    reply: str = ""
    hang: bool = False
    close: bool = False
    taken: bool = False


@dataclass(frozen=True)
class SmtpHouse:
    """What the server asks of the town: who may log in, which mailboxes there are, where accepted mail goes, the time,
    and whom to tell what happens (kind and place, as in `Change`).

    `login` gives the user's own name or None; `knows` is asked with the address as sent.
    """

    login: Callable[[str, str], str | None]
    knows: Callable[[str], bool]
    take: Callable[[Accepted], Awaitable[None]]
    clock: Callable[[], datetime]
    told: Callable[[str, str], None]


class SmtpDoor:
    """The listening server. `port` stays the same through `close` and `open`."""

    def __init__(self, house: SmtpHouse) -> None:
        self.house = house
        self.port = 0
        self.refused: dict[str, str] = {}
        """Address to reply: these recipients get this reply at RCPT instead of the usual one."""
        self.lines: set[_Line] = set()
        self._server: asyncio.Server | None = None
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._standing: dict[str, Fault] = {}
        self._released = asyncio.Event()
        self.hanging = 0
        """How many connections a fault holds right now."""

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Line(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuses new connections and cuts the open ones."""
        if self._server is not None:
            self._server.close()
            self.drop()
            await self._server.wait_closed()
            self._server = None

    def drop(self) -> None:
        """Cuts every open connection without a word."""
        for line in list(self.lines):
            line.cut()

    def fail(self, verb: Verb, fault: Fault, times: int | None = 1) -> None:
        """The next `times` uses of `verb` meet `fault`; None: all, until `heal`."""
        if times is None:
            self._standing[verb] = fault
        else:
            self._faults[verb].extend([fault] * times)

    def heal(self) -> None:
        """Takes back every fault not yet met and lets hanging connections go on."""
        self._faults.clear()
        self._standing.clear()
        self.release()

    def release(self) -> None:
        released, self._released = self._released, asyncio.Event()
        released.set()

    def fault_at(self, verb: Verb) -> Fault | None:
        queue = self._faults[verb]
        return queue.popleft() if queue else self._standing.get(verb)

    async def hang(self) -> None:
        """Waits for the next `release`."""
        self.hanging += 1
        self.house.told("smtp", "hanging")
        try:
            await self._released.wait()
        finally:
            self.hanging -= 1

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        user = self.house.login(data.login.decode(), data.password.decode())
        return AuthResult(success=user is not None, handled=False, auth_data=user)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self.refused.get(address.lower()):
            return reply
        if not self.house.knows(address):
            return f"550 5.1.1 <{address}>: no such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: "_Line", session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self.fault_at("DOT")
        raw = envelope.original_content or b""
        sender = "" if envelope.mail_from in (None, "<>") else envelope.mail_from
        mail = Accepted(sender, tuple(envelope.rcpt_tos), raw, session.auth_data, self.house.clock())
        if fault is None or fault.taken:
            await self.house.take(mail)
        if fault is not None:
            if reply := await server.suffer(fault):
                return reply
            if not fault.taken:  # it hung and was released: taken late
                await self.house.take(mail)
        return "250 2.0.0 OK: queued"


class _Session(Session):
    login_data: Any = None
    """A plain attribute: aiosmtpd logs a warning each time it writes to its own deprecated property."""


class _Line(SMTP):
    """One SMTP connection."""

    def __init__(self, door: SmtpDoor) -> None:
        self.door = door
        super().__init__(
            door,
            hostname="mail.opterre.example",
            ident="ESMTP",
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=door.authenticate,
        )

    def _create_session(self) -> Session:
        return _Session(self.loop)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.door.lines.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.door.lines.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def _gone(self) -> NoReturn:
        """Waits for aiosmtpd to cancel this task, which it does when the connection is lost."""
        await asyncio.Future()
        raise AssertionError

    async def suffer(self, fault: Fault) -> str:
        """Plays the fault; returns the reply to send, or "" to go on as usual. Does not return where it cuts."""
        if fault.hang:
            await self.door.hang()
        if fault.close:
            self.cut()
            await self._gone()
        return fault.reply

    async def _struck(self, verb: Verb) -> bool:
        """Whether a fault answered in place of the server."""
        fault = self.door.fault_at(verb)
        reply = await self.suffer(fault) if fault is not None else ""
        if not reply:
            return False
        await self.push(reply)
        if reply.startswith("421") or verb == "CONNECT":
            self._writer.close()
            await self._gone()
        return True

    async def _handle_client(self) -> None:
        if not await self._struck("CONNECT"):
            await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        if not await self._struck("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if not await self._struck("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if not await self._struck("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if not await self._struck("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if not await self._struck("DATA"):
            await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        if not await self._struck("QUIT"):
            await super().smtp_QUIT(arg)
