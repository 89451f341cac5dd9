"""A pool of killable children that read mails, so that no mail can hang, fill or crash the bot, and all cores read."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.mail.parser_child import LENGTH, both_from_json
from intents.letter import Letter
from intents.message import Unreadable
from intents.mime import MAX_BYTES
from intents.reading import Reading

DEFAULT_CHILDREN = 2
WALL_SECONDS = 10.0
START_SECONDS = 60.0
"""How long a child may take to load its words, on a machine that is busy with other things."""
MEMORY = 512 * 1024 * 1024
"""Bytes of address space of one child."""
BATCH = 64
"""Mails handed to a child at once."""
MAX_ANSWER = 16 * 1024 * 1024
MAILS_PER_CHILD = 20_000
"""After so many a child is replaced, whatever it may have gathered."""

_ROOT = str(Path(__file__).resolve().parents[2])


class ChildKilled(Unreadable):
    """The child that read this mail died or was killed: time, memory, or a crash. Another try may still succeed."""


Both = tuple[Letter, Reading | None]
"""A letter and what was understood of it; None from a pool that only parses."""


class NoReader(Exception):
    """A child can't even start: no mail is to blame, and none was read."""


class ParserPool:
    """Reads mails in children. Starts them when first needed, or by `warm`; `close` ends them at once.

    With `understanding` the children also say what each letter asks (`intents.reader`), so that neither the work of it
    nor a text that makes it slow is the loop's. May be used by any number of tasks of one event loop. A cancelled read
    kills its child and starts none.
    """

    def __init__(
        self,
        *,
        authserv_id: str | None = None,
        children: int = DEFAULT_CHILDREN,
        wall_seconds: float = WALL_SECONDS,
        memory: int = MEMORY,
        understanding: bool = False,
    ) -> None:
        read = "read" if understanding else ""
        self._arguments = [str(max(1, int(wall_seconds))), str(memory), authserv_id or "", read]
        self._wall_seconds = wall_seconds
        self._children = children
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._ended: list[_Child] = []
        self._places = asyncio.Semaphore(children)
        self._closed = False

    async def read(self, raw: bytes) -> Letter:
        """The letter in `raw`. Raises `Unreadable` (over a cap, or as `ChildKilled`) and `NoReader`."""
        [result] = await self.read_many([raw])
        if isinstance(result, Unreadable):
            raise result
        return result

    async def read_many(self, raws: Sequence[bytes]) -> list[Letter | Unreadable]:
        """One result for each mail, in the same order; far cheaper for many small mails than as many `read`s."""
        results = await self.read_both(raws)
        return [result if isinstance(result, Unreadable) else result[0] for result in results]

    async def read_both(self, raws: Sequence[bytes]) -> list[Both | Unreadable]:
        """Like `read_many`, each letter with its reading. Both raise `NoReader`."""
        size = max(1, min(BATCH, -(-len(raws) // self._children)))
        pieces = [raws[start : start + size] for start in range(0, len(raws), size)]
        results = await asyncio.gather(*(self._piece(piece) for piece in pieces))
        return [result for piece in results for result in piece]

    async def warm(self) -> None:
        """Start one child, so that the first mail need not wait; more come with the work. Raises `NoReader`."""
        async with self._child():
            return

    async def close(self) -> None:
        """Kill all children; reads under way fail with `ChildKilled`."""
        self._closed = True
        children = [*self._idle, *self._busy, *self._ended]
        self._idle.clear()
        for child in children:
            child.kill()
        await asyncio.gather(*(child.gone() for child in children))

    async def __aenter__(self) -> "ParserPool":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _piece(self, raws: Sequence[bytes]) -> list[Both | Unreadable]:
        """Read a piece, going on in a new child behind each mail that killed the old one."""
        results: list[Both | Unreadable] = []
        while len(results) < len(raws):
            async with self._child() as child:
                results += await child.read(raws[len(results) :], self._wall_seconds)
        return results

    @asynccontextmanager
    async def _child(self) -> AsyncIterator["_Child"]:
        async with self._places:
            if self._closed:
                raise ChildKilled("the pool of readers is closed")
            child = self._idle.pop() if self._idle else await _Child.start(self._arguments)
            self._busy.add(child)
            whole = False
            try:
                await child.ready()
                yield child
                whole = child.alive and not self._closed and child.count < MAILS_PER_CHILD
            finally:
                self._busy.discard(child)
                if whole:
                    self._idle.append(child)
                else:
                    child.kill()
                    self._ended = [*(ended for ended in self._ended if not ended.is_gone), child]


class _Child:
    """One process. Whoever cannot read an answer to its end must kill it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise ChildKilled("a reader was started without pipes")
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self.alive = True
        self._is_ready = False
        self.count = 0

    @classmethod
    async def start(cls, arguments: list[str]) -> "_Child":
        """A new child without our environment, which may hold secrets."""
        path = os.pathsep.join([_ROOT, *filter(None, [os.environ.get("PYTHONPATH")])])
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "bot.mail.parser_child", *arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": path, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}, limit=256 * 1024,
        )  # fmt: skip
        return cls(process)

    async def ready(self) -> None:
        """Wait until it has loaded what it needs. Raises `NoReader`, and `ChildKilled` where we ended it ourselves."""
        if self._is_ready:
            return
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._stdout.readexactly(LENGTH.size)
        except (TimeoutError, asyncio.IncompleteReadError) as error:
            if not self.alive:
                raise ChildKilled("the pool of readers is closed") from error
            raise NoReader("the process that reads mails does not start") from error
        self._is_ready = True

    async def read(self, raws: Sequence[bytes], wall_seconds: float) -> list[Both | Unreadable]:
        """Results up to and with the first mail that killed the child, or for all."""
        results: list[Both | Unreadable] = []
        sending = asyncio.create_task(self._send(raws))
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(None) as patience:
                for raw in raws:
                    patience.reschedule(loop.time() + wall_seconds)
                    results.append(_over_size(raw) or await self._receive())
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError, KeyError, TypeError) as error:
            self.kill()
            results.append(ChildKilled(_death(error, wall_seconds)))
        finally:
            self.count += len(results)
            sending.cancel()
        return results

    async def _send(self, raws: Sequence[bytes]) -> None:
        try:
            for raw in raws:
                if _over_size(raw) is None:
                    self._stdin.write(LENGTH.pack(len(raw)))
                    self._stdin.write(raw)
                    await self._stdin.drain()
        except ConnectionError:
            return  # the reading side sees the same end, and says which mail it was

    async def _receive(self) -> Both | Unreadable:
        size = LENGTH.unpack(await self._stdout.readexactly(LENGTH.size))[0]
        if size > MAX_ANSWER:
            raise ValueError("the answer of a reader is too long")
        answer = await self._stdout.readexactly(size)
        if answer.startswith(b"!"):
            return Unreadable(answer[1:].decode("utf-8"))
        return both_from_json(answer)

    def kill(self) -> None:
        """End the process now; its pipes close with it."""
        self.alive = False
        if self._process.returncode is None:
            try:
                self._process.kill()
            except ProcessLookupError:
                return

    @property
    def is_gone(self) -> bool:
        """Whether the process has ended and been waited for."""
        return self._process.returncode is not None

    async def gone(self) -> None:
        """Wait until the killed process is no more."""
        await self._process.wait()


def _over_size(raw: bytes) -> Unreadable | None:
    """Too large to be sent to a child at all."""
    return Unreadable(f"the mail is larger than {MAX_BYTES // 1024 // 1024} MB") if len(raw) > MAX_BYTES else None


def _death(error: Exception, wall_seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return f"reading the mail took longer than {wall_seconds:g} seconds"
    if isinstance(error, asyncio.IncompleteReadError):
        return "the reader died over this mail: too much memory or time, or a crash"
    return "the reader gave an answer that is no letter"
