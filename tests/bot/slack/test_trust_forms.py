"""What staff write into the forms about who is asking, and the buttons that open them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.slack import acts
from bot.slack.cards import Look, card
from bot.slack.form_kit import Invalid, Written
from bot.slack.forms import FORMS, view
from intents.rights import Intent, Risk
from responders.case import events as e
from responders.case.ticket import Identity, Ticket
from tests.responders.cast import NOW, ticket

LOOK = Look()


def written(**values: str) -> Written:
    return Written(values, "olga", {}, datetime(2026, 3, 2, tzinfo=UTC), LOOK)


def buttons(found: Ticket) -> set[str]:
    return {act.name for act in acts.offered(found, NOW)}


def doubted() -> Ticket:
    """Anna's copy after the code, with an answer wanted at another domain."""
    return ticket(Intent.ACCESS, e.IdentityConfirmed(), data={"doubts": "answers are wanted elsewhere", "score": "40"})


def test_a_doubted_case_offers_the_question_and_the_confirmation_and_shows_what_is_needed() -> None:
    found = doubted()
    assert {"fact", "seen"} <= buttons(found)
    shown = str(card(found, NOW, LOOK).blocks)
    assert "Still needed" in shown
    assert "answers are wanted elsewhere" in shown


def test_a_plain_case_offers_neither() -> None:
    found = ticket(Intent.ACCESS, e.IdentityConfirmed())
    assert not {"fact", "seen", "person", "agent"} & buttons(found)
    assert "forward" in buttons(found)


def test_a_letter_for_somebody_else_offers_to_ask_the_person_and_the_agent() -> None:
    found = ticket(Intent.ACCESS, hold="an agent", risks=(Risk.AGENT,))
    assert {"person", "agent"} <= buttons(found)


@pytest.mark.parametrize("name", ["fact", "seen", "person", "forward"])
def test_every_form_can_be_shown(name: str) -> None:
    shown: dict[str, Any] = view(name, ticket(Intent.ACCESS, hold="an agent", risks=(Risk.AGENT,)), LOOK)
    assert len(shown["title"]["text"]) <= 24
    assert shown["blocks"]


def test_what_is_written_becomes_the_event() -> None:
    event = FORMS["seen"].event
    assert event(written(seen="documents", how="permission signed")) == e.FactConfirmed(
        "olga", "permission signed", True
    )
    assert event(written(seen="fact", how="last order")) == e.FactConfirmed("olga", "last order")
    asked = FORMS["person"].event(written(agent="Fairdata", address="a@kundin.example", language="de", right="access"))
    assert asked == e.StaffAskedPerson("olga", "Fairdata", "a@kundin.example", Intent.ACCESS, "de")
    assert FORMS["forward"].event(written(client="X", own="yes")) == e.StaffForwarded("olga", "X", own_data=True)
    assert FORMS["fact"].event(written(doubt="d", fact="f?")) == e.StaffAskedFact("olga", "d", "f?")


def test_an_address_on_file_must_be_plain() -> None:
    with pytest.raises(Invalid):
        FORMS["person"].event(written(agent="Fairdata", address="Anna <a@kundin.example>, b@else.example"))


def test_identity_after_the_form_is_what_was_seen() -> None:
    found = ticket(Intent.ACCESS, e.IdentityConfirmed(), e.FactConfirmed("olga", "last order"), data={"score": "40"})
    assert found.identity is Identity.FACT
    assert "still_needed" not in found.data
