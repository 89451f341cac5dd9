"""A letter put together from its template and blocks, for one language and law, before any value is in it."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from responders.letters.files import ROOT, BadTemplate, Paragraph, TemplateFile, load, names

MOMENTS_OF_ANY_RIGHT = "case"


class UnknownLetter(KeyError):
    """No template of that name; the text names it."""


class UnknownRegime(ValueError):
    """A law that `regimes.toml` doesn't list."""


@dataclass(frozen=True, slots=True)
class Composed:
    """Paragraphs in their order, blocks included, every value still a placeholder. `text` is all of them."""

    subject: str
    paragraphs: tuple[Paragraph, ...]
    text: str
    placeholders: frozenset[str]

    @property
    def elements(self) -> frozenset[str]:
        """Ids of the checklist's elements that some paragraph stands for."""
        return frozenset(element for paragraph in self.paragraphs for element in paragraph.elements)


@cache
def _families() -> dict[str, tuple[str, ...]]:
    """Regime to the chain of names its blocks are looked for under."""
    table = tomllib.loads((ROOT / "regimes.toml").read_text(encoding="utf-8"))
    parents: dict[str, str] = table["parents"]
    return {
        regime: tuple(dict.fromkeys((regime, family, parents.get(family, family), "any")))
        for family, regimes in table["families"].items()
        for regime in (family, *regimes)
    }


def chain(regime: str) -> tuple[str, ...]:
    """Names to look for a regime's blocks under, nearest first. Raises UnknownRegime."""
    plain = regime.lower().replace("-", "_").replace(" ", "_").removeprefix("us_")
    try:
        return _families()[plain]
    except KeyError:
        raise UnknownRegime(f"no letters know the law {regime!r}: add it to responders/letters/regimes.toml") from None


def families() -> tuple[str, ...]:
    """The families of laws that have blocks of their own, and "any"."""
    return tuple(tomllib.loads((ROOT / "regimes.toml").read_text(encoding="utf-8"))["families"])


def template_file(language: str, name: str) -> TemplateFile:
    """The letter's file; a moment without words of its own for a right has those of `case`. Raises UnknownLetter."""
    of_any_right = f"{MOMENTS_OF_ANY_RIGHT}.{name.partition('.')[2]}"
    known = next((each for each in (name, of_any_right) if each in names(language)), None)
    if known is None or (found := load(language, known)) is None:
        raise UnknownLetter(f"no letter {name!r} in {language!r}")
    return found


@lru_cache(maxsize=4096)
def compose(language: str, name: str, regime: str, given: frozenset[str]) -> Composed:
    """Put the letter together. `given` are the placeholders that have a value: blocks appear or not by them.

    Raises UnknownLetter and UnknownRegime; BadTemplate where a template names a block that doesn't exist.
    """
    top = template_file(language, name)
    paragraphs = tuple(_opened(top.paragraphs, language, chain(regime), given))
    placeholders = frozenset(name for paragraph in paragraphs for name in paragraph.placeholders)
    return Composed(top.subject, paragraphs, "\n\n".join(paragraph.text for paragraph in paragraphs), placeholders)


def _opened(
    paragraphs: Iterable[Paragraph], language: str, regimes: tuple[str, ...], given: frozenset[str]
) -> Iterator[Paragraph]:
    for paragraph in paragraphs:
        if paragraph.include is None:
            yield paragraph
            continue
        block = _block(paragraph.include, language, regimes)
        if block and block.needs <= given and not block.unless & given:
            yield from _opened(block.paragraphs, language, regimes, given)


def _block(include: tuple[str, str], language: str, regimes: tuple[str, ...]) -> TemplateFile | None:
    """None is right for a law that has nothing to say there, and wrong for a plain block."""
    kind, name = include
    if kind == "law":
        return next((found for regime in regimes if (found := load(language, f"law.{regime}.{name}"))), None)
    if (found := load(language, f"block.{name}")) is None:
        raise BadTemplate(f"{language}: no file block.{name}.txt")
    return found
