"""A ticket's state rebuilt from the log alone, and how it differs from the ticket as it is stored."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from storage.models import AuditRow, TicketRow


@dataclass
class Replayed:
    """What the log says of a ticket. `odd` names steps that do not fit each other: skipped, doubled or out of order."""

    status: str | None = None
    version: int | None = None
    due_at: datetime | None = None
    steps: int = 0
    odd: list[str] = field(default_factory=list)


def replay(lines: Sequence[AuditRow], until: datetime | None = None) -> Replayed:
    """Rebuild a ticket from its lines, in order, up to and with the moment `until`."""
    state = Replayed()
    for line in lines:
        facts = json.loads(line.facts)
        if "to" not in facts or (until is not None and line.at > until):
            continue  # a letter that was sent, a purge: nothing that moves a ticket
        if facts["from"] != state.status:
            state.odd.append(f"line {line.seq} ({line.kind}) starts from {facts['from']}, not from {state.status}")
        expected = 0 if state.version is None else state.version + 1
        if facts["version"] != expected:
            state.odd.append(f"line {line.seq} ({line.kind}) makes version {facts['version']}, not {expected}")
        state.status, state.version = facts["to"], facts["version"]
        state.due_at = datetime.fromisoformat(facts["due"]) if facts["due"] else None
        state.steps += 1
    return state


def differences(state: Replayed, row: TicketRow | None) -> list[str]:
    """How the stored ticket differs from the log, in words; empty where they agree."""
    if row is None:
        return [*state.odd, *(["the ticket is not stored any more"] if state.steps else [])]
    stored = {"status": row.status, "version": row.version, "due": row.due_at}
    logged = {"status": state.status, "version": state.version, "due": state.due_at}
    return [*state.odd, *(f"{k}: stored {stored[k]}, log {logged[k]}" for k in stored if stored[k] != logged[k])]
