"""The morning's digest: when, in which order, and whom each ticket waits for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from intents.rights import Intent
from responders.case import events as e
from responders.digest import SHOWN, Standing, digest, digest_day, urgent_first
from tests.responders.cast import HOUSE, NOW, OLGA, ticket

CODE = e.IdentityConfirmed()


@pytest.mark.parametrize(
    ("moment", "country", "day"),
    [
        (datetime(2026, 3, 2, 15, 59, tzinfo=UTC), "US", None),  # 08:59 in Denver
        (datetime(2026, 3, 2, 16, 0, tzinfo=UTC), "US", date(2026, 3, 2)),
        (datetime(2026, 3, 3, 3, 0, tzinfo=UTC), "US", date(2026, 3, 2)),  # still Monday there, late but given
        (datetime(2026, 3, 7, 18, 0, tzinfo=UTC), "US", None),  # Saturday
        (datetime(2026, 11, 26, 18, 0, tzinfo=UTC), "US", None),  # Thanksgiving
        (datetime(2026, 11, 26, 18, 0, tzinfo=UTC), "DE", date(2026, 11, 26)),
        (datetime(2026, 5, 1, 18, 0, tzinfo=UTC), "DE", None),  # Labour Day
    ],
)
def test_a_digest_is_given_on_working_mornings_of_the_companys_country(
    moment: datetime, country: str, day: date | None
) -> None:
    assert digest_day(moment, replace(HOUSE, country=country)) == day


def test_the_late_ones_come_first_and_each_says_whom_it_waits_for() -> None:
    now = NOW + timedelta(days=33)
    late = replace(ticket(Intent.ACCESS, CODE, e.StaffAssigned(OLGA, "Olga Berg (U_OLGA)")), number=7)
    doing = replace(ticket(Intent.RECTIFY, CODE, e.StaffApproved(OLGA), received_at=NOW + timedelta(days=20)), number=8)
    waiting = replace(ticket(Intent.ERASE, received_at=NOW + timedelta(days=10)), number=9)
    question = replace(ticket(Intent.QUESTION), number=3)
    urgent = urgent_first([question, doing, waiting, late])
    text = digest(Standing(4, 1, urgent), date(2026, 4, 6), now, HOUSE)
    lines = text.splitlines()
    assert lines[0] == "Mon 6 Apr 2026: 4 open, 1 of them late."
    assert [line[:2] for line in lines[1:]] == ["#7", "#9", "#8", "#3"]
    assert "LATE by 2 days (due 2 Apr 2026), waits for staff (Olga Berg)" in lines[1]
    assert "waits for the person" in lines[2]
    assert "waits for Mailer Inc." in lines[3]
    assert "no date in law" in lines[4]
    assert "kundin" not in text


def test_more_than_a_screenful_is_a_number() -> None:
    many = [replace(ticket(Intent.ACCESS), number=n) for n in range(1, SHOWN + 5)]
    text = digest(Standing(100, 0, many), date(2026, 3, 2), NOW, HOUSE)
    assert len(text.splitlines()) == SHOWN + 2
    assert "… and 80 more" in text
