"""Letters read a second: bytes to letter to reading, on one core, and by the bot's own children.

`python -m tests.bench.reading [--mails 400]`
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from typing import Any

from bot.mail.parsing import ParserPool
from intents.message import read_message
from intents.reader import read_letter
from tests.bench.letters import Mail, mails

KINDS = {"privacy letters": 1.0, "ordinary mail": 0.0}


def measure(count: int) -> list[dict[str, Any]]:
    """A row for each kind of mail."""
    rows = []
    for name, privacy in KINDS.items():
        chosen = mails(count, privacy=privacy, tag="r")
        rows.append({"what": name, "mails": count, **_alone(chosen), **asyncio.run(_by_children(chosen))})
    return rows


def _alone(chosen: Sequence[Mail]) -> dict[str, Any]:
    """CPU milliseconds of one mail, the words of the languages already known."""
    letters = [read_message(mail.raw) for mail in chosen]
    for letter in letters:
        read_letter(letter)
    parsing, reading = [], []
    for mail in chosen:
        began = time.process_time()
        letter = read_message(mail.raw)
        parsed = time.process_time()
        read_letter(letter)
        parsing.append(1000 * (parsed - began))
        reading.append(1000 * (time.process_time() - parsed))
    whole = sum(parsing) + sum(reading)
    return {
        "parsing ms": round(statistics.mean(parsing), 2),
        "reading ms": round(statistics.mean(reading), 2),
        "reading p99 ms": round(sorted(reading)[int(len(reading) * 0.99) - 1], 2),
        "letters/s on one core": round(1000 * len(chosen) / whole, 1),
    }


async def _by_children(chosen: Sequence[Mail]) -> dict[str, Any]:
    raws = [mail.raw for mail in chosen]
    async with ParserPool(understanding=True) as pool:
        await pool.read_both(raws)
        began = time.perf_counter()
        await pool.read_both(raws)
        seconds = time.perf_counter() - began
    return {"letters/s by the children": round(len(chosen) / seconds, 1)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=400)
    for row in measure(parser.parse_args().mails):
        print(row)


if __name__ == "__main__":
    main()
