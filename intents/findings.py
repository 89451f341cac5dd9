"""What the rules hand back: one intent found in one clause."""

from dataclasses import dataclass

from intents.rights import Intent


@dataclass(frozen=True, slots=True)
class Finding:
    """An intent found in one clause; `start` and `end` are offsets into the letter, `score` runs from 0 to 100."""

    intent: Intent
    score: int
    start: int
    end: int
    article: str | None = None
