"""The clocks of a breach, from the moment at which the company became aware of it."""

from collections.abc import Iterable
from datetime import datetime

from responders.law.choose import STRICTEST_PART
from responders.law.counting import earliest_date, zone
from responders.law.dates import Deadlines
from responders.law.deadlines import deadlines, gives
from responders.law.load import laws
from responders.law.regime import FurtherRight, Law


def breach_clocks(
    aware: datetime, *, controller_tz: str, residences: Iterable[str] | None = None
) -> tuple[Deadlines, ...]:
    """Every clock that runs, the earliest first. `residences` of the persons concerned are ISO 3166 ("DE", "US-CA");
    None means unknown and starts all clocks. The company's own promise always runs."""
    places = None if residences is None else {part for place in residences for part in _places(place)}
    day = earliest_date(aware, [zone(controller_tz)])
    found = [
        deadlines(law.name, FurtherRight.BREACH_NOTICE, aware, subject_tz=None, controller_tz=controller_tz)
        for law in laws().values()
        if gives(law.name, FurtherRight.BREACH_NOTICE, day) and _concerns(law, places)
    ]
    return tuple(sorted(found, key=lambda clock: (clock.due_at, clock.regime)))


def _places(place: str) -> tuple[str, str, str]:
    """The place itself, its country, and the strictest part where only the country is known."""
    code = place.upper()
    return code, code.partition("-")[0], STRICTEST_PART.get(code, code)


def _concerns(law: Law, places: set[str] | None) -> bool:
    return places is None or not law.countries or not places.isdisjoint(law.countries)
