"""What a button carries: a ticket's number, the version its clicker saw, and one thing more."""

import json
import re
from dataclasses import dataclass

_VALUE = re.compile(r"(\d{1,9}):(\d{1,9})(?::(.{0,60}))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ref:
    """A ticket as somebody saw it; `more` is a right or the place of a task in the ticket's list."""

    ticket: int
    version: int
    more: str = ""

    def __str__(self) -> str:
        return f"{self.ticket}:{self.version}" + (f":{self.more}" if self.more else "")

    @classmethod
    def read(cls, value: str) -> "Ref | None":
        """None for what is no value of ours."""
        found = _VALUE.fullmatch(value)
        return cls(int(found[1]), int(found[2]), found[3] or "") if found else None


def packed(ref: Ref, **more: str) -> str:
    """The private metadata of a form."""
    return json.dumps({"ref": str(ref), **more})


def unpacked(data: str) -> tuple[Ref, dict[str, str]]:
    """The reverse. Raises ValueError."""
    loaded = json.loads(data)
    ref = Ref.read(str(loaded.pop("ref", "")))
    if ref is None:
        raise ValueError("a form without a ticket")
    return ref, {key: str(value) for key, value in loaded.items()}
