"""Which laws may apply to a letter, from what is known of where the person lives.

Nothing is ever asked for this: an unknown residence takes the shortest periods. Several laws may apply; then the
earliest date leads and all are shown.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from intents.rights import RIGHTS, Intent
from responders.law.load import laws
from responders.law.names import law_named
from responders.law.regime import Law, Right
from responders.law.workdays import EEA

UNKNOWN = "unknown"
POLICY = "policy"
SENDERS_LAW = "can_spam"
"""The company mails from the United States, wherever its readers live."""

STRICTEST_PART = {"US": "US-CA", "CA": "CA-QC"}
"""Where only the country is known: the part with the shortest periods. A state is never asked for."""

OTHER_NAMES = {"us-state": "ccpa"}
"""A letter that names some American law without saying which is counted by the strictest."""

DOMAINS = {code.lower(): code for code in EEA | {"CH", "BR", "CA", "US"}} | {"uk": "GB"}
"""Country domains that speak for a residence; ".io", ".me" and their like speak for none."""

EUROPE = "eu"
EVERYWHERE_IN_EUROPE = "EU"
"""Somebody who lives "in the EU": its law, and no state's holidays."""
LANGUAGES = {
    **dict.fromkeys("bg cs da el et fi fr ga hr hu is it lt lv mt nb nl nn no pl ro sk sl sv es".split(), ("gdpr",)),  # noqa: SIM905
    "de": ("gdpr", "ch"),
    "pt": ("gdpr", "lgpd"),
}
"""What a language makes likely, never certain."""


@dataclass(frozen=True, slots=True)
class LawClues:
    """What is known. Residences are ISO 3166 ("DE", "US-CA", "GB-NIR"); what staff set beats everything else.

    `country` is what the letter says, `directory` what our own records say, `laws` what the letter names ("gdpr"),
    `domain` the sender's mail domain, `language` ISO 639-1. `right` and `received` leave out laws that don't give
    that right on that day; without them every law is kept. `minor`: the person says that they are under 18.
    """

    right: Right | None = None
    received: date | None = None
    staff: str | None = None
    directory: str | None = None
    country: str | None = None
    laws: tuple[str, ...] = ()
    domain: str | None = None
    language: str | None = None
    minor: bool = False


@lru_cache(maxsize=1024)  # the letters of a day come with few different clues
def applicable(clues: LawClues) -> tuple[str, ...]:
    """Names of the laws that may apply, the best founded first, never empty. The company's own policy, which binds it
    everywhere, is the last; "unknown" stands for the strictest set."""
    sure = _by_residence(clues)
    if clues.staff is None:
        # in London "the GDPR" is the UK GDPR
        sure += [name for name in _named(clues.laws) if name != "gdpr" or "uk" not in sure]
    if not sure and residence(clues) is None:
        sure = [*LANGUAGES.get(clues.language or "", ()), UNKNOWN]
    if clues.minor:
        sure.append("eraser")
    found = dict.fromkeys([*sure, SENDERS_LAW, POLICY])
    kept = tuple(name for name in found if _gives(laws()[name], clues))
    return kept or (UNKNOWN,)


def residence(clues: LawClues) -> str | None:
    """Where the person most probably lives, for holidays and authorities; None where nothing says so."""
    known = clues.staff or clues.directory or clues.country or _by_domain(clues.domain)
    return _plain(known) if known and _plain(known) != EVERYWHERE_IN_EUROPE else None


def _by_residence(clues: LawClues) -> list[str]:
    """Staff's word alone; else both what our records and what the letter says; else the domain."""
    if clues.staff:
        return _laws_in(clues.staff)
    places = [place for place in (clues.directory, clues.country) if place]
    if places:
        return [name for place in places for name in _laws_in(place)]
    if (clues.domain or "").lower().rpartition(".")[2] == EUROPE:
        return ["gdpr"]
    place = _by_domain(clues.domain)
    return _laws_in(place) if place else []


def _laws_in(place: str) -> list[str]:
    if _plain(place) == EVERYWHERE_IN_EUROPE:
        return ["gdpr"]
    places = [code := _plain(place), STRICTEST_PART.get(code, code)]
    return list(dict.fromkeys(law.name for one in places for law in laws().values() if _covers(law, one)))


def _covers(law: Law, place: str) -> bool:
    return any(place == country or place.startswith(f"{country}-") for country in law.countries)


def _named(names: tuple[str, ...]) -> list[str]:
    """Laws that a letter names; one that we don't know says only that the person lives elsewhere."""
    found = []
    for name in names:
        try:
            found.append(law_named(OTHER_NAMES.get(name.lower().replace("_", "-"), name)).name)
        except ValueError:
            continue
    return found


def _by_domain(domain: str | None) -> str | None:
    return DOMAINS.get((domain or "").lower().rstrip(".").rpartition(".")[2])


def _plain(place: str) -> str:
    code, dash, part = place.strip().upper().replace("_", "-").partition("-")
    return {"UK": "GB", "EL": "GR"}.get(code, code) + dash + part


def _gives(law: Law, clues: LawClues) -> bool:
    right = clues.right
    if right in (Intent.QUESTION, Intent.OTHER):
        right = Intent.ACCESS
    rows = law.rules_for(right) if right else [row for row in law.rules if set(row.rights) & set(RIGHTS)]
    return any(clues.received is None or row.holds(clues.received) for row in rows)
