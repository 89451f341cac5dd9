"""What holds for every receipt, whatever the law, the day and the machine."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responders.law.deadlines import Deadlines, deadlines
from responders.law.load import laws
from responders.law.regime import Count, Right
from responders.law.reminders import reminders

ROWS = sorted({(law.name, right) for law in laws().values() for rule in law.rules for right in rule.rights})
ZONES = ["Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kathmandu", "America/St_Johns", None]
COUNTRIES = [None, "DE", "IE", "ES", "PL", "GB", "GB-NIR", "US-CA", "BR", "CH", "CA-QC"]
RECEIPTS = st.datetimes(datetime(2028, 2, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def counted(draw: st.DrawFn) -> Deadlines:
    law, right = draw(st.sampled_from(ROWS))
    return deadlines(
        law,
        right,
        draw(RECEIPTS),
        subject_tz=draw(st.sampled_from(ZONES)),
        controller_tz="America/Denver",
        country=draw(st.sampled_from(COUNTRIES)),
        extension=draw(st.booleans()),
    )


@given(counted())
@settings(deadline=None, max_examples=300)
def test_the_dates_stand_in_their_order(found: Deadlines) -> None:
    last = found.due or found.ack_by
    assert last is not None
    assert found.remind_by <= last
    assert found.receipt_date <= last
    if found.extended_due:
        assert found.due
        assert found.due <= found.extended_due
        assert (found.due.year, found.due.month) <= (found.extended_due.year, found.extended_due.month)
        assert found.extension_notice_by == found.remind_by
        assert found.extended_remind_by
        assert found.extended_remind_by <= found.extended_due


@given(counted())
@settings(deadline=None, max_examples=200)
def test_reminders_lie_between_the_receipt_and_the_end(found: Deadlines) -> None:
    instants = reminders(found)
    assert list(instants) == sorted(set(instants))
    assert all(found.received - timedelta(seconds=1) <= one < found.answer_at for one in instants)
    assert len(instants) >= 3


@given(counted())
@settings(deadline=None, max_examples=100)
def test_no_date_lies_after_the_instant_at_which_it_ends(found: Deadlines) -> None:
    if found.hours is None:
        last = found.due or found.ack_by
        assert last is not None
        assert abs(found.due_at.date() - last) <= timedelta(days=1)


@pytest.fixture(params=["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
def machine_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


EVERY_RIGHT: list[tuple[str, Right]] = ROWS
ON = datetime(2028, 2, 28, 23, 30, tzinfo=UTC)
HERE = [
    deadlines(law, right, ON, subject_tz="Europe/Berlin", controller_tz="America/Denver", country="DE")
    for law, right in EVERY_RIGHT
]


def test_no_result_depends_on_the_machines_time_zone(machine_zone: str) -> None:
    there = [
        deadlines(law, right, ON, subject_tz="Europe/Berlin", controller_tz="America/Denver", country="DE")
        for law, right in EVERY_RIGHT
    ]
    assert there == HERE, machine_zone
    assert [reminders(one) for one in there] == [reminders(one) for one in HERE]


def test_every_kind_of_counting_is_used_by_some_law() -> None:
    kinds = {rule.period.count for law in laws().values() for rule in law.rules if rule.period}
    assert kinds == set(Count)
