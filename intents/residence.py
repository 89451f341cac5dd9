"""Where a letter says that its writer lives: "I live in Virginia", "as a California resident", "wohnhaft in Bern".

Only what is said of oneself counts, and only places whose law we carry. The words are in `data/places.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from intents.fold import fold

WINDOW = 60
"""Characters after "I live in" in which the place stands: "a small town near Austin, Texas"."""
BACK = 14
"""Characters before it in which a "not" or "no longer" stands."""
EUROPE = "EU"
"""The whole of it: the writer names no state."""
_STATES = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"  # noqa: E501
_POSTAL = re.compile(rf",\s?({_STATES.replace(' ', '|')})\b")
"""The two letters of a state after the name of a town; they count in capitals only."""
_END = re.compile(r"[.!?;:\n]\s|[!?;\n]| and | und | et | y | e | en | i | but | aber | mais ")


def residence(text: str) -> str | None:
    """ISO 3166 of where the writer says to live ("DE", "US-CA", "GB-SCT"), "EU" for Europe as a whole, or None."""
    folded = fold(text)
    return next((place for place in _said(text, folded) if place), None)


def _said(text: str, folded: str) -> Iterator[str | None]:
    """The place after each "I live in" and before each "resident", in the order of the kinds."""
    for cue in _before().finditer(folded):
        if not _not_now().search(folded[max(0, cue.start() - BACK) : cue.start()]):
            yield _place_in(text[cue.end() : cue.end() + WINDOW], folded[cue.end() : cue.end() + WINDOW])
    for person in _as_a().finditer(folded):
        yield _codes()[person[1] or person[2]]


def _place_in(text: str, folded: str) -> str | None:
    """The place that a piece of text names: the widest that stands last, by its most exact name. In "Austin, TX" the
    two letters decide, in "Paris, Texas" the state."""
    end = _END.search(folded)
    text, folded = (text[: end.start()], folded[: end.start()]) if end else (text, folded)
    if postal := _POSTAL.search(text):
        return f"US-{postal[1]}"
    found = [_codes()[match[0]] for match in _places().finditer(folded)]
    if not found:
        return None
    exact = [code for code in found if code.startswith(f"{found[-1]}-")]
    return exact[-1] if exact else found[-1]


def _words(names: Iterable[str]) -> str:
    """Longest first, so that "west virginia" is not Virginia."""
    return "|".join(re.escape(name) for name in sorted(set(names), key=lambda name: (-len(name), name)))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "data" / "places.toml").read_text(encoding="utf-8"))


@cache
def _codes() -> dict[str, str]:
    """Folded name to code."""
    lists = [(code, names) for group, codes in _data().items() if group != "cues" for code, names in codes.items()]
    return {fold(name.strip()): code for code, names in lists for name in names.split(", ")}


@cache
def _places() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_words(_codes())})(?!\w)")


@cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_words(map(fold, _data()['cues']['before']))})\s")


@cache
def _as_a() -> re.Pattern[str]:
    """ "as a California resident", "en tant que citoyen suisse"."""
    cues = _data()["cues"]
    as_a, people, named = (_words(map(fold, each)) for each in (cues["as_a"], cues["people"], _codes()))
    both = rf"(?:({named})\s(?:{people})|(?:{people})\s({named}))"
    return re.compile(rf"(?<!\w)(?:{as_a})\s(?:\w+\s)?{both}(?!\w)")


@cache
def _not_now() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<!\w)|(?<=n't)|(?='))(?:{_words(map(fold, _data()['cues']['not_now']))})\s*$")
