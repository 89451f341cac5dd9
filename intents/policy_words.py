"""The words of a policy and of questions about it: folding, stems, and the concepts that data files name for them."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data" / "policy"
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl")
"""Every language with a file; the first wins where a text fits several equally well."""

_GAP = 3
"""How many words an ellipsis in a pattern may stand for."""

_PHRASE = 4
"""How long a phrase may be that hides the shorter ones inside it; a longer one is too loose."""

_WORD = re.compile(r"[^\W_]+")
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d"})
_ELISION = re.compile(r"\b(?:[ldjcnsm]|qu|dell|all|nell|sull|dall|un|quest)['’](?=\w)")
_ENGLISH_ENDINGS = (
    ("ations", ""),
    ("ation", ""),
    ("ities", ""),
    ("ments", ""),
    ("ment", ""),
    ("ings", ""),
    ("ing", ""),
    ("ies", "y"),
    ("ied", "y"),
    ("ely", ""),
    ("ed", ""),
    ("es", ""),
    ("ers", ""),
    ("er", ""),
    ("ity", ""),
    ("ly", ""),
    ("s", ""),
    ("e", ""),
)


def words(text: str) -> list[str]:
    """The words of `text` in lower case without accents and apostrophes; "it's" gives "it", "l'accès" gives "acces"."""
    lowered = (
        _ELISION.sub("", text.casefold()).replace("'s ", " ").replace("’s ", " ").replace("'", "").replace("’", "")
    )
    if lowered.isascii():
        return _WORD.findall(lowered)
    decomposed = unicodedata.normalize("NFKD", lowered.translate(_UNDECOMPOSED))
    return _WORD.findall("".join(c for c in decomposed if not unicodedata.combining(c)))


@cache
def _english_stem(word: str) -> str:
    if len(word) <= 3 or word.isdigit():
        return word
    for ending, instead in _ENGLISH_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + instead
            break
    if len(word) > 3 and (word[-1] == word[-2] or word[-1] == "e"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word[-1] == "y" else word


def stem(word: str, language: str) -> str:
    """The part of `word` that its forms share: endings taken off in English, six letters kept elsewhere."""
    return _english_stem(word) if language == "en" else word[:6]


class Hit(NamedTuple):
    """Words `start` to `end` (exclusive) of a text that name a concept."""

    concept: str
    start: int
    end: int


Pattern = tuple[str, ...]


def _matches(pattern: Pattern, text: Sequence[str], at: int) -> int:
    """The word after the match of `pattern` at word `at`, or 0 where it does not match."""
    if not pattern:
        return at
    if pattern[0] == "…":
        ends = (_matches(pattern[1:], text, at + gap) for gap in range(_GAP + 1))
        return next((end for end in ends if end), 0)
    if at >= len(text) or not _fits(pattern[0], text[at]):
        return 0
    return _matches(pattern[1:], text, at + 1)


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


class _Patterns:
    """Patterns by their first word, so that a text is read once however many patterns there are."""

    def __init__(self, concepts: Iterable[tuple[str, list[str]]]) -> None:
        self._whole: dict[str, list[tuple[str, Pattern]]] = {}
        self._starts: dict[str, list[tuple[str, Pattern]]] = {}
        self._inside: list[tuple[str, str]] = []
        self._seen: dict[str, list[tuple[str, Pattern]]] = {}
        for concept, patterns in concepts:
            for pattern in patterns:
                self._add(concept, pattern)

    def _add(self, concept: str, pattern: str) -> None:
        first, *rest = pattern.split()
        plain = words(first)[0]
        tail = tuple(part if part == "…" else "".join(words(part)) + "*" * part.endswith("*") for part in rest)
        if first.startswith("*"):
            self._inside.append((plain, concept))
        else:
            table = self._starts if first.endswith("*") else self._whole
            table.setdefault(plain, []).append((concept, tail))

    def starting_with(self, word: str) -> list[tuple[str, Pattern]]:
        """Concepts and the rest of their patterns that may begin at `word`."""
        found = self._seen.get(word)
        if found is None:
            found = list(self._whole.get(word, ()))
            for length in range(2, len(word) + 1):
                found += self._starts.get(word[:length], ())
            found += [(concept, ()) for part, concept in self._inside if part in word]
            if len(self._seen) < 50_000:
                self._seen[word] = found
        return found


class Lexicon:
    """What one language calls the concepts of privacy policies; read from `data/policy/<language>.toml`.

    In a pattern `*` stands for any ending (at the front too: any part of a compound), `…` for up to three words.
    `[asks]` holds patterns that mean the concept only in a question.
    """

    def __init__(self, language: str) -> None:
        data = tomllib.loads((DATA / f"{language}.toml").read_text("utf-8"))
        self.language = language
        self.stop = frozenset(word for phrase in data["stop"] for word in words(phrase))
        self.we = frozenset(word for phrase in data["we"] for word in words(phrase))
        self._said = _Patterns(data["concepts"].items())
        self._asked = _Patterns(data["asks"].items())

    def find(self, text: Sequence[str], *, asked: bool = False) -> list[Hit]:
        """The concepts of `text`; a phrase hides shorter ones inside it ("contact list" is no "contact")."""
        hits = list(self._all(text, self._said))
        if asked:
            hits += self._all(text, self._asked)
        phrases = [hit for hit in hits if 2 <= hit.end - hit.start <= _PHRASE]
        return [hit for hit in hits if not any(_hides(phrase, hit) for phrase in phrases)]

    @staticmethod
    def _all(text: Sequence[str], patterns: _Patterns) -> Iterable[Hit]:
        for at, word in enumerate(text):
            for concept, rest in patterns.starting_with(word):
                end = _matches(rest, text, at + 1)
                if end:
                    yield Hit(concept, at, end)


def _hides(phrase: Hit, hit: Hit) -> bool:
    longer = phrase.end - phrase.start > hit.end - hit.start
    return longer and phrase.concept != hit.concept and phrase.start <= hit.start and hit.end <= phrase.end


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of one of `LANGUAGES`."""
    return Lexicon(language)


def language_of(text: Sequence[str], prefer: str = LANGUAGES[0], *, asked: bool = False) -> str:
    """The language of LANGUAGES whose words cover most of `text`; `prefer` where two do equally well."""

    def covered(language: str) -> tuple[int, bool]:
        known = lexicon(language)
        hits = known.find(text, asked=asked)
        places = {at for hit in hits for at in range(hit.start, hit.end)}
        return 2 * sum(word in known.stop for word in text) + len(places), language == prefer

    return max(LANGUAGES, key=covered)
