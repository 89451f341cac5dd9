"""Which placeholders each letter takes, worked out from the templates themselves, with one sentence each."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from responders.letters.compose import chain, template_file
from responders.letters.files import ROOT, Paragraph, load
from responders.letters.render import DERIVED, OWN_WORDS


@dataclass(frozen=True, slots=True)
class Wanted:
    """One placeholder of a letter. Optional ones only make a block appear (or another vanish)."""

    name: str
    kind: str
    says: str
    optional: bool


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads((ROOT / "placeholders.toml").read_text(encoding="utf-8"))


@cache
def wanted(name: str, regime: str = "gdpr") -> tuple[Wanted, ...]:
    """Placeholders the letter `name` takes under a law, required ones first. Raises UnknownLetter, UnknownRegime."""
    found: dict[str, bool] = {}
    for placeholder, optional in _walk(template_file("en", name).paragraphs, chain(regime), optional=False):
        found[placeholder] = found.get(placeholder, True) and optional
    entries = (Wanted(key, _table()[key]["kind"], _table()[key]["says"], optional) for key, optional in found.items())
    return tuple(sorted(entries, key=lambda entry: entry.optional))


def _walk(paragraphs: tuple[Paragraph, ...], regimes: tuple[str, ...], *, optional: bool) -> Iterator[tuple[str, bool]]:
    for paragraph in paragraphs:
        if paragraph.include is None:
            names = (name for name in paragraph.placeholders if name not in OWN_WORDS)
            yield from ((DERIVED.get(name, name), optional) for name in names)
            continue
        kind, block = paragraph.include
        tries = [f"law.{regime}.{block}" for regime in regimes] if kind == "law" else [f"block.{block}"]
        file = next((found for each in tries if (found := load("en", each))), None)
        if file:
            yield from ((name, True) for name in sorted(file.needs | file.unless))
            yield from _walk(file.paragraphs, regimes, optional=optional or bool(file.needs or file.unless))
