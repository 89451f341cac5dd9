"""From a letter's arrival to its answer at the next server, under IDLE and under polling.

A second client idles beside the bot and hears when the server tells of the mail: what lies before that is the server's
(Dovecot holds every push back half a second), what lies after it is ours. `python -m tests.bench.latency [--mails 30]`
"""

import argparse
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.bench.letters import mails
from tests.bench.world import configuration, running_bot
from tests.servers import free_port, until
from tests.servers.dovecot import Dovecot, run_dovecot

_SURE = b"Please delete my account and all the personal data"
_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.M | re.I)
_ANSWERS = re.compile(rb"^In-Reply-To:\s*(<[^>]+>)", re.M | re.I)


class Notes:
    """Takes every mail and notes when, by the letter it answers."""

    def __init__(self) -> None:
        self.taken: dict[bytes, float] = {}

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        answered = _ANSWERS.search(envelope.content or b"")  # type: ignore[arg-type]
        if answered:
            self.taken.setdefault(answered[1], time.monotonic())
        return "250 taken"


@contextmanager
def noting_server() -> Iterator[tuple[Notes, int]]:
    notes, port = Notes(), free_port()
    controller = Controller(notes, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield notes, port
    finally:
        controller.stop()


class Listener:
    """A client that idles and notes when the server told of new mail."""

    def __init__(self, dovecot: Dovecot, user: str) -> None:
        self._client = dovecot.staff(user)
        self.told: list[float] = []
        self._client.send(b"x IDLE\r\n")
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            while line := self._client.readline():
                if b"EXISTS" in line:
                    self.told.append(time.monotonic())
        except (OSError, ValueError):  # closed at the end
            return

    def close(self) -> None:
        self._client.shutdown()


def latency(dovecot: Dovecot, user: str, *, count: int, poll_ms: int | None = None) -> dict[str, Any]:
    """Milliseconds from delivery to answer; and, under IDLE, from the server's word to the answer."""
    known_to_be_answered = (mail for mail in mails(count * 12, privacy=1.0, tag=user) if _SURE in mail.raw)
    letters = list(islice(known_to_be_answered, count))
    whole, own = [], []
    with tempfile.TemporaryDirectory(prefix="rightsdesk-bench-") as name, noting_server() as (notes, port):
        config = configuration(Path(name), dovecot.imap, port, user)
        config["mailbox"]["poll_ms"] = poll_ms
        dovecot.doveadm("mailbox", "list", "-u", user)
        with running_bot(config, Path(name)) as bot:
            until(lambda: b'"started"' in (bot.folder / "bot.log").read_bytes(), "the bot's start", 60)
            time.sleep(2)
            listener = Listener(dovecot, user)
            for number, mail in enumerate(letters):
                known = len(listener.told)
                dovecot.deliver(user, mail.raw)
                delivered = time.monotonic()
                id_ = _ID.search(mail.raw)[1]  # type: ignore[index]
                end = delivered + 3
                while id_ not in notes.taken and time.monotonic() < end:
                    time.sleep(0.002)
                if number and id_ in notes.taken:
                    whole.append(1000 * (notes.taken[id_] - delivered))
                    if len(listener.told) > known:
                        own.append(1000 * (notes.taken[id_] - listener.told[known]))
                time.sleep(0.05)
            listener.close()
    row: dict[str, Any] = {
        "what": f"poll_ms = {poll_ms}" if poll_ms else "IDLE",
        "letters": len(letters),
        "answered": len(whole),
        **_parts("ms", whole),
    }
    return row | (_parts("own share ms", own) if poll_ms is None else {})


def _parts(name: str, values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    if not ordered:
        return {}
    return {
        f"{name} p50": round(ordered[len(ordered) // 2], 1),
        f"{name} p99": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=30)
    chosen = parser.parse_args()
    with run_dovecot() as dovecot:
        print(latency(dovecot, "idle", count=chosen.mails))
        print(latency(dovecot, "poll", count=chosen.mails, poll_ms=100))


if __name__ == "__main__":
    main()
