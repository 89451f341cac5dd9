"""Where reading children come from: one process that has loaded all they need, and forks them off itself.

So their data is in memory once, and a child that was killed is replaced in a moment. The process reads no mail, and
holds none of our secrets: it is started with an empty environment.
"""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

from bot.mail.parser_child import NUMBER
from intents.message import Unreadable

START_SECONDS = 60.0
"""How long it may take to load its words, on a machine that is busy with other things."""
END_SECONDS = 5.0
_ROOT = str(Path(__file__).resolve().parents[2])


class ChildKilled(Unreadable):
    """The child that read this mail died or was killed: time, memory, or a crash. Another try may still succeed."""


class NoReader(Exception):
    """A child can't even start: no mail is to blame, and none was read."""


class Child:
    """One forked process, and the socket to it. Whoever cannot read an answer to its end must kill it."""

    def __init__(self, nursery: "Nursery", pid: int, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        self._nursery, self._pid = nursery, pid
        self.source, self.sink = source, sink
        self.alive = True
        self.count = 0
        """Mails it has read."""

    def kill(self) -> None:
        """End the process now, and close the socket."""
        if self.alive:
            self.alive = False
            self._nursery.end(self._pid)
            self.sink.transport.abort()


class Nursery:
    """Starts its process when the first child is asked for. `arguments` are those of `bot.mail.parser_child`."""

    def __init__(self, arguments: list[str]) -> None:
        self._arguments = arguments
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None
        self._closed = False

    async def child(self) -> Child:
        """A new child. Raises `NoReader`, and `ChildKilled` once closed. A cancelled call leaves none behind."""
        birth = asyncio.ensure_future(self._birth())
        try:
            return await asyncio.shield(birth)
        except asyncio.CancelledError:
            birth.add_done_callback(_unwanted)
            raise

    def end(self, pid: int) -> None:
        """Kill a child. Only its parent waits for it, and only when told here: until then no other has its number."""
        if self._control is None or self._process is None or self._process.returncode is not None:
            return  # a child whose parent is gone ends as its socket closes
        try:
            os.kill(pid, signal.SIGKILL)
            self._control.send(NUMBER.pack(pid))
        except (ProcessLookupError, OSError):
            return

    async def close(self) -> None:
        """End the process; it first waits for the children that were ended."""
        self._closed = True
        process, control = self._process, self._control
        if control is not None:
            control.close()
        if process is None:
            return
        try:
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _birth(self) -> Child:
        async with self._lock:
            control = await self._started()
            ours, theirs = socket.socketpair()
            ours.setblocking(False)
            with theirs:
                try:
                    socket.send_fds(control, [NUMBER.pack(0)], [theirs.fileno()])
                    pid = await self._number(control)
                except (NoReader, OSError) as error:
                    ours.close()
                    raise self._failure() from error
            source, sink = await asyncio.open_connection(sock=ours, limit=256 * 1024)
            return Child(self, pid, source, sink)

    async def _started(self) -> socket.socket:
        """The socket to the process, which is ready. Started anew, in an environment of its own, if it has died."""
        if self._control is not None and self._process is not None and self._process.returncode is None:
            return self._control
        if self._closed:
            raise self._failure()
        path = os.pathsep.join([_ROOT, *filter(None, [os.environ.get("PYTHONPATH")])])
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "bot.mail.parser_child", *self._arguments, str(theirs.fileno()),
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
                env={"PYTHONPATH": path, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
                pass_fds=(theirs.fileno(),),
            )  # fmt: skip
        self._control = ours
        try:
            await self._number(ours)
        except (NoReader, OSError) as error:
            raise self._failure() from error
        return ours

    async def _number(self, control: socket.socket) -> int:
        loop, data = asyncio.get_running_loop(), b""
        try:
            async with asyncio.timeout(START_SECONDS):
                while len(data) < NUMBER.size:
                    piece = await loop.sock_recv(control, NUMBER.size - len(data))
                    if not piece:
                        raise NoReader("the process that reads mails has ended")
                    data += piece
        except TimeoutError as error:
            raise NoReader("the process that reads mails does not answer") from error
        number: int = NUMBER.unpack(data)[0]
        return number

    def _failure(self) -> Exception:
        """Why there is no child; the process, if any, is ended, so that the next try starts another."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._closed:
            return ChildKilled("the pool of readers is closed")
        return NoReader("the process that reads mails does not start")


def _unwanted(birth: asyncio.Future[Child]) -> None:
    """Nobody waits for this child any more."""
    if not birth.cancelled() and birth.exception() is None:
        birth.result().kill()
