"""Values in the letter's language: dates, names of rights, lists, and the sentences for "none"."""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from responders.letters.files import LANGUAGES, ROOT

D = TypeVar("D", bound=date)

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters and those that turn the direction of writing: a value may not change how a letter reads."""


@cache
def words(language: str) -> Mapping[str, Any]:
    """`<language>/words.toml`."""
    return tomllib.loads((ROOT / language / "words.toml").read_text(encoding="utf-8"))


@cache
def kinds() -> Mapping[str, str]:
    """Placeholder to its kind, from `placeholders.toml`."""
    table = tomllib.loads((ROOT / "placeholders.toml").read_text(encoding="utf-8"))
    return {name: entry["kind"] for name, entry in table.items()}


@cache
def own_line(language: str) -> str | None:
    """The line above an English letter in the person's own language; None where there is none to add."""
    if language in LANGUAGES:
        return None
    line: str | None = tomllib.loads((ROOT / "fallback.toml").read_text(encoding="utf-8")).get(language)
    return line


def local(text: str, language: str, country: str | None) -> str:
    """A template's text in the manner of a country (`[variants.CH]` of its word list). Never given a value."""
    nation = (country or "").upper().partition("-")[0]
    for ours, theirs in words(language).get("variants", {}).get(nation, {}).items():
        text = text.replace(ours, theirs)
    return text


def say_date(day: date, language: str, country: str | None = None) -> str:
    """As in "2 March 2026"; in English for the United States "March 2, 2026"."""
    table = words(language)["date"]
    nation = (country or "").lower().partition("-")[0]
    pattern = table.get(f"pattern_{nation}", table["pattern"])
    written: str = pattern.format(
        day=table.get("first", "1") if day.day == 1 else day.day, month=table["months"][day.month - 1], year=day.year
    )
    return written


def say_instant(moment: datetime, language: str, country: str | None = None) -> str:
    """As in "2 March 2026, 14:05 (UTC-07:00)", in the zone the value came with."""
    offset = moment.strftime("%z")
    zone = "UTC" if offset in ("+0000", "") else f"UTC{offset[:3]}:{offset[3:5]}"
    return f"{say_date(moment.date(), language, country)}, {moment:%H:%M} ({zone})"


def say_rights(value: str, language: str, manner: str = "rights") -> str:
    """Write "access,erase" as "access to your data and erasure of your data"; unknown names stay as they are."""
    table = words(language)
    said = [table[manner].get(right, right) for right in (part.strip() for part in value.split(",")) if right]
    last_two: str = table["and"].join(said[-2:])
    return ", ".join([*said[:-2], last_two])


def seen(value: str) -> str:
    """The value without what nobody sees."""
    return _UNSEEN.sub("", value).strip()


def said(name: str, value: str, language: str, country: str | None) -> str:
    """One seen value as it stands in the letter. It stays data: nothing in it is ever read as a template."""
    own = _own_words(name, value, language)
    return (
        _by_kind(kinds().get(name, "text"), value, language, country) if own is None else local(own, language, country)
    )


def _own_words(name: str, value: str, language: str) -> str | None:
    """The word list's words for a value that is a key of it; None where the value says it itself."""
    table = words(language)
    kind = kinds().get(name, "text")
    own: str | None = None
    if kind in ("rights", "right_names"):
        own = say_rights(value, language, kind)
    elif kind == "state":
        own = table["state"].get(value)
    elif value == "none":
        own = table["none"].get(name)
    return own


def _by_kind(kind: str, value: str, language: str, country: str | None) -> str:
    """A date that is not ISO was already written by a person, and stays."""
    written = value
    match kind:
        case "date" if day := _read(date.fromisoformat, value):
            written = say_date(day, language, country)
        case "instant" if moment := _read(datetime.fromisoformat, value):
            written = say_instant(moment, language, country)
        case "list":
            written = "\n".join(f"- {line.strip()}" for line in value.splitlines() if line.strip())
        case "quote":
            written = "\n".join(f"> {line}".rstrip() for line in value.splitlines())
        case _:
            pass
    return written


def _read(iso: Callable[[str], D], value: str) -> D | None:
    try:
        return iso(value)
    except ValueError:
        return None
