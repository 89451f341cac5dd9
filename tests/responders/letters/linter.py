"""The linter of letters: what each letter must say and may not say, by `checklist.toml`, after blocks are put in.

It works on a composed letter, so that a test can take a paragraph away and see it missed.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache
from string import Template

from responders.letters.compose import Composed, compose, families
from responders.letters.files import LANGUAGES, ROOT, Paragraph, names
from responders.letters.words import kinds, said, words


@dataclass(frozen=True)
class Element:
    """One row of the checklist. `required` and `laws` are families; `mark` is what its paragraphs are marked with."""

    id: str
    mark: str
    letters: tuple[str, ...]
    not_in: tuple[str, ...]
    required: tuple[str, ...]
    everywhere: bool
    placeholders: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]] = field(hash=False)
    elsewhere: str

    def concerns(self, name: str, family: str) -> bool:
        """Whether a letter under a law must have it."""
        return (self.everywhere or family in self.required) and not self.elsewhere and name in _letters_of(self)


@cache
def _letters_of(element: Element) -> frozenset[str]:
    fits = (name for name in names() if any(fnmatch(name, pattern) for pattern in element.letters))
    return frozenset(fits) - frozenset(element.not_in)


@cache
def table() -> Mapping[str, list[dict[str, object]]]:
    return tomllib.loads((ROOT / "checklist.toml").read_text(encoding="utf-8"))


@cache
def elements() -> tuple[Element, ...]:
    return tuple(_element(row) for row in table()["element"])


def _element(row: Mapping[str, object]) -> Element:
    def listed(key: str) -> tuple[str, ...]:
        found = row.get(key, [])
        assert isinstance(found, list), row
        return tuple(found)

    said_in = row.get("words", {})
    assert isinstance(said_in, dict), row
    return Element(
        id=str(row["id"]),
        mark=str(row.get("mark", row["id"])),
        letters=listed("letters"),
        not_in=listed("not_in"),
        required=listed("required"),
        everywhere=row.get("everywhere") is True,
        placeholders=listed("placeholders"),
        words={language: tuple(patterns) for language, patterns in said_in.items()},
        elsewhere=str(row.get("elsewhere", "")),
    )


SAMPLES = {
    "right_names": "access,erase",
    "text": "[{name}]",
    "date": "2026-03-01",
    "instant": "2026-03-02T14:05-07:00",
    "rights": "access,erase",
    "list": "[{name} one]\n[{name} two]",
    "quote": "[{name}]\n[more of it]",
}


@cache
def sample_values() -> Mapping[str, str]:
    """A value for every placeholder there is."""
    found = {name: SAMPLES.get(kind, "").format(name=name) for name, kind in kinds().items()}
    return found | {"state": "waiting_code", "outcome": "denied"}


@cache
def composed(language: str, name: str, family: str, *, without: frozenset[str] = frozenset()) -> Composed:
    """The letter as it is put together when every value but `without` is there."""
    return compose(language, name, family, frozenset(sample_values()) - without)


@cache
def written(paragraph: Paragraph, language: str) -> str:
    """A paragraph with its sample values, on one line."""
    return _one_line(Template(paragraph.text).substitute(_said_values(language)))


@cache
def _said_values(language: str) -> Mapping[str, str]:
    own = {key: words(language)[key] for key in _OWN}
    return own | {key: said(key, value, language, None) for key, value in sample_values().items()}


def _one_line(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def missing(letter: Composed, name: str, language: str, family: str) -> Iterator[str]:
    """What the checklist demands and the letter doesn't say."""
    for element in elements():
        if not element.concerns(name, family):
            continue
        marked = [paragraph for paragraph in letter.paragraphs if element.mark in paragraph.elements]
        if not any(paragraph.placeholders or _own_text(paragraph) for paragraph in marked):
            yield f"{language} {name} ({family}): {element.id} is not said"
            continue
        text = " ".join(written(paragraph, language) for paragraph in marked)
        for placeholder in element.placeholders:
            if placeholder not in letter.placeholders:
                yield f"{language} {name} ({family}): {element.id} lacks ${{{placeholder}}}"
        for pattern in element.words.get(language, ()):
            if not re.search(pattern, text, re.IGNORECASE):
                yield f"{language} {name} ({family}): {element.id} lacks the words /{pattern}/ in: {text}"


def _own_text(paragraph: Paragraph) -> bool:
    """Whether a paragraph says anything besides its placeholders."""
    return bool(re.search(r"\w", _bare(paragraph)))


@cache
def _bare(paragraph: Paragraph) -> str:
    """A paragraph without its placeholders, on one line."""
    return _one_line(re.sub(r"\$\{\w+\}", "", paragraph.text))


def wrong(letter: Composed, name: str, language: str, family: str) -> Iterator[str]:
    """What stands in the letter and may not."""
    text = " ".join(_bare(paragraph) for paragraph in letter.paragraphs)
    for rule in table()["forbidden"]:
        patterns, concerned = rule["words"], rule["letters"]
        assert isinstance(patterns, dict)
        assert isinstance(concerned, list)
        if not any(fnmatch(name, pattern) for pattern in concerned):
            continue
        if found := re.search(patterns[language], text, re.IGNORECASE):
            yield f"{language} {name} ({family}): {rule['id']} forbids {found[0]!r}"
    for rule in table()["allowed"]:
        allowed, concerned = rule["placeholders"], rule["letters"]
        assert isinstance(allowed, list)
        assert isinstance(concerned, list)
        if any(fnmatch(name, pattern) for pattern in concerned):
            for placeholder in sorted(letter.placeholders - {*allowed, *_OWN}):
                yield f"{language} {name} ({family}): {rule['id']} doesn't allow ${{{placeholder}}}"


_OWN = ("greeting", "closing", "word_ticket", "word_reference")


def every_letter() -> Iterator[tuple[str, str, str]]:
    """(language, name, family of laws) of every letter there is."""
    for language in LANGUAGES:
        for name in names():
            for family in families():
                yield language, name, family
