"""Near words and near phrases: the only file that knows rapidfuzz. Scores run from 0 to 100."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA


def closest_stem(word: str, stems: Sequence[tuple[str, bool]]) -> str | None:
    """The stem that `word` is a slip of the finger away from, or None.

    `stems` are (text, whole): a whole one is compared with the whole word, the others with its beginning.
    A letter left out, doubled or swapped counts as a slip; a wrong one only from seven letters on, and never the first
    or the last, which mostly makes another word or another ending. Two slips are forgiven from ten letters on.
    """
    best: str | None = None
    best_distance = 3
    size = len(word)
    for stem, whole in stems:
        length = len(stem)
        allowed = 1 if length < 10 else 2
        if abs(length - size) > allowed if whole else size < length - 1:
            continue
        for part in (word,) if whole else (word[: length - 1], word[:length], word[: length + 1]):
            if part[-1] != stem[-1] or (length < 7 and len(part) == length and sorted(part) != sorted(stem)):
                continue
            distance = OSA.distance(part, stem, score_cutoff=allowed)
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
