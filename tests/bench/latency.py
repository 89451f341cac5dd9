"""From a letter's arrival to its answer at the next server, under IDLE and under polling.

A tap on the wire notes when the server tells the bot of the mail: what lies before that is the server's (Dovecot holds
a push back up to half a second), what lies after it is ours. `python -m tests.bench.latency [--mails 30]`
"""

import argparse
import contextlib
import re
import socket
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

from intents.message import read_message
from intents.reader import read_letter
from intents.rights import Intent
from tests.bench.letters import Mail, mails
from tests.bench.world import configuration, running_bot
from tests.servers import free_port, until
from tests.servers.dovecot import Dovecot, run_dovecot

_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.M | re.I)
_ANSWERS = re.compile(rb"^In-Reply-To:\s*(<[^>]+>)", re.M | re.I)


LONGEST = 5.0
"""Seconds that an answer is waited for."""


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


class Tap:
    """A wire between the bot and its IMAP server that notes when the server told the bot of new mail."""

    def __init__(self, server: int) -> None:
        self._server, self._socket = server, socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.told: list[float] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # closed at the end
            while True:
                bot, _ = self._socket.accept()
                server = socket.create_connection(("127.0.0.1", self._server))
                for one, other in ((bot, server), (server, bot)):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    threading.Thread(target=self._pass_on, args=(one, other, one is server), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, is_server: bool) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                if is_server and b" EXISTS" in data:
                    self.told.append(time.monotonic())
                other.sendall(data)
        other.close()

    def close(self) -> None:
        self._socket.close()


def is_clear(mail: Mail) -> bool:
    """Whether it is answered by a machine, as far as its reader can tell: an unclear one waits for staff."""
    reading = read_letter(read_message(mail.raw))
    return not reading.unsure and reading.intents == (Intent.ERASE,)


def latency(dovecot: Dovecot, user: str, *, count: int, poll_ms: int | None = None) -> dict[str, Any]:
    """Milliseconds from delivery to answer, and from the server's word to the answer."""
    letters = list(islice(filter(is_clear, mails(count * 30, privacy=1.0, tag=user)), count))
    whole, own = [], []
    tap = Tap(dovecot.imap)
    with tempfile.TemporaryDirectory(prefix="rightsdesk-bench-") as name, noting_server() as (notes, port):
        config = configuration(Path(name), tap.port, port, user)
        config["mailbox"]["poll_ms"] = poll_ms
        dovecot.doveadm("mailbox", "list", "-u", user)
        with running_bot(config, Path(name)) as bot:
            until(lambda: b'"started"' in (bot.folder / "bot.log").read_bytes(), "the bot's start", 60)
            time.sleep(2)
            for number, mail in enumerate(letters):
                known = len(tap.told)
                dovecot.deliver(user, mail.raw)
                delivered = time.monotonic()
                id_ = _ID.search(mail.raw)[1]  # type: ignore[index]
                end = delivered + LONGEST
                while id_ not in notes.taken and time.monotonic() < end:
                    time.sleep(0.002)
                if number and id_ in notes.taken:  # the first one warms up
                    whole.append(1000 * (notes.taken[id_] - delivered))
                    own.append(1000 * (notes.taken[id_] - tap.told[known]))
                time.sleep(0.05)
    tap.close()
    row: dict[str, Any] = {
        "what": f"poll_ms = {poll_ms}" if poll_ms else "IDLE",
        "letters": len(letters),
        "answered": len(whole),
        **_parts("ms", whole),
    }
    return row | _parts("own share ms", own)


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
