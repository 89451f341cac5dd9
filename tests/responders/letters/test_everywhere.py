"""Every letter that a ticket may send can be written, wherever the person lives and whatever was asked."""

import pytest

from intents.rights import RIGHTS, Intent
from responders.filling import fill
from responders.law.choose import LawClues, applicable
from responders.letters.files import names
from tests.responders.cast import HOUSE, NOW, opened, request

PLACES = [
    None,
    "DE",
    "IT",
    "NO",
    "EU",
    "GB",
    "GB-NIR",
    "CH",
    "US",
    "US-CA",
    "US-VA",
    "US-NY",
    "US-DE",
    "CA-QC",
    "BR",
    "AU",
]
SAID = {
    "code": "ABCD-EFGH-JKLM",
    "code_valid_until": "2026-03-03T15:00+00:00",
    "erase_at": "2026-03-03T15:00+00:00",
    **dict.fromkeys(("question", "reason", "fact", "doubt", "answer", "passages", "granted", "refused"), "x" * 30),
    **dict.fromkeys(
        ("lift_date", "forwarded_date", "hold_until_date", "confirm_by_date", "new_due_date"), "2026-04-01"
    ),
    "agent": "Fairdata",
    "client": "Shop Ltd.",
    "files": "Mailer Inc.: a name",
    "outcome": "denied",
    "state": "checking",
    "authority": "the authority",
}


@pytest.mark.parametrize("place", PLACES)
def test_every_letter_of_a_case_can_be_written_for_whoever_lives_there(place: str | None) -> None:
    own = {right: [name for name in names() if name.startswith((f"{right}.", "case."))] for right in Intent}
    for right in (*RIGHTS, Intent.QUESTION, Intent.OTHER):
        laws = applicable(LawClues(country=place, received=NOW.date()))
        ticket = opened(request(right, regimes=laws, country=place))[0].ticket
        for name in own[right]:
            assert fill(ticket, name, SAID, HOUSE, NOW).text
