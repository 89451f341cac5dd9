"""The whole road: a full mailbox, until every ticket is stored and every answer is taken by a sink.

`python -m tests.bench.road [--mails 500] [--privacy 1.0] [--postgres] [--profile FILE]`
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.letters import mails
from tests.bench.world import Bot, Counts, Sink, Usage, configuration, counting_sink, counts, fill, running_bot
from tests.servers.dovecot import Dovecot, run_dovecot
from tests.servers.postgres import run_postgres

LONGEST = 600.0


def road(
    dovecot: Dovecot, user: str, *, count: int, privacy: float, url: str | None = None, profile: str = ""
) -> dict[str, Any]:
    """Mails a second from the start of the process, and from its first mail, to the last answer; memory; CPU."""
    letters = mails(count, privacy=privacy, tag=user)
    fill(dovecot, user, letters)
    with tempfile.TemporaryDirectory(prefix="rightsdesk-bench-") as name, counting_sink() as sink:
        folder = Path(name)
        config = configuration(folder, dovecot.imap, sink.port, user)
        if url is not None:
            config["database"]["url"] = url
        with running_bot(config, folder, profile=profile) as bot:
            first, seconds, found, before = _until_done(bot, sink, count)
            usage, taken = bot.look(), sink.taken
    readers, cpu = usage.readers - before.readers, usage.cpu - before.cpu
    return {
        "mails": count, "privacy": sum(mail.privacy for mail in letters), "tickets": found.tickets, "ours": found.ours,
        "answers": found.letters, "taken by the sink": taken, "parked": found.parked,
        "seconds": round(seconds, 2), "mails/s": round(count / seconds, 1),
        "after the first mail/s": round(count / (seconds - first), 1), "first mail stored after s": round(first, 2),
        "cpu ms/mail": round(1000 * cpu / count, 2), "of it reading": round(1000 * readers / count, 2),
        "cpu s until then": round(before.cpu, 2), "rss MiB": usage.rss // 1024, "pss MiB": usage.pss // 1024,
    }  # fmt: skip


def _until_done(bot: Bot, sink: Sink, count: int) -> tuple[float, float, Counts, Usage]:
    """(seconds to the first stored mail, seconds to the end, what was found then, what was used before the first)."""
    first, before = 0.0, Usage()
    while True:
        found, now = counts(bot.url), time.monotonic() - bot.started
        if found.mails and not first:
            first, before = now, bot.look()
        over = found.mails >= count and not (found.unread or found.open_letters or found.open_notes)
        if over and sink.taken >= found.letters:
            return first, now, found, before
        if now > LONGEST or bot.process.poll() is not None:
            raise SystemExit(f"not done after {now:.0f} s: {found}\n{(bot.folder / 'bot.log').read_text()[-3000:]}")
        bot.look()
        time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=500)
    parser.add_argument("--privacy", type=float, default=1.0)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--profile", default="")
    chosen = parser.parse_args()
    with run_dovecot() as dovecot:
        args = {"count": chosen.mails, "privacy": chosen.privacy, "profile": chosen.profile}
        if chosen.postgres:
            with run_postgres() as postgres:
                print(road(dovecot, "boxpg", url=postgres.new_database("bench"), **args))
        else:
            print(road(dovecot, "box", **args))


if __name__ == "__main__":
    main()
