"""A letter, filled: the one way from a template's name and values to what is sent. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Template

from responders.letters import files
from responders.letters.compose import UnknownLetter, UnknownRegime, compose
from responders.letters.markup import to_html
from responders.letters.words import local, own_line, said, seen, words

__all__ = ["Rendered", "Unfilled", "UnknownLetter", "UnknownRegime", "language_for", "names", "render", "states"]


class Unfilled(KeyError):
    """A letter lacks a value (or has an empty one). `letter` and `missing` name them."""

    def __init__(self, letter: str, language: str, missing: tuple[str, ...]) -> None:
        super().__init__(letter, language, missing)
        self.letter, self.language, self.missing = letter, language, missing

    def __str__(self) -> str:
        return f"letter {self.letter!r} ({self.language}) needs a value for: {', '.join(self.missing)}"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is sent. `subject` is for a mail that answers none: no personal data, no code, no ticket number.

    `language` is that of the text: "en" for a person whose language has no letters yet.
    """

    subject: str
    text: str
    html: str
    language: str


def language_for(language: str) -> str:
    """The language a person is written to in: theirs, or English. "pt-BR" is "pt"."""
    short = language.lower().replace("_", "-").partition("-")[0]
    return short if short in files.LANGUAGES else "en"


def render(
    name: str, language: str, values: Mapping[str, str], *, regime: str = "gdpr", country: str | None = None
) -> Rendered:
    """Fill the letter `name` ("erase.done"). Values are data: `$`, `${x}` and HTML in them stay what they are.

    `country` (ISO 3166) only changes manners: the order of an American date, a Swiss "ss", Brazil's words.
    Raises UnknownLetter, UnknownRegime, and Unfilled where a value is missing or empty.
    """
    spoken = language_for(language)
    given = {key: clean for key, value in values.items() if (clean := seen(value))}
    if (right := name.partition(".")[0]) in words(spoken)["rights"]:
        given.setdefault("rights", right)
    given |= {name: given[source] for name, source in DERIVED.items() if source in given}
    composed = compose(spoken, name, regime, frozenset(given))
    if missing := composed.placeholders - given.keys() - OWN_WORDS:
        raise Unfilled(name, spoken, tuple(sorted(DERIVED.get(key, key) for key in missing)))
    filled = {key: said(key, given[key], spoken, country) for key in composed.placeholders if key in given}
    template = Template(local(composed.text, spoken, country))
    text = template.substitute(_own_words(spoken, country) | filled) + "\n"
    if line := own_line(language.lower().partition("-")[0]):
        text = f"{line}\n\n{text}"
    return Rendered(local(composed.subject, spoken, country), text, to_html(text, spoken), spoken)


OWN_WORDS = frozenset({"greeting", "closing", "word_ticket", "word_reference"})
"""Placeholders that the word list fills, not the caller."""
DERIVED = {"right_names": "rights"}
"""Placeholders that are filled from another."""


def _own_words(language: str, country: str | None) -> dict[str, str]:
    table = words(language)
    return {key: local(table[key], language, country) for key in sorted(OWN_WORDS)}


def names() -> tuple[str, ...]:
    """Names of all letters, sorted."""
    return files.names()


def states() -> Iterator[tuple[str, str, bool]]:
    """(language, name, reviewed) of every letter and block, for `rightsdesk letters`."""
    for language in files.LANGUAGES:
        for path in sorted((files.ROOT / language).glob("*.txt")):
            found = files.load(language, name := path.name.removesuffix(".txt"))
            if found:
                yield language, name, found.reviewed
