"""An SMTP server that misbehaves on command, and knows exactly which letters it took."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class ScriptedSmtp:
    """`faults` maps a moment to what happens then; each fault happens once, then it is gone.

    Moments: greet, EHLO, AUTH, MAIL, RCPT, DATA, body (while the body arrives), dot (the body is taken, the answer
    is due), RSET. What happens: close, hang, slow (the answer comes late, but comes), or a reply such as "451 later".
    """

    port: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    connections: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)
    """Set at the end, and by a test that wants a slow answer to come now."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._dialogue(reader, writer)
        writer.close()

    async def _dialogue(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender = recipient = ""
        begun = False
        if not await self._answer(writer, "greet", "220 ready"):
            return
        while line := (await reader.readline()).decode().strip():
            verb = line.partition(" ")[0].upper()
            self.verbs.append(verb)
            if verb == "MAIL":
                sender = line
            if verb == "RCPT":
                recipient = line
            replies = {"EHLO": self._greeting(), "DATA": "354 go", "QUIT": "221 bye", "AUTH": "235 in"}
            if verb == "MAIL" and begun:
                replies["MAIL"] = "503 5.5.1 nested MAIL command"
            said = await self._answer(writer, verb, replies.get(verb, "250 ok"))
            begun = verb not in ("EHLO", "RSET", "DATA") and (begun or (verb == "MAIL" and str(said).startswith("250")))
            if said is None or verb == "QUIT":
                return
            if said.startswith("354") and not await self._body(reader, writer, sender, recipient):
                return

    def _greeting(self) -> str:
        lines = ["scripted", *self.extensions]
        return "\r\n".join(f"250{'-' if line != lines[-1] else ' '}{line}" for line in lines)

    async def _body(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sender: str, recipient: str
    ) -> bool:
        if "body" in self.faults:
            await reader.readline()
            return await self._answer(writer, "body", "") is not None
        wire = await reader.readuntil(b"\r\n.\r\n")
        lines = wire.removesuffix(b".\r\n").split(b"\r\n")
        refused = self.faults.get("dot", "")[:1] in ("4", "5")
        if not refused:
            self.taken.append((sender, recipient, b"\r\n".join(line.removeprefix(b".") for line in lines)))
        return await self._answer(writer, "dot", "250 queued as 1") is not None

    async def _answer(self, writer: asyncio.StreamWriter, moment: str, reply: str) -> str | None:
        fault = self.faults.pop(moment, reply)
        if fault in ("hang", "slow"):
            await self.released.wait()
        if fault in ("hang", "close"):
            return None
        said = reply if fault == "slow" else fault
        writer.write(said.encode() + b"\r\n")
        await writer.drain()
        return None if said.startswith("421") else said


@asynccontextmanager
async def scripted_smtp(
    faults: dict[str, str] | None = None,
    *,
    extensions: tuple[str, ...] = ("SIZE 1000000", "8BITMIME"),
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[ScriptedSmtp]:
    script = ScriptedSmtp(faults=dict(faults or {}), extensions=extensions)
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0, ssl=tls)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        script.released.set()
        server.close()
