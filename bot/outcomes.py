"""What became of a row of the outbox: remembered until it is written down."""

from dataclasses import dataclass
from datetime import datetime

from storage import audit, outbox
from storage.models import OutboxRow


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row, to be written down. `until`: not before then. `note`: what staff are told with it."""

    row: OutboxRow
    state: str
    error: str = ""
    until: datetime | None = None
    note: str | None = None


def held_back(row: OutboxRow, error: str) -> Outcome:
    """A letter with personal data that may have gone out, or not: staff look and decide."""
    note = (
        f"The letter “{row.name}” may have gone out, or not: the connection broke. Look in the Sent folder or ask "
        f"the person, then `rightsdesk outbox send {row.id[:8]}` or `rightsdesk outbox drop {row.id[:8]}`."
    )
    return Outcome(row, outbox.HELD, error, note=note)


def sent_line(row: OutboxRow) -> audit.Line:
    """The log line of a letter that the other side has taken."""
    return audit.Line("LetterSent", "rightsdesk", row.ticket, {"letter": row.name, "outbox": row.id[:8]})
