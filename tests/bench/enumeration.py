"""Can a stranger tell from our answers whether an address is known? 200 known and 200 unknown ones, over real SMTP.

Run `python -m tests.bench.enumeration`: counts the mails to each writer and compares the delays of the two groups by
the two-sided Kolmogorov-Smirnov test. Exit code 1 if the counts differ or p is 0.05 or less.
"""

import argparse
import asyncio
import math
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bot.app import App
from bot.demo.servers.mail import MailTown
from tests.journeys.impostor.town import KNOWN, SUPPORT, Staff, config, mail

ASK = "Please send me a copy of the personal data you hold about {}."


def ks_p(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """D and the asymptotic p of two samples (Kolmogorov's series with Stephens' correction)."""
    both = sorted([(x, 0) for x in one] + [(x, 1) for x in other])
    steps, distance = [0.0, 0.0], 0.0
    for _, which in both:
        steps[which] += 1 / (len(other) if which else len(one))
        distance = max(distance, abs(steps[0] - steps[1]))
    size = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    lam = (size + 0.12 + 0.11 / size) * distance
    series = 2 * sum((-1) ** (k - 1) * math.exp(-2 * k * k * lam * lam) for k in range(1, 101))
    return distance, min(1.0, max(0.0, series)) if lam > 0.2 else 1.0


async def measure(each: int, delay: float, seconds: float) -> tuple[list[float], list[float], list[int]]:
    """The delays for known and unknown addresses, and how many mails each writer got."""
    with tempfile.TemporaryDirectory() as folder:
        known = KNOWN[:each]
        cases = [(f"k{n}@else.example", address) for n, address in enumerate(known)]
        cases += [(f"u{n}@else.example", f"nobody{n}@kundin.example") for n in range(each)]
        random.shuffle(cases)
        town = MailTown({SUPPORT: "post", **{writer: "" for writer, _ in cases}, **dict.fromkeys(known, "")})
        async with town:
            mailbox = {"host": "127.0.0.1", "port": town.imap_port, "security": "none", "user": SUPPORT}
            smtp = {"host": "127.0.0.1", "port": town.smtp_port, "security": "none", "user": SUPPORT}
            smtp |= {"password": "post", "from_name": "Opterre", "from_address": SUPPORT}
            limits = {"answers_per_hour": 100_000, "neutral_delay": delay}
            app = await App.build(
                config(Path(folder), mailbox=mailbox | {"password": "post"}, smtp=smtp, limits=limits)
            )
            app.staff = Staff()
            await app.start()
            asked = {}
            for writer, address in cases:
                asked[writer] = time.time()
                await town.deliver(mail(writer, "Request", ASK.format(address)), SUPPORT, writer)
                await asyncio.sleep(seconds)
            await asyncio.sleep(2 * delay + 12)
            await app.stop()
        arrived = {writer: [m.at.timestamp() for m in town.mailbox(writer)] for writer, _ in cases}
        waits = {writer: times[0] - asked[writer] for writer, times in arrived.items() if times}
        told = [[waits[w] for w, _ in cases if w in waits and w[0] == group] for group in "ku"]
        return told[0], told[1], [len(times) for times in arrived.values()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=200, help="addresses in each group")
    parser.add_argument("--delay", type=float, default=10, help="seconds, as limits.neutral_delay")
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between two letters")
    given = parser.parse_args()
    known, unknown, counts = asyncio.run(measure(given.each, given.delay, given.pause))
    distance, p = ks_p(known, unknown)
    for name, waits in (("known", known), ("unknown", unknown)):
        print(f"{name:<8} {len(waits)} answers, mean {sum(waits) / len(waits):.2f} s, max {max(waits):.2f} s")
    print(f"mails to each writer: {min(counts)} to {max(counts)}; KS D = {distance:.3f}, p = {p:.3f}")
    raise SystemExit(0 if set(counts) == {1} and p > 0.05 else 1)


if __name__ == "__main__":
    main()
