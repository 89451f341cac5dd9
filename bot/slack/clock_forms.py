"""Forms that a clock depends on: a question to the person, and where or when was wrong."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.slack.blocks import Json, field, menu, options, typed
from bot.slack.cards import Look
from bot.slack.form_kit import CLOCK_RUNS, COUNTRY, THE_PERSON_READS, Invalid, Written
from intents.rights import Intent
from responders.case import events as e
from responders.case.ticket import Ticket
from responders.law.choose import LawClues, applicable
from responders.law.load import laws
from responders.law.regime import FurtherRight


def correct_fields(ticket: Ticket, look: Look, _more: str) -> list[Json]:
    """Where the person lives, the leading law, the day of receipt; what is left empty stays."""
    here = {"type": "plain_text_input", "action_id": "text", "max_length": 6}
    here |= {"initial_value": ticket.country} if ticket.country else {}
    known = sorted((law.title, name) for name, law in laws().items() if not only_breach(name))
    law = menu("law", "Leave empty to follow from the country", options((name, label) for label, name in known))
    day = {"type": "datepicker", "action_id": "day", "initial_date": received_day(ticket, look)}
    return [
        field("country", "Lives in", here, hint="ISO code: DE, US-CA, GB-NIR", optional=True),
        field("law", "Counted by", law, optional=True),
        field("received", "Received on", day, optional=True),
    ]


def received_day(ticket: Ticket, look: Look) -> str:
    """The day of receipt in the house's zone, as Slack writes days."""
    return ticket.received_at.astimezone(ZoneInfo(look.tz)).date().isoformat()


def only_breach(name: str) -> bool:
    """Whether a law dates nothing but notices of breaches."""
    return all(set(rule.rights) <= {FurtherRight.BREACH_NOTICE} for rule in laws()[name].rules)


def corrected(written: Written) -> e.Event:
    """The event keeps what was not changed; a new country brings the laws that apply there."""
    country = written.values.get("country", "").strip().upper()
    if country and not COUNTRY.fullmatch(country):
        raise Invalid(country="Please write an ISO code, like DE or US-CA.")
    received = received_at(written)
    chosen = written.values.get("law", "")
    regimes: tuple[str, ...] = (chosen,) if chosen else ()
    if country and country != written.more.get("country", "") and not chosen:
        day = (received or written.now).date()
        regimes = applicable(LawClues(received=day, staff=country))
    return e.StaffCorrected(written.by, country or None, regimes, received)


def received_at(written: Written) -> datetime | None:
    """Noon of a corrected day in the house's zone; None where it was not changed. Raises Invalid for the future."""
    day = written.values.get("received", "")
    if not day or day == written.more.get("received", ""):
        return None
    found = datetime.combine(date.fromisoformat(day), time(12), ZoneInfo(written.look.tz)).astimezone(UTC)
    if found.date() > written.now.astimezone(ZoneInfo(written.look.tz)).date():
        raise Invalid(received="This day has not come yet.")
    return min(found, written.now)


def ask_fields(ticket: Ticket, _look: Look, _more: str) -> list[Json]:
    """The question, and for a copy of the data what it is about: the law may stop its clock by that."""
    blocks = [field("question", "Your question", typed(lines=True), hint=f"{THE_PERSON_READS} {CLOCK_RUNS}")]
    if ticket.right is Intent.ACCESS:
        kinds = [(e.About.CLARIFICATION.value, "Which data the request is about"), (e.About.COST.value, "Its cost")]
        about = menu("about", "Something else", options(kinds))
        hint = "In the United Kingdom the days of a clarification do not count, in Switzerland those of a cost share."
        blocks.append(field("about", "Is it about", about, hint=hint, optional=True))
    return blocks


def asked(written: Written) -> e.Event:
    about = e.About(written.values.get("about") or e.About.REQUEST)
    return e.StaffAsked(written.by, written.text("question"), about)
