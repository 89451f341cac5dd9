"""A request that came by phone or letter, entered by staff: its form, and the request that comes of it."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.mail.address import plain_address
from bot.slack import words
from bot.slack.blocks import Json, field, menu, modal, options, typed
from bot.slack.form_kit import COUNTRY, Invalid, Written
from intents.letter import Channel
from intents.rights import RIGHTS, Intent
from responders.case.ticket import Person
from responders.law.choose import LawClues, applicable
from responders.opening import Request

NAME = "new_request"
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "français",
    "es": "español",
    "it": "italiano",
    "nl": "Nederlands",
    "pt": "português",
    "pl": "polski",
}
_DOTTED = re.compile(r".+@[^@]+\.[^@.]{2,}")


def view(today: date) -> Json:
    """The form."""
    rights = options((right.value, words.RIGHTS[right]) for right in (*RIGHTS, Intent.QUESTION))
    languages = options(LANGUAGES.items())
    day = {"type": "datepicker", "action_id": "day", "initial_date": today.isoformat()}
    address_hint = "The code and the answer go there."
    country_hint = "ISO code, if you know it: DE, US-CA, GB-NIR"
    blocks = [
        field("right", "What is asked", menu("right", "Choose one", rights)),
        field("address", "Mail address of the person", typed(most=254), hint=address_hint),
        field("country", "Lives in", typed(most=6), hint=country_hint, optional=True),
        field("language", "Answer in", menu("language", "Choose one", languages, languages[0])),
        field("received", "Received on", day),
        field("note", "Note", typed(lines=True), hint="Kept sealed with the ticket.", optional=True),
    ]
    return modal("New request by hand", blocks, name=f"staff:{NAME}", submit="Open ticket", close="Cancel")


def request(written: Written) -> Request:
    """The request. Raises Invalid."""
    right = Intent(written.text("right"))
    address = usable_address(written.text("address"))
    if address is None:
        raise Invalid(address="Please write one plain mail address, like name@company.example.")
    country = written.values.get("country", "").strip().upper() or None
    if country and not COUNTRY.fullmatch(country):
        raise Invalid(country="Please write an ISO code, like DE or US-CA, or nothing.")
    language, received = written.values.get("language") or "en", received_at(written)
    clues = LawClues(received=received.date(), staff=country, domain=address.rpartition("@")[2], language=language)
    return Request(
        right=right,
        person=Person(address=address, writer=address, text=written.values.get("note", "")),
        channel=Channel.EMAIL,
        language=language,
        received_at=received,
        regimes=applicable(clues),
        country=country,
        why="entered by hand",
    )


def usable_address(text: str) -> str | None:
    """A plain mail address with its domain in lower case, or None."""
    try:
        address = plain_address(text.strip())
    except ValueError:
        return None
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}" if _DOTTED.fullmatch(address) else None


def received_at(written: Written) -> datetime:
    """Now for today, noon of an earlier day. Raises Invalid for one to come."""
    zone = ZoneInfo(written.look.tz)
    day = date.fromisoformat(written.text("received"))
    today = written.now.astimezone(zone).date()
    if day > today:
        raise Invalid(received="This day has not come yet.")
    return written.now if day == today else datetime.combine(day, time(12), zone).astimezone(UTC)
