"""Near words and near phrases: the only file that knows rapidfuzz. Scores run from 0 to 100."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA


def closest_stem(word: str, stems: Sequence[tuple[str, bool]]) -> str | None:
    """The stem that `word` is a slip of the finger away from, or None.

    `stems` are (text, whole): a whole one is compared with the whole word, the others with its beginning.
    One slip (a letter left out, doubled, swapped or wrong) in up to eight letters, two in longer ones.
    """
    best: str | None = None
    best_distance = 3
    size = len(word)
    for stem, whole in stems:
        length = len(stem)
        allowed = 1 if length < 9 else 2
        if whole:
            if abs(length - size) > allowed:
                continue
            distance = OSA.distance(word, stem, score_cutoff=allowed)
        else:
            if size < length - 1:
                continue
            distance = min(OSA.distance(word[:n], stem, score_cutoff=allowed) for n in (length - 1, length, length + 1))
        if distance <= allowed and distance < best_distance:
            best, best_distance = stem, distance
    return best


def closest_phrase(text: str, phrases: Sequence[str], *, at_least: int) -> tuple[int, int] | None:
    """(index, score) of the phrase most like `text`, or None below `at_least`."""
    found = process.extractOne(text, phrases, scorer=fuzz.ratio, score_cutoff=at_least)
    return (found[2], round(found[1])) if found else None


def likeness(one: str, other: str) -> int:
    """How alike two texts are, whatever the order of their words."""
    return round(fuzz.token_sort_ratio(one, other))
