"""Longer letters put together from training sentences: a wish among other matters, two wishes, or none at all.

In a long letter many windows are read, and the loudest counts; so the model must see long ones that ask for nothing.
"""

import random
from collections.abc import Iterator, Sequence

Text = tuple[str, frozenset[str], frozenset[str]]
"""What was written, the wanted labels, and those that do not matter."""

NOTHING_ASKED = 40
ONE_AMONG_OTHERS = 40
TWO_WISHES = 25
"""Letters of each kind, for each of `times`."""
_LONGEST_PART = 220
"""Characters; longer texts are letters already."""


def composed(texts: Sequence[Text], chance: random.Random, *, times: int) -> Iterator[Text]:
    """Letters from `texts` of one language."""
    short = [text for text in texts if len(text[0]) <= _LONGEST_PART and "\n" not in text[0]]
    ordinary = [text for text in short if not text[1] and not text[2] - _REPLIES]
    wishes = [text for text in short if text[1] and not any(label.startswith("reply_") for label in text[1])]
    if len(ordinary) < 20 or not wishes:
        return
    for _ in range(times * NOTHING_ASKED):
        yield _letter(chance.sample(ordinary, chance.randint(4, 14)), chance)
    for _ in range(times * ONE_AMONG_OTHERS):
        parts = [*chance.sample(ordinary, chance.randint(1, 5)), chance.choice(wishes)]
        chance.shuffle(parts)
        yield _letter(parts, chance)
    for _ in range(times * TWO_WISHES):
        one, other = chance.sample(wishes, 2)
        if "question" not in one[1] | other[1]:  # a question beside a wish is not read
            yield _letter([one, other], chance)


_REPLIES = frozenset(f"reply_{kind}" for kind in ("cancel", "not_me", "status", "details", "thanks", "again"))


def _letter(parts: Sequence[Text], chance: random.Random) -> Text:
    wanted = frozenset(label for _, labels, _ in parts for label in labels)
    ignored = _REPLIES.union(*(labels for _, _, labels in parts)) - wanted
    lines = "".join(_sentence(text) + ("\n" if chance.random() < 0.3 else " ") for text, _, _ in parts)
    return lines.strip(), wanted, ignored


def _sentence(text: str) -> str:
    return text if text[-1] in ".!?" else text + "."
