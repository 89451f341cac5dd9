"""The ideas of a sentence and its clauses. Every step is linear in the text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intents.cutting import Hit, Sentence, Word
from intents.lexicon import GAP, GAP_WORDS, Lexicon, Pattern


def read_ideas(sentence: Sentence, lexicon: Lexicon) -> None:
    """Fill in `hits` and `ideas`. A phrase outranks the single words it is made of."""
    words = sentence.words
    entries = lexicon.look_up_all([word.text if word.kind == "word" else "" for word in words])
    covered: set[int] = set()
    hits: list[Hit] = []
    for index, entry in enumerate(entries):
        if not entry.patterns:
            continue
        following = words[index + 1].text if index + 1 < len(words) else ""
        for pattern in entry.beginning(following):
            last = _match(words, index, pattern)
            if last is None:
                continue
            gap = last - index + 1 != pattern.size
            if not gap and index in covered and last in covered and not _same_span(hits, index, last):
                continue
            hits.append(Hit(index, last, pattern.idea))
            if pattern.idea not in _BESIDE and not pattern.idea.startswith("reply_"):
                covered.update((index, last) if gap else range(index, last + 1))
    for index, entry in enumerate(entries):
        if entry.ideas and index not in covered:
            hits += [Hit(index, index, idea) for idea in entry.ideas]
    hits += [Hit(index, index, "mail_value") for index, word in enumerate(words) if word.kind == "mail"]
    hits.sort()
    sentence.hits = hits
    sentence.ideas = frozenset([hit.idea for hit in hits])


_BESIDE = frozenset(
    ("third_person", "minor", "deceased", "agent", "legal", "phish", "inject", "moved", "my_item", "about_me", "if",
     "client", "announced", "privacy")
)  # fmt: skip
"""Ideas of phrases that leave the single words their own ideas."""


def _same_span(phrases: Sequence[Hit], first: int, last: int) -> bool:
    return any(hit.first == first and hit.last == last for hit in phrases)


def _match(words: Sequence[Word], index: int, pattern: Pattern) -> int | None:
    """Index of the last word of `pattern` beginning at `index`, or None."""
    at = index
    parts: Iterator[tuple[str, bool]] = iter(pattern.parts)
    for text, is_stem in parts:
        if text == GAP:
            wanted = next(parts)
            found = _within_gap(words, at, wanted)
            if found is None:
                return None
            at = found
            continue
        at += 1
        if at >= len(words) or not _fits(words[at].text, text, is_stem):
            return None
    return at


def _within_gap(words: Sequence[Word], at: int, wanted: tuple[str, bool]) -> int | None:
    for place in range(at + 1, min(at + 2 + GAP_WORDS, len(words))):
        if _fits(words[place].text, *wanted):
            return place
    return None


def _fits(word: str, text: str, is_stem: bool) -> bool:
    return word.startswith(text) if is_stem else word == text


@dataclass(frozen=True, slots=True)
class Clause:
    """Part of a sentence that says one thing; hits keep their word indexes in the sentence."""

    sentence: Sentence
    hits: tuple[Hit, ...]
    ideas: frozenset[str]
    first: int
    last: int

    def has(self, *ideas: str) -> bool:
        """Whether any of `ideas` is in the clause."""
        return not self.ideas.isdisjoint(ideas)

    def of(self, *ideas: str) -> list[Hit]:
        """The hits of any of `ideas`, in order."""
        if self.ideas.isdisjoint(ideas):
            return []
        return [hit for hit in self.hits if hit.idea in ideas]

    def near(self, one: str | tuple[str, ...], other: str | tuple[str, ...], within: int = 8) -> tuple[Hit, Hit] | None:
        """The nearest pair of hits with at most `within` words between, or None."""
        one, other = (one,) if isinstance(one, str) else one, (other,) if isinstance(other, str) else other
        if self.ideas.isdisjoint(one) or self.ideas.isdisjoint(other):  # most clauses: nothing to pair
            return None
        ones, others = self.of(*one), self.of(*other)
        pairs = ((a, b) for a in ones[:12] for b in others[:12] if _between(a, b) <= within)
        return min(pairs, key=lambda pair: _between(*pair), default=None)

    def size(self) -> int:
        """Number of words."""
        return self.last - self.first + 1


def _between(one: Hit, other: Hit) -> int:
    return max(other.first - one.last, one.first - other.last, 0)


ACTIONS = frozenset(
    ("delete", "close", "forget", "get", "copy", "wrong", "change", "rectify", "stop", "unsub", "sell", "restrict",
     "object", "port", "cancel", "keep", "share", "leave")
)  # fmt: skip
_JOINTS = frozenset(("but", "and", "then", "if", "instead"))


def clauses(sentence: Sentence) -> list[Clause]:
    """The clauses of a read sentence: cut at a comma or joint where both sides do something."""
    joints = [hit.first for hit in sentence.hits if hit.first and hit.idea in _JOINTS]
    if not (sentence.breaks or joints):  # most sentences: nothing to cut at
        return [Clause(sentence, tuple(sentence.hits), sentence.ideas, 0, len(sentence.words) - 1)]
    cuts: list[int] = []
    acts = sorted({hit.first for hit in sentence.hits if hit.idea in ACTIONS})
    start = 0
    for place in sorted(sentence.breaks.union(joints)):
        if any(start <= act < place for act in acts) and any(act >= place for act in acts):
            cuts.append(place)
            start = place
    ends = [*cuts, len(sentence.words)]
    return [_clause(sentence, first, end) for first, end in zip([0, *cuts], ends, strict=True)]


def _clause(sentence: Sentence, first: int, end: int) -> Clause:
    hits = tuple(hit for hit in sentence.hits if first <= hit.first < end)
    return Clause(sentence, hits, frozenset(hit.idea for hit in hits), first, end - 1)
