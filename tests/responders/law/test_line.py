"""One line of the contract: what it takes, what it gives, and what it says of a wrong line."""

import json
import subprocess
import sys

import pytest

from responders.law.line import due_line

LINE: dict[str, object] = {
    "id": "a-1",
    "regime": "GDPR",
    "right": "access",
    "received": "2026-01-31T10:00:00-07:00",
    "subject_tz": "Europe/Berlin",
    "controller_tz": "America/Denver",
    "verified": None,
    "country": "DE",
    "extension": False,
    "events": {},
}


def test_a_line_has_exactly_the_agreed_fields_and_is_plain_json() -> None:
    line = due_line(LINE)
    assert list(line) == [
        "id",
        "ack_by",
        "due",
        "extended_due",
        "extension_notice_by",
        "remind_by",
        "due_at_utc",
        "working",
    ]
    assert json.loads(json.dumps(line)) == line
    assert (line["due"], line["due_at_utc"]) == ("2026-03-02", "2026-03-02T22:59:59Z")


def test_the_extension_is_shown_where_it_was_asked_for() -> None:
    assert due_line(LINE)["extended_due"] is None
    assert due_line(LINE | {"extension": True})["extended_due"] == "2026-04-30"


def test_a_nation_of_the_united_kingdom_may_be_named_by_its_calendar() -> None:
    line = LINE | {"regime": "uk", "country": "GB", "received": "2026-06-12T10:00:00+01:00", "subject_tz": None}
    assert due_line(line | {"holiday_calendar": "GB-ENG"})["due"] == "2026-07-13"
    assert due_line(line | {"holiday_calendar": "GB-NIR"})["due"] == "2026-07-14"
    assert due_line(line | {"country": "GB-ENG"})["due"] == "2026-07-13"


def test_the_least_a_line_needs() -> None:
    assert due_line({"regime": "gdpr", "right": "erase", "received": "2026-03-02T10:00:00Z"})["due"] == "2026-04-02"


def test_an_event_that_moves_nothing_is_named() -> None:
    working = due_line(LINE | {"events": {"moon_full": "2026-02-02"}})["working"]
    assert isinstance(working, list)
    assert "event 'moon_full' moves no clock" in working


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"regime": "HIPAA"}, "unknown law 'HIPAA'; allowed: "),
        ({"right": "fly"}, "unknown right 'fly'; allowed: "),
        ({"regime": None}, "'regime' must be a word"),
        ({"received": "yesterday"}, "'received' must be a time like"),
        ({"received": "2026-01-31T10:00:00"}, "'received' needs its offset"),
        ({"subject_tz": "Europe/Atlantis"}, "unknown time zone 'Europe/Atlantis'"),
        ({"events": []}, None),
        ({"events": ["x"]}, "'events' must be an object"),
        ({"events": {"sent": "soon"}}, "event 'sent': 'soon' is no date"),
        ({"events": {"sent": 7}}, "event 'sent': 7 is no date"),
        ({"regime": "us-ok"}, "Oklahoma privacy act: access holds from 2027-01-01"),
    ],
)
def test_a_wrong_line_gets_a_sentence(change: dict[str, object], words: str | None) -> None:
    if words is None:
        assert due_line(LINE | change)["due"]
        return
    with pytest.raises(ValueError, match=words):
        due_line(LINE | change)


def test_importing_the_law_does_not_load_the_holidays() -> None:
    code = "import sys, responders.law.line, responders.law.choose; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
