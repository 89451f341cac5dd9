"""The ledger: a file outside of the database, with what must survive its loss and its falsification.

One JSON object a line, only ever appended and synced: heads of the log (`{"head": seq, "hash": …, "tickets": last}`),
numbers of purged tickets (`{"purged": [12, 13]}`), and restored backups (`{"restored": seq}`), after which later heads
no longer count. It holds no personal data. Keep it apart from the backups, or mail a head to somebody now and then.
"""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass
class Known:
    """What a ledger says: hashes of the log by line, purged tickets, and the highest ticket number ever seen."""

    heads: dict[int, str] = field(default_factory=dict)
    purged: set[int] = field(default_factory=set)
    tickets: int = 0


@dataclass(frozen=True)
class Ledger:
    """The file at `path`; it is made when it is first written to."""

    path: Path

    def read(self) -> Known:
        """Everything that was written down. A last line cut short by a crash counts as not written."""
        known = Known()
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        for line in text.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            take_in(known, entry)
        return known

    def head(self, seq: int, digest: str, *, tickets: int, at: datetime) -> None:
        """Write down the newest line of the log."""
        self._append({"head": seq, "hash": digest, "tickets": tickets, "at": at.isoformat()})

    def purged(self, numbers: list[int], at: datetime) -> None:
        """Write down tickets that are about to be purged: before it is done, so that no restore brings them back."""
        self._append({"purged": numbers, "at": at.isoformat()})

    def restored(self, seq: int, at: datetime) -> None:
        """Write down that the log ends with line `seq` again."""
        self._append({"restored": seq, "at": at.isoformat()})

    def _append(self, entry: dict[str, object]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, b"\n" * self._torn() + json.dumps(entry).encode() + b"\n")
            os.fsync(file)
        finally:
            os.close(file)

    def _torn(self) -> int:
        """1 where a crash has left a line without its end."""
        with self.path.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return 0
            file.seek(-1, os.SEEK_END)
            return int(file.read(1) != b"\n")


def take_in(known: Known, entry: dict[str, object]) -> None:
    """Add one line of the ledger to what is known."""
    match entry:
        case {"head": int(seq), "hash": str(digest), "tickets": int(tickets)}:
            known.heads[seq] = digest
            known.tickets = max(known.tickets, tickets)
        case {"purged": list(numbers)}:
            known.purged |= {number for number in numbers if isinstance(number, int)}
        case {"restored": int(seq)}:
            known.heads = {line: digest for line, digest in known.heads.items() if line <= seq}
        case _:
            return
