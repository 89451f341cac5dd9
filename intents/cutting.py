"""A text cut into sentences and words, before any is understood. One pass over the text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from intents.fold import TOKEN

MOST_WORDS = 20_000
"""Words read of one letter; what stands after them is not looked at."""
_WRAPPED_FROM = 55
_ABBREVIATED = frozenset(
    ("art", "abs", "nr", "no", "num", "sec", "par", "lit", "bzw", "ca", "dr", "mr", "mrs", "ms", "st", "z", "vgl",
     "inkl", "usw", "etc", "e", "g", "i", "p", "n", "v", "u", "d", "h", "č", "čl", "cl", "ust", "odst", "§", "artt",
     "pkt", "bl")
)  # fmt: skip
_LONGEST_SENTENCE = 120


class Word(NamedTuple):
    """One word: folded text and offsets into the letter."""

    text: str
    start: int
    end: int
    kind: str


class Hit(NamedTuple):
    """An idea found at the words `first` to `last` of its sentence; in the order of their places."""

    first: int
    last: int
    idea: str


@dataclass(slots=True)
class Sentence:
    """One sentence; `end` is "?", "!", "." or "" as the writer closed it. `breaks` are word indexes after commas."""

    words: list[Word]
    end: str
    breaks: frozenset[int] = frozenset()
    hits: list[Hit] = field(default_factory=list)
    ideas: frozenset[str] = frozenset()
    begins_paragraph: bool = False

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def stop(self) -> int:
        return self.words[-1].end


def sentences(folded: str) -> list[Sentence]:
    """The sentences of a folded text, without any reading yet."""
    cut = _Cut()
    line_start = seen = 0
    for match in TOKEN.finditer(folded):
        kind = match.lastgroup or "word"
        text = match[0]
        if kind != "mark":
            seen += 1
            if seen > MOST_WORDS:
                break
            cut.words.append(Word(text, match.start(), match.end(), kind))
            if len(cut.words) >= _LONGEST_SENTENCE:
                cut.close("")
        elif text == "\n":
            if not _wrapped(folded, match.start(), line_start):
                cut.close("")
            line_start = match.end()
        else:
            cut.mark(text, abbreviated=text == "." and _abbreviation(folded, match.start(), cut.words))
    cut.close("")
    return cut.found


class _Cut:
    """The sentences so far, and the words of the one that is open."""

    def __init__(self) -> None:
        self.found: list[Sentence] = []
        self.words: list[Word] = []
        self.breaks: set[int] = set()

    def mark(self, mark: str, *, abbreviated: bool) -> None:
        if mark == ".":
            if not abbreviated:
                self.close(".")
        elif mark in "!?…;·":
            self.close("?" if mark == ";" and _greek(self.words) else mark)
        elif self.words:
            self.breaks.add(len(self.words))

    def close(self, end: str) -> None:
        if self.words:
            self.found.append(Sentence(self.words, end, frozenset(self.breaks)))
        elif self.found and end == "?":
            self.found[-1].end = "?"
        self.words, self.breaks = [], set()


def _greek(words: Sequence[Word]) -> bool:
    """In Greek the question mark looks like a semicolon."""
    return bool(words) and "\u0370" <= words[-1].text[0] <= "\u03ff"


def _wrapped(text: str, at: int, line_start: int) -> bool:
    """Whether the line end at `at` only wraps a long line."""
    after = text[at + 1 : at + 2]
    return at - line_start >= _WRAPPED_FROM and after.isalnum() and text[at - 1 : at] not in ".!?:;"


def _abbreviation(text: str, at: int, words: Sequence[Word]) -> bool:
    after = text[at + 1 : at + 2]
    if after.isalnum():
        return True
    if not words or words[-1].end != at:
        return False
    last = words[-1].text
    return (
        after == " " and (last in _ABBREVIATED and len(words) > 1) and text[at + 2 : at + 3].isalnum() and len(last) < 5
    )
