"""Corrections by staff, remembered as examples: they add a reading or a doubt, never certainty."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from intents.match import likeness
from intents.reading import Reading
from intents.rights import ORDER, Intent

ALIKE = 86
"""From this likeness on (0 to 100) a letter counts as saying what a corrected one said."""
_LONGEST = 1_000
"""Longer letters are not compared: what makes them alike is mostly the template."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text and the intents a person of the staff gave it."""

    text: str
    intents: tuple[Intent, ...]


def closest_example(text: str, examples: Sequence[Example]) -> tuple[Example, int] | None:
    """The example most like `text` with its likeness, or None where none is alike enough."""
    if not text or len(text) > _LONGEST:
        return None
    scored = (
        (likeness(text.casefold(), example.text.casefold()), -index, example)
        for index, example in enumerate(examples)
        if 0.6 <= (len(example.text) + 1) / (len(text) + 1) <= 1.7
    )
    best = max(scored, default=None, key=lambda item: item[:2])
    return (best[2], best[0]) if best and best[0] >= ALIKE else None


def with_examples(reading: Reading, examples: Sequence[Example]) -> Reading:
    """A corrected letter much like this one adds what staff saw in it, as a doubt where it is grave."""
    close = closest_example(reading.text, examples)
    if close is None:
        return reading
    example, likeness = close
    seen = set(example.intents)
    if seen == set(reading.intents):
        return reading
    scores = dict(reading.scores)
    for intent in seen - {Intent.OTHER}:
        scores[intent] = max(scores[intent], likeness)
    added = set(reading.intents) | seen
    if added - {Intent.OTHER}:
        added.discard(Intent.OTHER)
    return replace(reading, scores=scores, intents=tuple(i for i in ORDER if i in added), unsure=True)
