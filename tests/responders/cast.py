"""The fixed cast of the core's stories: Anna the data subject, Olga and Ivan the staff, Mailer Inc. the processor."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from intents.letter import Channel
from intents.rights import Intent
from responders.case.decision import Decision
from responders.case.effects import SendCode, SendLetter
from responders.case.ticket import Person, Ticket
from responders.decide import decide
from responders.house import House, Processor
from responders.opening import Request, open_tickets

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
ANNA = "anna@kundin.example"
OLGA, IVAN = "U_OLGA", "U_IVAN"
WHY = "The accounting law of Colorado obliges us to keep these invoices."

HOUSE = House(
    company="Opterre",
    postal_address="1 Main Street, Castle Rock",
    contact="support@opterre.example",
    controller_tz="America/Denver",
    processors=(
        Processor("Mailer Inc.", "mail address", {right: f"{right} there" for right in Intent}),
        Processor("Paybox Ltd.", "invoices", {Intent.ACCESS: "export", Intent.ERASE: "redact"}),
    ),
    own_addresses=frozenset({"support@opterre.example"}),
    facts={
        "purposes": "Answering you",
        "categories": "Contact data",
        "retention": "Five years",
        "source": "none",
        "automated": "none",
        "transfer_safeguard": "none",
        "withheld": "none",
        "sold_shared": "none",
        "period": "everything",
        "kept": "none",
        "format": "text",
        "lists": "Newsletter",
        "how_to_see": "Ask us",
        "backup_days": "30",
        "log_months": "36",
    },
)


def request(right: Intent, **changes: object) -> Request:
    """What Anna asks by mail from Berlin."""
    person = Person(address=ANNA, writer=ANNA, name="Anna", subject="My data", message_id="<a@kundin.example>")
    asked = Request(
        right=right,
        person=person,
        channel=Channel.EMAIL,
        language="en",
        received_at=NOW,
        regimes=("gdpr",),
        country="DE",
    )
    return replace(asked, **changes)  # type: ignore[arg-type]


def opened(*requests: Request, house: House = HOUSE) -> list[Decision]:
    """The tickets of one letter, numbered from 1."""
    return open_tickets(requests, range(1, len(requests) + 1), NOW, house)


def ticket(right: Intent, *events: object, house: House = HOUSE, **changes: object) -> Ticket:
    """Anna's ticket after some events, an hour apart."""
    found = opened(request(right, **changes), house=house)[0].ticket
    for hours, event in enumerate(events, 1):
        found = decide(found, event, NOW + timedelta(hours=hours), house).ticket  # type: ignore[arg-type]
    return found


def letters(decision: Decision) -> list[str]:
    """Names of the letters that go out, codes among them."""
    return [effect.name for effect in decision.effects if isinstance(effect, SendLetter | SendCode)]


def codes(decision: Decision) -> list[str]:
    """Letters that carry a code."""
    return [effect.name for effect in decision.effects if isinstance(effect, SendCode)]
