"""An IMAP server that misbehaves on command: one mailbox, a thread a connection, and a record of every command."""

import contextlib
import re
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

GREETING = b"* OK [CAPABILITY IMAP4rev1 IDLE MOVE] ready"


class _Over(Exception):
    """This connection ends here."""


class Stream:
    """Lines from one client."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._lines = connection, connection.makefile("rb")
        self.readline, self.write = self._lines.readline, connection.sendall

    def close(self) -> None:
        """The file that reads keeps the connection open until it is closed too."""
        self._lines.close()

    def silent(self) -> bool:
        """For five milliseconds."""
        return not select.select([self._connection], [], [], 0.005)[0]


@dataclass
class ScriptedImap:
    """`mails` maps UID to bytes. `faults` are (command, what) pairs, each used up by the first command of that name.

    Commands are named by their last word: LOGIN, SELECT, SEARCH, FETCH (envelopes), BODY (the fetch of bodies), STORE,
    MOVE, IDLE, NOOP. What: bye, eof, hang, junk, no; for BODY cut, huge, nil, gone (expunged just now); for IDLE early
    (news before the "+"), split (half a line now, the rest after DONE), restless (an untagged OK at once); for SELECT
    readonly.
    """

    port: int = 0
    mails: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 7
    greeting: bytes = GREETING
    permanent: bytes = rb"\Seen \*"
    faults: list[tuple[str, str]] = field(default_factory=list)
    always: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    changed: threading.Event = field(default_factory=threading.Event)
    """Set when mail has come while a client idles."""
    released: threading.Event = field(default_factory=threading.Event)

    def count(self, command: str) -> int:
        return sum(line.startswith(command) for line in self.commands)

    def arrive(self, uid: int, raw: bytes) -> None:
        self.mails = {**self.mails, uid: raw}
        self.changed.set()

    def serve(self, connection: socket.socket) -> None:
        self.connections += 1
        stream = Stream(connection)
        with connection, contextlib.suppress(_Over, OSError):
            self._say(stream, self.greeting)
            while line := stream.readline():
                self._answer(stream, *line.decode("latin-1").rstrip("\r\n").partition(" ")[::2])
        stream.close()

    def _say(self, stream: Stream, *lines: bytes) -> None:
        stream.write(b"".join(line + b"\r\n" for line in lines))

    def _fault(self, name: str) -> str | None:
        for number, (command, what) in enumerate(self.faults):
            if command == name:
                del self.faults[number]
                return what
        return self.always.get(name)

    def _answer(self, stream: Stream, tag: str, command: str) -> None:
        self.commands.append(command)
        name = command.removeprefix("UID ").split(" ")[0].upper()
        if name == "FETCH" and "BODY" in command:
            name = "BODY"
        fault = self._fault(name)
        if fault == "bye":
            self._say(stream, b"* BYE shutting down")
        if fault == "hang":
            self.released.wait(30)
        if fault in ("bye", "eof", "hang"):
            raise _Over
        if fault == "junk":
            self._say(stream, b"\xff\xfe what? \x00")
        if fault == "no":
            self._say(stream, f"{tag} NO not today".encode())
            return
        getattr(self, f"_{name.lower()}", self._ok)(stream, command, fault)
        self._say(stream, f"{tag} OK {'[READ-ONLY] ' if fault == 'readonly' else ''}done".encode())

    def _ok(self, stream: Stream, command: str, fault: str | None) -> None:
        pass

    def _capability(self, stream: Stream, command: str, fault: str | None) -> None:
        self._say(stream, b"* CAPABILITY " + self.greeting.partition(b"CAPABILITY ")[2].partition(b"]")[0])

    def _select(self, stream: Stream, command: str, fault: str | None) -> None:
        self._say(stream, f"* {len(self.mails)} EXISTS".encode(), b"* FLAGS (\\Seen)")
        self._say(stream, b"* OK [PERMANENTFLAGS (" + self.permanent + b")] ok")
        self._say(stream, f"* OK [UIDVALIDITY {self.uidvalidity}] ok".encode())
        self._say(stream, f"* OK [UIDNEXT {max(self.mails, default=0) + 1}] ok".encode())

    _examine = _select

    def _search(self, stream: Stream, command: str, fault: str | None) -> None:
        first, last = re.search(r"UID (\d+):(\d+|\*)", command).groups()  # type: ignore[union-attr]
        high = max(self.mails, default=0)
        found = [uid for uid in self.mails if int(first) <= uid <= (high if last == "*" else int(last))]
        if last == "*" and not found and self.mails:
            found = [high]  # as RFC 3501 has it, to the surprise of many
        self._say(stream, f"* SEARCH {' '.join(map(str, found))}".rstrip().encode())

    def _uids(self, command: str) -> list[int]:
        wanted = re.search(r"(?:FETCH|STORE|MOVE) ([\d,]+)", command).group(1)  # type: ignore[union-attr]
        return [int(uid) for uid in wanted.split(",") if int(uid) in self.mails]

    def _fetch(self, stream: Stream, command: str, fault: str | None) -> None:
        for uid in self._uids(command):
            facts = f"UID {uid} RFC822.SIZE {len(self.mails[uid])} FLAGS () "
            self._say(stream, f'* {uid} FETCH ({facts}INTERNALDATE "25-Nov-2026 12:00:00 +0100")'.encode())

    def _body(self, stream: Stream, command: str, fault: str | None) -> None:
        if fault == "gone":
            self.mails.pop(self._uids(command)[0])
        for uid in self._uids(command):
            raw = self.mails[uid]
            if fault == "nil":
                self._say(stream, f"* {uid} FETCH (UID {uid} BODY[] NIL)".encode())
                continue
            size = 2_000_000_000 if fault == "huge" else len(raw)
            stream.write(f"* {uid} FETCH (UID {uid} BODY[] {{{size}}}\r\n".encode())
            stream.write(raw[: len(raw) // 2] if fault == "cut" else raw)
            if fault in ("cut", "huge"):
                raise _Over
            self._say(stream, b")")

    def _move(self, stream: Stream, command: str, fault: str | None) -> None:
        gone = self._uids(command)
        self.mails = {uid: raw for uid, raw in self.mails.items() if uid not in gone}

    def _idle(self, stream: Stream, command: str, fault: str | None) -> None:
        news = f"* {len(self.mails)} EXISTS".encode()
        if fault == "early":
            self._say(stream, news)
        self._say(stream, b"+ idling")
        if fault == "restless":
            self._say(stream, b"* OK still here")
        if fault == "split":
            stream.write(news[:5])
        while fault is None and stream.silent():
            self._noop(stream, command, fault)
        if stream.readline().strip() != b"DONE":
            raise _Over
        if fault == "split":
            self._say(stream, news[5:])

    def _noop(self, stream: Stream, command: str, fault: str | None) -> None:
        if self.changed.is_set():
            self.changed.clear()
            self._say(stream, f"* {len(self.mails)} EXISTS".encode())


@contextmanager
def scripted_imap(
    mails: dict[int, bytes] | None = None, *faults: tuple[str, str], greeting: bytes = GREETING
) -> Iterator[ScriptedImap]:
    script = ScriptedImap(mails=dict(mails or {}), faults=list(faults), greeting=greeting)
    listener = socket.create_server(("127.0.0.1", 0))
    script.port = listener.getsockname()[1]
    open_ones: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            open_ones.append(connection)
            threading.Thread(target=script.serve, args=[connection], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield script
    finally:
        script.released.set()
        script.changed.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_ones:
            connection.close()
