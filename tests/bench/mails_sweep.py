"""Reads every borrowed mail, and a folder of bombs if one is given, through the pool, and prints a table.

`python -m tests.bench.mails_sweep [FOLDER_OF_BOMBS]`
"""

import asyncio
import resource
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

from bot.mail.parsing import ChildKilled, ParserPool
from intents.letter import Letter
from intents.message import Unreadable, read_message
from tests.intents.mails import MAILS, borrowed

MARK = "\ufffd"


async def sweep(paths: list[Path], root: Path) -> None:
    rows: dict[str, list[tuple[Letter | Unreadable, float]]] = defaultdict(list)
    async with ParserPool() as pool:
        await pool.read(b"From: a@b.example\n\nwarm")
        for path in paths:
            raw = path.read_bytes()
            start = time.perf_counter()
            [result] = await pool.read_many([raw])
            name = path.relative_to(root).parts[0] if path.parent != root else root.name
            rows[name].append((result, time.perf_counter() - start))
    print(
        f"{'folder':14}{'files':>6}{'letters':>8}{'parked':>7}{'killed':>7}{'no text':>8}"
        f"{'U+FFFD':>7}{'nobody':>7}{'machine':>8}{'median ms':>10}{'max ms':>8}"
    )
    for name, results in rows.items():
        letters = [result for result, _ in results if isinstance(result, Letter)]
        killed = sum(isinstance(result, ChildKilled) for result, _ in results)
        times = [seconds * 1_000 for _, seconds in results]
        print(
            f"{name:14}{len(results):6}{len(letters):8}{len(results) - len(letters) - killed:7}{killed:7}"
            f"{sum(not one.body for one in letters):8}{sum(MARK in one.body for one in letters):7}"
            f"{sum(one.sender.address is None for one in letters):7}{sum(bool(one.auto_signs) for one in letters):8}"
            f"{statistics.median(times):10.2f}{max(times):8.0f}"
        )


async def rate(raws: list[bytes]) -> None:
    async with ParserPool() as pool:
        await pool.read_many(raws[:10])
        start = time.perf_counter()
        await pool.read_many(raws)
        print(f"in batches: {len(raws) / (time.perf_counter() - start):,.0f} mails a second in 2 children")
    own = []
    for raw in raws:
        start = time.process_time()
        read_message(raw)
        own.append(time.process_time() - start)
    print(f"read_message itself: median {statistics.median(own) * 1_000:.2f} ms of CPU")


def main() -> None:
    paths = borrowed()
    asyncio.run(sweep(paths, MAILS))
    if len(sys.argv) > 1:
        bombs = Path(sys.argv[1])
        asyncio.run(sweep(sorted(bombs.iterdir()), bombs))
    asyncio.run(rate([path.read_bytes() for path in paths]))
    print(f"largest child: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
