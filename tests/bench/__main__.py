"""Every measurement, as one table, and as a file in bench-results/. `make bench`, or `python -m tests.bench [--full]`.

The machine decides much: compare figures of one run with each other, and CPU milliseconds rather than seconds.
"""

import argparse
import json
import os
import platform
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.latency import latency
from tests.bench.peer import peer
from tests.bench.reading import measure
from tests.bench.road import road
from tests.bench.start import start
from tests.bench.sweep import sweep
from tests.servers.dovecot import run_dovecot
from tests.servers.postgres import run_postgres

Row = dict[str, Any]
RESULTS = Path("bench-results")


def every(*, full: bool, with_peer: bool) -> Iterator[tuple[str, list[Row]]]:
    """(title, rows) of one measurement after the other."""
    mails = 2000 if full else 300
    yield "Reading", measure(1000 if full else 200)
    yield "Start and rest", [start(5 if full else 3)]
    with ExitStack() as stack:
        dovecot = stack.enter_context(run_dovecot())
        roads: list[tuple[str, float]] = [("mixed", 0.2), ("privacy", 1.0), ("ordinary", 0.0)]
        yield (
            "The whole road, SQLite",
            [{"what": name, **road(dovecot, f"road{name}", count=mails, privacy=share)} for name, share in roads],
        )
        if full:
            postgres = stack.enter_context(run_postgres())
            url = postgres.new_database("road")
            yield (
                "The whole road, PostgreSQL",
                [{"what": "privacy", **road(dovecot, "roadpostgres", count=mails, privacy=1.0, url=url)}],
            )
        count = 100 if full else 20
        yield (
            "Arrival to answer",
            [
                latency(dovecot, "idle", count=count),
                latency(dovecot, "poll", count=count, poll_ms=100),
            ],
        )
    yield "The clock's sweep", sweep(tickets=1_000_000 if full else 100_000, due=10_000 if full else 500)
    if with_peer:
        yield "The fastest peer, in the same hour", [peer(300)]


def table(title: str, rows: list[Row]) -> str:
    """Rows of figures below each other: one line a figure, one column a row."""
    names = list(dict.fromkeys(name for row in rows for name in row if name != "what"))
    heads = [str(row.get("what", "")) for row in rows]
    wide = max(map(len, [title, *names]))
    lines = [f"{title:<{wide}}  " + "  ".join(f"{head:>16}" for head in heads)]
    for name in names:
        values = [str(row.get(name, "")) for row in rows]
        if any(len(value) > 40 for value in values):
            lines += [f"{name:<{wide}}  {head}: {value}" for head, value in zip(heads, values, strict=True)]
        else:
            lines.append(f"{name:<{wide}}  " + "  ".join(f"{value:>16}" for value in values))
    return "\n".join(lines)


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], check=False, capture_output=True, text=True)
    return done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--full", action="store_true", help="2,000 mails, PostgreSQL too, more of everything")
    parser.add_argument("--peer", action="store_true", help="also measure django-helpdesk, in a temporary venv")
    chosen = parser.parse_args()
    began, stamp = time.monotonic(), f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    results: dict[str, Any] = {
        "at": stamp,
        "commit": _commit(),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()},
    }
    for title, rows in every(full=chosen.full, with_peer=chosen.peer):
        print(table(title, rows), end="\n\n", flush=True)
        results[title] = rows
    results["machine"]["load after"] = os.getloadavg()
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{stamp}.json"
    path.write_text(json.dumps(results, indent=1) + "\n")
    load = f"load {results['machine']['load'][0]:.1f} before, {os.getloadavg()[0]:.1f} after"
    print(f"{time.monotonic() - began:.0f} s; {load}; {path}")


if __name__ == "__main__":
    main()
