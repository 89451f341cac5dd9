"""What a refusal must name: its ground, the appeal, and the authority to complain to."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from responders.law.load import DATA, laws
from responders.law.names import law_named
from responders.law.regime import Appeal, Ground, Right

BY_COUNTRY, NOBODY, ANY_MEMBER_STATE = "country", "none", "eu"
"""A law's authority may be that of the person's member state, or none of its own: then that of the residence."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who hears complaints. `route` is how; `first` is what must be tried before, or "". `key` is ISO 3166 in lower
    case, or a short name."""

    key: str
    name: str
    route: str
    source: str
    first: str = ""


def refusal_grounds(regime: str, right: Right, day: date | None = None) -> tuple[Ground, ...]:
    """The grounds of a law against a right, those that hold on `day` where one is given; most have none."""
    return tuple(ground for ground in law_named(regime).grounds if right in ground.rights and _holds(ground, day))


def appeal(regime: str, state: str | None = None) -> Appeal | None:
    """The route of appeal. `state`, the residence ("US-VA"), is used where `regime` is not a state's law itself."""
    law = law_named(regime)
    own = laws().get((state or "").lower()) if law.appeal is None else None
    return own.appeal if own else law.appeal


def authority(regime: str, residence: str | None = None) -> Authority:
    """The authority for a person living in `residence` (ISO 3166: "DE", "US-VA"). For the GDPR without a known member
    state, the list of all. Raises ValueError for an unknown law."""
    law, known = law_named(regime), authorities()
    if law.authority not in (BY_COUNTRY, NOBODY):
        return known[law.authority]
    key = _key(residence)
    if law.authority == NOBODY:
        return known.get(key, known[NOBODY])
    return known[key if key.upper() in law.countries else ANY_MEMBER_STATE]


@lru_cache(maxsize=1)
def authorities() -> Mapping[str, Authority]:
    """Every authority by its key."""
    raw = tomllib.loads((DATA / "authorities.toml").read_text(encoding="utf-8"))
    return {key: Authority(key=key, **row) for key, row in raw.items()}


def _key(residence: str | None) -> str:
    """The part of a country where it has an authority of its own, else the country."""
    code = (residence or "").lower()
    country = code.partition("-")[0]
    return code if code in authorities() else {"el": "gr", "gb": "uk"}.get(country, country)


def _holds(ground: Ground, day: date | None) -> bool:
    if day is None:
        return True
    return (ground.from_day is None or ground.from_day <= day) and (ground.until is None or day < ground.until)
