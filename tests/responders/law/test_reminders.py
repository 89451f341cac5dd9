"""When staff are reminded, when an extension may still be offered, and which law leads."""

from datetime import UTC, datetime, timedelta

import pytest

from intents.rights import Intent
from responders.law.deadlines import Deadlines, deadlines
from responders.law.regime import FurtherRight, Right
from responders.law.reminders import decide_extension_at, leading, may_extend, reminders, why_not_extend


def count(law: str, right: Right, received: str, *, country: str | None = None, extension: bool = False) -> Deadlines:
    return deadlines(
        law,
        right,
        datetime.fromisoformat(received),
        subject_tz=None,
        controller_tz="America/Denver",
        country=country,
        extension=extension,
    )


def test_reminders_come_at_half_three_quarters_nine_tenths_and_on_the_last_morning() -> None:
    found = count("us-va", Intent.ACCESS, "2026-03-16T23:59:59-06:00")
    begin = found.received
    assert found.due_at - begin == timedelta(days=45)
    assert reminders(found) == (
        begin + timedelta(days=22.5),
        begin + timedelta(days=33.75),
        begin + timedelta(days=40.5),
        datetime(2026, 4, 30, 15, 0, tzinfo=UTC),  # 09:00 in Denver, in summer
    )


def test_the_last_morning_is_a_working_day_although_the_law_has_a_weekend_more() -> None:
    found = count("gdpr", Intent.ACCESS, "2026-01-31T10:00-07:00", country="DE")
    assert reminders(found)[-1] == datetime(2026, 2, 27, 16, 0, tzinfo=UTC)


def test_a_taken_extension_is_reminded_of_over_the_longer_period() -> None:
    found = count("ccpa", Intent.ERASE, "2026-03-02T12:00-07:00", extension=True)
    assert found.answer_at == found.extended_due_at
    assert reminders(found)[0] > found.received + timedelta(days=44)
    assert found.extended_remind_by == datetime(2026, 5, 29).date()  # noqa: DTZ001 - receipt + 89 is a Saturday


def test_an_extension_is_offered_until_its_notice_is_due_and_not_a_day_longer() -> None:
    found = count("gdpr", Intent.ACCESS, "2026-01-31T10:00-07:00", country="DE")
    assert may_extend(found, datetime(2026, 2, 27, 23, 0, tzinfo=UTC))
    reason = why_not_extend(found, datetime(2026, 2, 28, 12, 0, tzinfo=UTC))
    assert reason == "The notice had to reach the person by 2026-02-27, inside the first period."
    assert not may_extend(found, datetime(2026, 3, 2, 12, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("law", "right"),
    [
        ("gdpr", FurtherRight.OBJECT_MARKETING),
        ("ccpa", Intent.OPTOUT_SALE),
        ("ccpa", Intent.RESTRICT),
        ("quebec", Intent.ACCESS),
        ("lgpd", Intent.ACCESS),
        ("can_spam", Intent.UNSUBSCRIBE),
        ("us-ct", FurtherRight.WITHDRAW_CONSENT),
    ],
)
def test_an_extension_is_never_offered_where_the_law_knows_none(law: str, right: Right) -> None:
    found = count(law, right, "2026-09-01T10:00-06:00", extension=True)
    assert not found.extended
    assert "knows no extension" in (why_not_extend(found, found.received) or "")
    assert decide_extension_at(found) is None


def test_there_is_no_second_extension() -> None:
    found = count("ccpa", Intent.ERASE, "2026-09-01T10:00-06:00", extension=True)
    assert "already taken" in (why_not_extend(found, found.received) or "")


def test_the_decision_is_forced_seven_days_before_the_notice_is_due() -> None:
    found = count("pipeda", Intent.ACCESS, "2026-11-02T10:00-07:00")
    assert decide_extension_at(found) == datetime(2026, 11, 25, 16, 0, tzinfo=UTC)


def test_the_earliest_law_leads_and_a_habit_of_the_house_leads_over_none() -> None:
    policy = count("policy", Intent.ERASE, "2026-08-01T10:00-06:00")
    gdpr = count("gdpr", Intent.ERASE, "2026-08-01T10:00-06:00")
    ccpa = count("ccpa", Intent.ERASE, "2026-08-01T10:00-06:00")
    assert policy.due_at < gdpr.due_at < ccpa.due_at
    assert leading([policy, ccpa, gdpr]) is gdpr
    assert leading([policy]) is policy
    with pytest.raises(ValueError, match="no law"):
        leading([])


def test_the_promise_of_the_policy_leads_over_a_later_law() -> None:
    aware = "2026-11-23T10:00-07:00"
    promise = count("policy", FurtherRight.BREACH_NOTICE, aware)
    law = count("gdpr-33", FurtherRight.BREACH_NOTICE, aware)
    assert leading([law, promise]) is promise
