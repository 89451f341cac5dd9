"""A rehearsal: every answer is written once for an invented person, so that a missing fact shows before it matters."""

from collections.abc import Iterator
from datetime import UTC, datetime

from intents.letter import Channel
from intents.rights import RIGHTS
from responders.case.ticket import Identity, Person, Status, Task, Ticket
from responders.dates import with_dates
from responders.filling import fill
from responders.house import House
from responders.letters.render import Unfilled
from responders.registry import responder_of

LAWS = (("gdpr", "DE"), ("ccpa", "US-CA"))


def unfilled(house: House) -> list[str]:
    """What the configuration lacks, one sentence each."""
    missing: dict[str, str] = {}
    for ticket in rehearsed(house):
        try:
            fill(ticket, responder_of(ticket).done_letter, {}, house, ticket.opened_at)
        except Unfilled as error:
            for name in error.missing:
                missing.setdefault(name, f"answers.{name} is missing or empty: the letter {error.letter!r} needs it")
    return list(missing.values())


def rehearsed(house: House) -> Iterator[Ticket]:
    """One finished ticket for each right and law."""
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for regime, country in LAWS:
        for right in RIGHTS:
            task = Task(house.company, "", "staff", now)
            bare = Ticket(
                number=1,
                right=right,
                status=Status.DOING,
                channel=Channel.EMAIL,
                language="en",
                received_at=now,
                opened_at=now,
                person=Person(address="anna@kundin.example", found=((house.company, "—"),)),
                country=country,
                identity=Identity.MAILBOX,
                tasks=(task,),
            )
            yield with_dates(bare, (regime,), house)
