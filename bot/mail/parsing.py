"""A pool of killable children that read mails, so that no mail can hang, fill or crash the bot, and all cores read."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.mail.nursery import Child, ChildKilled, NoReader, Nursery
from bot.mail.parser_child import LENGTH, both_from_json
from intents.letter import Letter
from intents.message import Unreadable
from intents.mime import MAX_BYTES
from intents.reading import Reading

__all__ = ["Both", "ChildKilled", "NoReader", "ParserPool"]

DEFAULT_CHILDREN = 2
WALL_SECONDS = 10.0
MEMORY = 512 * 1024 * 1024
"""Bytes of address space of one child."""
BATCH = 64
"""Mails handed to a child at once."""
MAX_ANSWER = 16 * 1024 * 1024
MAILS_PER_CHILD = 20_000
"""After so many a child is replaced, whatever it may have gathered."""
WRITTEN_AT_ONCE = 64 * 1024
"""Bytes."""

Both = tuple[Letter, Reading | None]
"""A letter and what was understood of it; None from a pool that only parses."""


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
        self._nursery = Nursery([str(max(1, int(wall_seconds))), str(memory), authserv_id or "", read])
        self._wall_seconds = wall_seconds
        self._children = children
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
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
        for child in (*self._idle, *self._busy):
            child.kill()
        self._idle.clear()
        await self._nursery.close()

    async def __aenter__(self) -> "ParserPool":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _piece(self, raws: Sequence[bytes]) -> list[Both | Unreadable]:
        """Read a piece, going on in a new child behind each mail that killed the old one."""
        results: list[Both | Unreadable] = []
        while len(results) < len(raws):
            async with self._child() as child:
                results += await _read(child, raws[len(results) :], self._wall_seconds)
        return results

    @asynccontextmanager
    async def _child(self) -> AsyncIterator[Child]:
        async with self._places:
            child = self._idle.pop() if self._idle else await self._nursery.child()
            self._busy.add(child)
            whole = False
            try:
                if self._closed:
                    raise ChildKilled("the pool of readers is closed")
                yield child
                whole = child.alive and not self._closed and child.count < MAILS_PER_CHILD
            finally:
                self._busy.discard(child)
                if whole:
                    self._idle.append(child)
                else:
                    child.kill()


async def _read(child: Child, raws: Sequence[bytes], wall_seconds: float) -> list[Both | Unreadable]:
    """Results up to and with the first mail that killed the child, or for all."""
    results: list[Both | Unreadable] = []
    sending = asyncio.create_task(_send(child.sink, raws))
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as patience:
            for raw in raws:
                patience.reschedule(loop.time() + wall_seconds)
                results.append(_over_size(raw) or await _receive(child.source))
    except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError, KeyError, TypeError) as error:
        child.kill()
        results.append(ChildKilled(_death(error, wall_seconds)))
    finally:
        child.count += len(results)
        sending.cancel()
    return results


async def _send(sink: asyncio.StreamWriter, raws: Sequence[bytes]) -> None:
    """Small mails go out together."""
    waiting: list[bytes] = []
    size = 0
    try:
        for raw in raws:
            if _over_size(raw) is None:
                waiting += (LENGTH.pack(len(raw)), raw)
                size += len(raw)
            if size > WRITTEN_AT_ONCE:
                sink.writelines(waiting)
                waiting, size = [], 0
                await sink.drain()
        sink.writelines(waiting)
        await sink.drain()
    except ConnectionError:
        return  # the reading side sees the same end, and says which mail it was


async def _receive(source: asyncio.StreamReader) -> Both | Unreadable:
    size = LENGTH.unpack(await source.readexactly(LENGTH.size))[0]
    if size > MAX_ANSWER:
        raise ValueError("the answer of a reader is too long")
    answer = await source.readexactly(size)
    if answer.startswith(b"!"):
        return Unreadable(answer[1:].decode("utf-8"))
    return both_from_json(answer)


def _over_size(raw: bytes) -> Unreadable | None:
    """Too large to be sent to a child at all."""
    return Unreadable(f"the mail is larger than {MAX_BYTES // 1024 // 1024} MB") if len(raw) > MAX_BYTES else None


def _death(error: Exception, wall_seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return f"reading the mail took longer than {wall_seconds:g} seconds"
    if isinstance(error, asyncio.IncompleteReadError | ConnectionError):
        return "the reader died over this mail: too much memory or time, or a crash"
    return "the reader gave an answer that is no letter"
