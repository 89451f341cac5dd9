"""`make crash`: every proof of this folder, in shards that can be broken off, gone on with and run side by side.

`python -m tests.crash.full [--short] [--jobs N] [--folder DIR] [--points N] [--only WORD]`. Each shard is a process and
leaves a file in DIR; one that is there already is not run again. The tables are printed at the end, and by `--report`
at any time; the exit code is 1 where anything was lost, doubled or broken.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ENGINES = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True)
class Shard:
    """One process. Shards of one `group` are summed up in one column of the table `table`."""

    table: str
    group: str
    number: int
    module: str
    arguments: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.table}-{self.group}-{self.number:02}".replace(" ", "-")

    def command(self, folder: Path) -> list[str]:
        return [sys.executable, "-m", f"tests.crash.{self.module}", *self.arguments, "--json", str(self.file(folder))]

    def file(self, folder: Path) -> Path:
        return folder / f"{self.name}.json"


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything: `shards` of `kills` random kills and `points` at every of `sample` named points each."""

    shards: int
    kills: int
    points: int
    sample: int
    readers: int
    keeping: int
    copies: int
    soak: int
    tickets: int
    storm: int
    backlog: int
    faults: bool


FULL = Size(10, 100, 2, 1000, 60, 150, 500, 60, 10_000, 5000, 10_000, faults=True)
SHORT = Size(1, 12, 1, 12, 4, 9, 30, 6, 500, 500, 200, faults=False)
"""The cases of the faults are tests as well, and were run before."""


def plan(size: Size) -> Iterator[Shard]:
    """What is run; the kills last, since they take longest."""
    for engine in ENGINES:
        few = ("--kills", str(size.readers), "--sample", "0", "--readers", "--engine", engine)
        yield Shard("kills with real reading children", engine, 0, "run", few)
        yield Shard("purge, backup, key rotation killed", engine, 0, "keeping",
                    ("--kills", str(size.keeping), "--engine", engine))  # fmt: skip
    yield Shard("three processes on one PostgreSQL", "soak", 0, "soak", ("--kills", str(size.soak)))
    if size.faults:
        yield Shard("K4 K5 K6 faults, K8 poison, outages", "tests", 0, "faults", ())
    yield Shard("K5 backlog", "sqlite", 0, "backlog", ("--mails", str(size.backlog)))
    yield Shard("K7 copies", "sqlite", 0, "copies", ("--copies", str(size.copies)))
    yield Shard("K9 cancellations", "both", 0, "storm", ("--cancellations", str(size.storm)))
    yield Shard("K10 restart", "sqlite", 0, "restart", ("--tickets", str(size.tickets)))
    for number in range(size.shards):
        for engine in ENGINES:
            amount = ("--kills", str(size.kills), "--points", str(size.points), "--sample", str(size.sample))
            yield Shard("K1 K2 K3 kills", engine, number, "run", ("--engine", engine, *amount))


async def run_all(shards: Sequence[Shard], folder: Path, jobs: int) -> None:
    """Those that are not done yet, so many at a time."""
    lane = asyncio.Semaphore(jobs)

    async def one(shard: Shard) -> None:
        async with lane:
            if shard.file(folder).exists():
                return
            began = time.monotonic()
            with (folder / f"{shard.name}.log").open("wb") as log:
                process = await asyncio.create_subprocess_exec(*shard.command(folder), stdout=log, stderr=log)
                code = await process.wait()
            print(f"{time.strftime('%H:%M:%S')}  {shard.name}: {code}, {time.monotonic() - began:.0f} s", flush=True)

    await asyncio.gather(*(one(shard) for shard in shards))


def report(shards: Sequence[Shard], folder: Path) -> bool:
    """Print a table for each proof; whether everything was done and nothing is wrong."""
    good = True
    for table in dict.fromkeys(shard.table for shard in shards):
        mine = [shard for shard in shards if shard.table == table]
        columns: dict[str, dict[str, float]] = {}
        wrong: list[str] = []
        for shard in mine:
            column = columns.setdefault(shard.group, {})
            if not shard.file(folder).exists():
                wrong.append(f"{shard.name} has not ended: see {folder / shard.name}.log")
                continue
            found = json.loads(shard.file(folder).read_text())
            add(column, found["figures"])
            wrong += [f"{shard.name}: {sentence}" for sentence in found["wrong"]]
        print_columns(table, columns)
        print("".join(f"  WRONG  {sentence}\n" for sentence in wrong), end="")
        good = good and not wrong
    print(f"\nload of the machine at the end: {os.getloadavg()[0]:.1f}; files: {folder}")
    return good


def add(column: dict[str, float], figures: dict[str, float]) -> None:
    """Sum up; of what is a longest, or a size that is the same everywhere, the largest counts."""
    for name, figure in figures.items():
        largest = name.startswith(("longest", "named points"))
        column[name] = max(column.get(name, 0), figure) if largest else column.get(name, 0) + figure


def print_columns(title: str, columns: dict[str, dict[str, float]]) -> None:
    """One line a figure, one column a group."""
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    width = max([len(name) for name in names] + [40])
    print(f"\n{title:<{width + 2}}" + "".join(f"{group:>12}" for group in columns))
    for name in names:
        print(f"  {name:<{width}}" + "".join(f"{column.get(name, ''):>12}" for column in columns.values()))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true", help="some minutes' worth, as CI runs it")
    parser.add_argument("--jobs", type=int, default=2, help="shards side by side")
    parser.add_argument("--folder", type=Path, help="where results lie; one that was used before is gone on with")
    parser.add_argument("--points", type=int, help="kills at each named point in a shard (full: 2 in each of 10)")
    parser.add_argument("--only", default="", help="only the proofs with this word in their name")
    parser.add_argument("--report", action="store_true", help="only print the tables of what is there")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="rightsdesk-crash-"))
    folder.mkdir(parents=True, exist_ok=True)
    size = SHORT if chosen.short else FULL
    size = replace(size, points=chosen.points or size.points)
    shards = [shard for shard in plan(size) if chosen.only in shard.name]
    if not chosen.report:
        print(f"{len(shards)} shards, results in {folder} (go on with --folder {folder})", flush=True)
        asyncio.run(run_all(shards, folder, chosen.jobs))
    sys.exit(0 if report(shards, folder) else 1)


if __name__ == "__main__":
    main()
