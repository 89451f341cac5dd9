"""The words of one language, from its phrase file: which idea each word or phrase stands for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from intents.fold import TOKEN, spellings
from intents.match import closest_stem
from intents.phrase_files import languages, read_phrases

__all__ = ["Entry", "Lexicon", "Pattern", "languages", "load", "load_all"]

GAP = "…"
GAP_WORDS = 6
"""How many words "…" in a phrase-file entry may stand for."""
_CACHE_LIMIT = 30_000
_FUZZY_FROM = 5
_SUFFIX_FROM = 4
_LONGEST_WORD = 60
"""Nobody types a longer one; the work on a word grows with its length."""
_HOW_MEANT = frozenset(("yesno", "whether", "polite", "wonder"))
"""Ideas of how a clause is meant: they leave a word the idea of its stem ("vendete" both asks and sells)."""

Part = tuple[str, bool]
"""One word of a pattern: the folded text, and whether it is only the beginning of the word ("delet*")."""


class Pattern(NamedTuple):
    """A phrase of several words that stands for `idea`; `parts` begin after its first word."""

    idea: str
    parts: tuple[Part, ...]
    size: int


@dataclass(slots=True, eq=False)
class Entry:
    """What one word may mean: ideas of its own, and the phrases that it begins."""

    ideas: frozenset[str] = frozenset()
    patterns: tuple[Pattern, ...] = ()
    typo: bool = False
    _followed: "_Followed | None" = None

    def beginning(self, following: str) -> Sequence[Pattern]:
        """The patterns, in their order, that the next word does not rule out."""
        if self._followed is None:
            self._followed = _Followed.of(self.patterns)
        return [self.patterns[place] for place in self._followed.places(following)]


@dataclass(frozen=True, slots=True)
class _Followed:
    """The places of patterns by their second word; `loose` are those that begin it or leave a gap."""

    whole: Mapping[str, list[int]]
    loose: list[int]
    starts: tuple[str, ...]

    @classmethod
    def of(cls, patterns: Sequence[Pattern]) -> "_Followed":
        whole: dict[str, list[int]] = {}
        loose: list[int] = []
        starts: set[str] = set()
        for place, pattern in enumerate(patterns):
            text, is_stem = pattern.parts[0]
            if text == GAP or is_stem:
                loose.append(place)
                starts.add("" if text == GAP else text)
            else:
                whole.setdefault(text, []).append(place)
        return cls(whole, loose, tuple(sorted(starts)))

    def places(self, following: str) -> Sequence[int]:
        """In order."""
        whole = self.whole.get(following, ())
        if self.loose and following.startswith(self.starts):
            return sorted((*whole, *self.loose))
        return whole


NOTHING = Entry()


@dataclass(slots=True)
class _Slot:
    ideas: set[str] = field(default_factory=set)
    patterns: list[Pattern] = field(default_factory=list)

    def entry(self) -> Entry:
        if not self.patterns:
            return Entry(frozenset(self.ideas))
        ordered = sorted(set(self.patterns), key=lambda p: (-p.size, p.idea, p.parts))
        return Entry(frozenset(self.ideas), tuple(ordered))


class Lexicon:
    """The words of one language. `look_up` is a dictionary access once a word has been seen."""

    def __init__(
        self,
        language: str,
        ideas: Mapping[str, Sequence[str]],
        frequent: Sequence[str],
        phrases: Mapping[str, Sequence[str]],
    ):
        self.language = language
        self.phrases = [
            (intent, " ".join(word for word, _ in _parts(form)))
            for intent, texts in phrases.items()
            for text in texts
            for form in spellings(text)
        ]
        self.phrase_texts = [text for _, text in self.phrases]
        self.frequent = frozenset(form for word in frequent for form in spellings(word))
        whole: dict[str, _Slot] = {}
        stems: dict[str, _Slot] = {}
        ends: dict[str, _Slot] = {}
        for idea, entries in ideas.items():
            for entry in entries:
                for form in spellings(entry):
                    _add(form, idea, whole, stems, ends)
        self._whole = {text: slot.entry() for text, slot in whole.items()}
        self._stems = {text: slot.entry() for text, slot in stems.items()}
        self._ends = {text: slot.entry() for text, slot in ends.items()}
        self._longest = max(map(len, self._stems), default=0)
        self._near = _by_first_letter(self._whole, self._stems)
        self._seen: dict[str, Entry] = {}

    def look_up(self, word: str) -> Entry:
        """What the folded `word` means; the longest entry wins, a slip of the finger is forgiven."""
        if len(word) > _LONGEST_WORD:
            return NOTHING
        found = self._seen.get(word)
        if found is None:
            if len(self._seen) > _CACHE_LIMIT:
                self._seen.clear()
            found = self._seen[word] = self._find(word)
        return found

    def look_up_all(self, words: Sequence[str]) -> list[Entry]:
        """`look_up` for each of `words`."""
        found = list(map(self._seen.get, words))
        return [entry if entry is not None else self.look_up(word) for entry, word in zip(found, words, strict=True)]

    def _find(self, word: str) -> Entry:
        exact = self._exact(word)
        if exact is not NOTHING or len(word) < _FUZZY_FROM or len(word) > 24 or word in self.frequent:
            return exact
        squeezed = _squeeze(word)
        if squeezed != word and (found := self._exact(squeezed)) is not NOTHING:
            return found
        stem = closest_stem(word, self._near.get(word[0], ())) if word.isalpha() else None
        if stem is None:
            return NOTHING
        near = self._whole.get(stem) or self._stems[stem]
        return Entry(near.ideas, near.patterns, typo=True)

    def _exact(self, word: str) -> Entry:
        whole = self._whole.get(word)
        stem, cut = self._stem_of(word)
        if whole is not None and whole.ideas:
            ideas = whole.ideas | stem.ideas if whole.ideas <= _HOW_MEANT else whole.ideas
            return whole if stem is NOTHING else Entry(ideas, whole.patterns + stem.patterns)
        end = self._end_of(word, cut)
        parts = [part for part in (whole, stem, end) if part is not None and part is not NOTHING]
        if len(parts) < 2:
            return parts[0] if parts else NOTHING
        patterns = tuple(pattern for part in parts for pattern in part.patterns)
        return Entry(stem.ideas | end.ideas, tuple(sorted(patterns, key=lambda p: -p.size)))

    def _stem_of(self, word: str) -> tuple[Entry, int]:
        for length in range(min(len(word), self._longest), 1, -1):
            found = self._stems.get(word[:length])
            if found is not None:
                return found, length
        return NOTHING, 0

    def _end_of(self, word: str, after: int) -> Entry:
        for start in range(max(after, 2), len(word) - _SUFFIX_FROM + 1):
            found = self._ends.get(word[start:])
            if found is not None:
                return found
        return NOTHING


def _squeeze(word: str) -> str:
    """ "pleeease" and "stoppp" with no letter more than once in a row where it stood three times or more."""
    kept: list[str] = []
    for letter in word:
        if len(kept) > 1 and kept[-1] == letter and kept[-2] == letter:
            continue
        kept.append(letter)
    short = "".join(kept)
    return short if short != word else word


def _add(form: str, idea: str, whole: dict[str, _Slot], stems: dict[str, _Slot], ends: dict[str, _Slot]) -> None:
    parts = _parts(form)
    if not parts:
        return
    (first, is_stem), rest = parts[0], parts[1:]
    if first.startswith("*"):
        slots, first = ends, first[1:]
    else:
        slots = stems if is_stem else whole
    slot = slots.setdefault(first, _Slot())
    if rest:
        slot.patterns.append(Pattern(idea, tuple(rest), len(parts)))
    else:
        slot.ideas.add(idea)


def _parts(form: str) -> list[Part]:
    found: list[Part] = []
    for piece in form.split():
        stem = piece.endswith("*")
        bare = piece[:-1] if stem else piece
        if bare.isalnum() or piece == GAP:  # nearly all of them: one word
            found.append((bare, stem))
            continue
        words = [match.group() for match in TOKEN.finditer(piece) if match.lastgroup == "word"]
        for index, word in enumerate(words):
            last = index == len(words) - 1
            found.append((("*" if piece.startswith("*") and index == 0 else "") + word, last and stem))
    return found


def _by_first_letter(whole: Mapping[str, Entry], stems: Mapping[str, Entry]) -> dict[str, list[Part]]:
    near: dict[str, list[Part]] = {}
    for text, is_whole in (*((t, True) for t in whole), *((t, False) for t in stems)):
        if len(text) >= _FUZZY_FROM:
            near.setdefault(text[0], []).append((text, is_whole))
    return near


@cache
def load(language: str) -> Lexicon:
    """The lexicon of `language` (ISO 639-1), with the words that every language shares."""
    own = read_phrases(language)
    shared = read_phrases("shared")
    ideas = {
        idea: [*own["ideas"].get(idea, ()), *shared["ideas"].get(idea, ())] for idea in (own["ideas"] | shared["ideas"])
    }
    return Lexicon(language, ideas, str(own["frequent"]).split(), own.get("phrases", {}))


def load_all() -> None:
    """The words of every language, so that no later letter waits for them."""
    for language in languages():
        load(language)
