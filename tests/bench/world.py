"""What stands around the bot while it is measured: a real Dovecot, a sink, and the bot in a process of its own."""

import base64
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.letters import SUPPORT, Mail
from tests.servers import free_port, listens, require, until
from tests.servers.dovecot import PASSWORD, Dovecot

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Sink:
    """smtp-sink(1), which takes every mail and counts it."""

    port: int
    out: Path

    @property
    def taken(self) -> int:
        """Mails taken since it started (it prints "sess=1 quit=0 mesg=17")."""
        found = re.findall(rb"mesg=(\d+)", self.out.read_bytes()[-400:])
        return int(found[-1]) if found else 0


@contextmanager
def counting_sink() -> Iterator[Sink]:
    """Never the bottleneck: it takes 20,000 mails a second."""
    program = require("smtp-sink", "postfix")
    port = free_port()
    out = Path(tempfile.mkstemp(prefix="rightsdesk-sink-")[1])
    who = ["-u", "nobody"] if os.geteuid() == 0 else []
    with out.open("wb") as log:
        process = subprocess.Popen([str(program), "-c", *who, f"127.0.0.1:{port}", "256"], stdout=log, stderr=log)
    try:
        until(lambda: listens(port), "smtp-sink")
        yield Sink(port, out)
    finally:
        process.terminate()
        process.wait(10)
        out.unlink()


def fill(dovecot: Dovecot, user: str, mails: Sequence[Mail]) -> None:
    """Put mails into a mailbox's Maildir, as if they had all arrived while the bot was away."""
    box = dovecot.folder / "mail" / user
    owner = (dovecot.folder / "mail").stat()
    for name in ("", "tmp", "new", "cur"):
        (box / name).mkdir(exist_ok=True)
        os.chown(box / name, owner.st_uid, owner.st_gid)
    for number, mail in enumerate(mails):
        path = box / "new" / f"{int(time.time())}.M{number:06d}P1.bench"
        path.write_bytes(mail.raw.replace(b"\r\n", b"\n"))
        os.chown(path, owner.st_uid, owner.st_gid)


def configuration(folder: Path, imap: int, smtp: int, user: str, **over: Any) -> dict[str, Any]:
    """A bot's configuration as a document; `over` changes whole sections."""
    return {
        "company": {"name": "Opterre", "postal_address": "1 Mill Lane, Denver, CO 80202", "contact": SUPPORT},
        "mailbox": {"host": "127.0.0.1", "port": imap, "security": "none", "user": user, "password": PASSWORD},
        "smtp": {
            "host": "127.0.0.1", "port": smtp, "security": "none", "from_name": "Opterre", "from_address": SUPPORT,
        },
        "slack": {"staff_channel": "C0"},
        "answers": {
            "purposes": "orders", "categories": "contact data", "retention": "6 years", "lists": "News",
            "how_to_see": "the account page",
        },
        "limits": {"answers_per_hour": 100_000},
        "database": {
            "url": f"sqlite://{folder}/bench.sqlite3", "master_key": base64.b64encode(bytes(range(32))).decode(),
        },
        "log": {"format": "json", "level": "INFO"},
        "processors": [
            {"name": "Mailer Inc.", "holds": "address and mailings", "how": {"erase": "delete", "unsubscribe": "stop"}},
            {"name": "Vault GmbH", "holds": "backups", "how": {"erase": "delete", "access": "export"}},
        ],
    } | over  # fmt: skip


@dataclass
class Usage:
    """CPU seconds so far (`readers` are the children's), and the highest memory in kB, of the bot with its children."""

    cpu: float = 0.0
    readers: float = 0.0
    rss: int = 0
    pss: int = 0


@dataclass
class Bot:
    """The bot in a process of its own. `usage` is renewed by `look`."""

    process: subprocess.Popen[bytes]
    folder: Path
    url: str
    started: float
    usage: Usage = field(default_factory=Usage)

    def look(self) -> Usage:
        """Read what the kernel says of the process and its children."""
        pids = _family(self.process.pid)
        cpu = readers = rss = pss = 0.0
        for pid in pids:
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                memory = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            spent = (int(fields[11]) + int(fields[12])) / _TICK
            cpu += spent
            readers += spent if pid != self.process.pid else 0
            rss += int(re.search(r"^Rss:\s+(\d+)", memory, re.M)[1])  # type: ignore[index]
            pss += int(re.search(r"^Pss:\s+(\d+)", memory, re.M)[1])  # type: ignore[index]
        old = self.usage
        self.usage = Usage(max(cpu, old.cpu), max(readers, old.readers), max(int(rss), old.rss), max(int(pss), old.pss))
        return self.usage

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _family(pid: int) -> list[int]:
    pids, todo = [], [pid]
    while todo:
        pids.append(one := todo.pop())
        try:
            todo += [int(word) for word in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return pids


@contextmanager
def running_bot(config: dict[str, Any], folder: Path, *, profile: str = "") -> Iterator[Bot]:
    """Started with this configuration; stopped at the end."""
    path = folder / "bot.json"
    path.write_text(json.dumps(config))
    started = time.monotonic()
    with (folder / "bot.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.bot", str(path), *([profile] if profile else [])],
            stdout=log,
            stderr=log,
        )
    bot = Bot(process, folder, config["database"]["url"], started)
    try:
        yield bot
    finally:
        bot.stop()


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database says is done and what is still to do."""

    mails: int = 0
    unread: int = 0
    parked: int = 0
    ours: int = 0
    tickets: int = 0
    letters: int = 0
    open_letters: int = 0
    open_notes: int = 0


_COUNTS = (
    "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM inbox WHERE state = 'new'),"
    " (SELECT count(*) FROM inbox WHERE state = 'parked'), (SELECT count(*) FROM inbox WHERE state = 'ours'),"
    " (SELECT count(*) FROM tickets), (SELECT count(*) FROM outbox WHERE kind = 'mail' AND state = 'done'),"
    " (SELECT count(*) FROM outbox WHERE kind = 'mail' AND state <> 'done'),"
    " (SELECT count(*) FROM outbox WHERE kind <> 'mail' AND state <> 'done')"
)


def counts(url: str) -> Counts:
    """Looks into the bot's database from outside."""
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite://")
        try:
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1) as database:
                return Counts(*database.execute(_COUNTS).fetchone())
        except sqlite3.OperationalError:
            return Counts()
    done = subprocess.run(["psql", "-qtAX", "-F", " ", url, "-c", _COUNTS], check=False, capture_output=True, text=True)
    return Counts(*(int(word) for word in done.stdout.split()))
