"""Plain dates, law by law, counted by hand on a calendar; each row with the paragraph it stands on."""

from datetime import date, datetime

import pytest

from intents.rights import Intent
from responders.law.deadlines import Deadlines, NoSuchRight, deadlines
from responders.law.names import right_named
from responders.law.regime import FurtherRight

DENVER = "America/Denver"


def count(
    law: str, right: str, received: str, zone: str | None, country: str | None = None, **events: str
) -> Deadlines:
    return deadlines(
        law,
        right_named(right),
        datetime.fromisoformat(received),
        subject_tz=zone,
        controller_tz=DENVER,
        country=country,
        events=events,
    )


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# law, right, received, zone, country -> due, extended due, remind by, source
TABLE = [
    # 12 Jun 2026 + 1 month is a Sunday; no German holiday follows
    ("gdpr", "access", "2026-06-12T09:00+02:00", "Europe/Berlin", "DE", "2026-07-13", "2026-09-14", "2026-07-10"),
    # 30 Dec + 1 month = 30 Jan 2027 (Sat); + 3 months = 30 Mar
    ("gdpr", "erase", "2026-12-30T09:00+01:00", "Europe/Vienna", "AT", "2027-02-01", "2027-03-30", "2027-01-29"),
    # 30 Nov 2027 + 3 months = 29 Feb 2028, Reg. 1182/71 art. 3(2)(c)
    ("gdpr", "rectify", "2027-11-30T09:00+01:00", "Europe/Rome", "IT", "2027-12-30", "2028-02-29", "2027-12-30"),
    # 6 Jan is a holiday in Sweden and not in France
    ("gdpr", "access", "2025-12-06T09:00+01:00", "Europe/Stockholm", "SE", "2026-01-07", "2026-03-06", "2026-01-06"),
    ("gdpr", "access", "2025-12-06T09:00+01:00", "Europe/Paris", "FR", "2026-01-06", "2026-03-06", "2026-01-06"),
    # 17 May, Norway's day, is the Sunday; Whit Monday 25 May 2026
    ("gdpr", "access", "2026-04-25T09:00+02:00", "Europe/Oslo", "NO", "2026-05-26", "2026-07-27", "2026-05-22"),
    # no member state known: weekends only, so Christmas Day is not stretched
    ("gdpr", "access", "2026-11-25T09:00+01:00", None, None, "2026-12-25", "2027-02-25", "2026-12-24"),
    # Greece writes EL in the Union
    ("gdpr", "access", "2026-09-28T09:00+03:00", "Europe/Athens", "EL", "2026-10-29", "2026-12-28", "2026-10-28"),
    ("uk", "rectify", "2026-11-28T09:00+00:00", "Europe/London", "GB-ENG", "2026-12-29", "2027-03-01", "2026-12-28"),
    # 30 November is kept in Scotland only
    ("uk", "access", "2026-10-30T09:00+00:00", "Europe/London", "GB-SCT", "2026-12-01", "2027-02-01", "2026-11-30"),
    ("uk", "access", "2026-10-30T09:00+00:00", "Europe/London", "GB-ENG", "2026-11-30", "2027-02-01", "2026-11-30"),
    ("ch", "access", "2026-11-23T09:00+01:00", "Europe/Zurich", "CH", "2026-12-23", None, "2026-12-23"),
    (
        "ccpa",
        "erase",
        "2026-01-15T09:00-08:00",
        "America/Los_Angeles",
        "US-CA",
        "2026-03-01",
        "2026-04-15",
        "2026-02-27",
    ),
    ("us-va", "erase", "2026-03-16T09:00-04:00", "America/New_York", "US-VA", "2026-04-30", "2026-06-14", "2026-04-30"),
    ("us-tn", "access", "2026-03-16T09:00-05:00", "America/Chicago", "US-TN", "2026-04-30", "2026-06-14", "2026-04-30"),
    ("us-ia", "access", "2026-03-02T09:00-06:00", "America/Chicago", "US-IA", "2026-05-31", "2026-07-15", "2026-05-29"),
    ("us-fl", "erase", "2026-05-01T09:00-04:00", "America/New_York", "US-FL", "2026-06-15", "2026-06-30", "2026-06-15"),
    ("us-nv", "optout_sale", "2026-01-01T09:00-08:00", None, "US-NV", "2026-03-02", "2026-04-01", "2026-03-02"),
    ("us-ct", "withdraw_consent", "2026-02-01T09:00-05:00", None, "US-CT", "2026-02-16", None, "2026-02-13"),
    ("pipeda", "rectify", "2026-06-01T09:00-04:00", "America/Toronto", "CA", "2026-07-01", "2026-07-31", "2026-07-01"),
    ("quebec", "erase", "2026-06-01T09:00-04:00", "America/Montreal", "CA-QC", "2026-07-01", None, "2026-07-01"),
    ("lgpd", "access", "2026-04-06T09:00-03:00", "America/Sao_Paulo", "BR", "2026-04-21", None, "2026-04-21"),
    # Labor Day 7 Sep is skipped for the date and not for the reminder
    ("can_spam", "unsubscribe", "2026-08-31T09:00-06:00", None, "US", "2026-09-15", None, "2026-09-14"),
    # Canada Day, 1 July
    ("casl", "unsubscribe", "2026-06-26T09:00-04:00", "America/Toronto", "CA", "2026-07-13", None, "2026-07-10"),
    ("unknown", "access", "2026-02-10T09:00-07:00", None, None, "2026-03-10", None, "2026-03-10"),
    ("policy", "erase", "2026-02-10T09:00-07:00", None, None, "2026-03-10", None, "2026-03-10"),
]


@pytest.mark.parametrize(("law", "right", "received", "zone", "country", "due", "extended", "remind"), TABLE)
def test_the_dates_are_the_calendars(
    law: str, right: str, received: str, zone: str | None, country: str | None, due: str, extended: str, remind: str
) -> None:
    found = count(law, right, received, zone, country)
    assert (iso(found.due), iso(found.extended_due), iso(found.remind_by)) == (due, extended, remind)


# The Friday before a Saturday 4 July is a federal holiday and a Californian working day; Columbus Day is federal only,
# Cesar Chavez Day and the day after Thanksgiving Californian only: all four count as working days (11 CCR 7021(a)).
@pytest.mark.parametrize(
    ("received", "ack"),
    [
        ("2026-06-30T09:00-07:00", "2026-07-14"),
        ("2026-10-05T09:00-07:00", "2026-10-19"),
        ("2026-03-24T09:00-07:00", "2026-04-07"),
        ("2026-11-20T09:00-08:00", "2026-12-07"),
        ("2027-06-28T09:00-07:00", "2027-07-13"),  # Sunday 4 July 2027 is kept on the Monday by both
    ],
)
def test_california_acknowledges_within_ten_business_days(received: str, ack: str) -> None:
    assert iso(count("ccpa", "access", received, "America/Los_Angeles", "US-CA").ack_by) == ack


# 11 CCR 7026(f), 7027(g): 15 business days, no acknowledgement, no extension
def test_a_californian_opt_out_has_no_acknowledgement_and_no_extension() -> None:
    for right in (Intent.OPTOUT_SALE, Intent.RESTRICT):
        found = count("ccpa", right.value, "2026-04-01T09:00-07:00", "America/Los_Angeles", "US-CA")
        assert iso(found.due) == "2026-04-22"
        assert (found.ack_by, found.extended_due, found.extension_notice_by) == (None, None, None)


def test_the_working_reads_like_a_calculation_on_paper() -> None:
    found = count("gdpr", "access", "2026-01-31T10:00-07:00", "Europe/Berlin", "DE")
    assert str(found.working[1]) == "31 Jan + 1 month = 28 Feb (Sat) → Mon 2 Mar, Art. 12(3), Reg. 1182/71 art. 3(4)"
    christmas = count("gdpr", "access", "2026-11-25T10:00+01:00", "Europe/Berlin", "DE")
    assert "25 Dec (Fri, Christmas Day) → Mon 28 Dec" in christmas.working[1].text
    california = count("ccpa", "erase", "2026-05-21T10:00-07:00", "America/Los_Angeles", "US-CA")
    assert "21 May + 45 days = 5 Jul (Sun), not moved" in [step.text for step in california.working]


def test_advertising_stops_on_the_day_and_is_never_extended() -> None:
    found = count("gdpr", "object-direct-marketing", "2026-06-10T12:00+02:00", "Europe/Berlin", "DE")
    assert found.cease_by == found.receipt_date == date(2026, 6, 10)
    assert iso(found.due) == "2026-07-10"
    assert found.extended_due is None


# EDPB Guidelines 01/2022 would let the clock rest while identity is in question; we show that date and don't use it
def test_a_pause_that_the_text_does_not_know_is_shown_and_not_used() -> None:
    found = count(
        "gdpr",
        "access",
        "2026-03-02T09:00+01:00",
        "Europe/Berlin",
        "DE",
        id_requested="2026-03-03",
        id_received="2026-03-10",
    )
    assert iso(found.due) == "2026-04-02"
    assert iso(found.alt_due) == "2026-04-09"


class TestTheUnitedKingdom:
    # UK GDPR art. 12A: the relevant time is the latest of request, identity shown, fee paid
    def test_the_clock_starts_when_identity_is_shown(self) -> None:
        asked = {"id_requested": "2026-03-03", "id_received": "2026-03-10"}
        found = count("uk", "erase", "2026-03-02T09:00+00:00", "Europe/London", "GB-ENG", **asked)
        assert (iso(found.started), iso(found.due), iso(found.extended_due)) == (
            "2026-03-10",
            "2026-04-10",
            "2026-06-10",
        )

    def test_an_open_question_moves_nothing_yet(self) -> None:
        found = count("uk", "erase", "2026-03-02T09:00+00:00", "Europe/London", "GB-ENG", id_requested="2026-03-03")
        assert iso(found.due) == "2026-04-02"

    # requests of before 2026-02-05 keep the old text
    def test_a_request_keeps_the_rules_of_its_day(self) -> None:
        asked = {"id_requested": "2026-02-05", "id_received": "2026-02-10"}
        before = count("uk", "erase", "2026-02-04T09:00+00:00", "Europe/London", "GB-ENG", **asked)
        after = count("uk", "erase", "2026-02-05T09:00+00:00", "Europe/London", "GB-ENG", **asked)
        assert (iso(before.due), iso(after.due)) == ("2026-03-04", "2026-03-10")

    # art. 12A(5): the day of asking and the day of the answer both do not count; access only
    def test_a_clarification_stops_the_clock_for_access_only(self) -> None:
        asked = {"clarification_requested": "2026-09-07", "clarification_received": "2026-09-08"}
        access = count("uk", "access", "2026-09-01T09:00+01:00", "Europe/London", "GB-ENG", **asked)
        erase = count("uk", "erase", "2026-09-01T09:00+01:00", "Europe/London", "GB-ENG", **asked)
        assert (iso(access.due), iso(access.remind_by)) == ("2026-10-05", "2026-10-01")
        assert iso(erase.due) == "2026-10-01"

    # art. 12A(5) speaks of each: a second clarification has its own days, and a day that two share counts once
    @pytest.mark.parametrize(
        ("asked", "answered", "due"),
        [
            (["2026-09-07", "2026-09-15"], ["2026-09-08", "2026-09-16"], "2026-10-05"),
            (["2026-09-07", "2026-09-08"], ["2026-09-10"], "2026-10-05"),
            (["2026-09-07"], ["2026-09-03"], "2026-10-01"),
            (["2026-09-07", "2026-09-15"], ["2026-09-08"], "2026-10-05"),
            (["2026-09-07", "2026-09-09"], ["2026-09-09", "2026-09-11"], "2026-10-06"),
        ],
    )
    def test_each_clarification_has_its_own_days(self, asked: list[str], answered: list[str], due: str) -> None:
        found = deadlines(
            "uk",
            Intent.ACCESS,
            datetime.fromisoformat("2026-09-01T09:00+01:00"),
            subject_tz="Europe/London",
            controller_tz=DENVER,
            country="GB-ENG",
            events={"clarification_requested": asked, "clarification_received": answered},
        )
        assert (iso(found.due), iso(found.remind_by)) == (due, "2026-10-01")

    def test_where_the_nation_is_not_known_any_nations_holiday_moves_the_end(self) -> None:
        found = count("uk", "access", "2026-10-30T09:00+00:00", "Europe/London", "GB")
        assert (iso(found.due), iso(found.remind_by)) == ("2026-12-01", "2026-11-30")
        assert "in Scotland only" in found.working[1].text

    # DPA 2018 s. 164A: 30 days beginning with receipt
    def test_a_complaint_has_an_acknowledgement_and_no_date_for_the_answer(self) -> None:
        found = count("uk", "complaint", "2026-07-06T09:00+01:00", "Europe/London", "GB")
        assert (iso(found.ack_by), found.due) == ("2026-08-04", None)
        assert found.answer_by == found.ack_by

    def test_there_was_no_such_complaint_before_19_june_2026(self) -> None:
        with pytest.raises(NoSuchRight, match="2026-06-19"):
            count("uk", "complaint", "2026-06-18T09:00+01:00", "Europe/London", "GB")


# DPO art. 19(3): the 30 days start after ten days of reflection
def test_a_swiss_share_of_the_cost_starts_the_clock_later() -> None:
    found = count("ch", "access", "2026-11-02T09:00+01:00", "Europe/Zurich", "CH", cost_announced="2026-11-05")
    assert (iso(found.started), iso(found.due)) == ("2026-11-15", "2026-12-15")


# S.C. 2010 c. 23 s. 11(3): from the sending
def test_casl_counts_from_the_sending_if_that_was_earlier() -> None:
    late = count("casl", "unsubscribe", "2026-10-05T09:00-04:00", "America/Toronto", "CA", sent="2026-10-02")
    assert iso(late.due) == "2026-10-16"
    forged = count("casl", "unsubscribe", "2026-10-05T09:00-04:00", "America/Toronto", "CA", sent="2026-10-30")
    assert iso(forged.due) == "2026-10-19"


APPEALS = [
    ("us-va", "2026-03-02", None),
    ("us-tx", "2026-03-02", None),
    ("us-nj", "2026-02-15", None),
    ("us-or", "2026-02-15", None),
    ("us-co", "2026-02-15", "2026-04-16"),
    ("us-mn", "2026-02-15", "2026-04-16"),
]


@pytest.mark.parametrize(("law", "due", "extended"), APPEALS)
def test_appeals_have_their_own_clock(law: str, due: str, extended: str | None) -> None:
    found = count(law, "appeal", "2026-01-01T09:00-07:00", None)
    assert (iso(found.due), iso(found.extended_due)) == (due, extended)


@pytest.mark.parametrize("law", ["ccpa", "us-ut", "us-nv", "gdpr"])
def test_some_laws_know_no_appeal_to_the_company(law: str) -> None:
    with pytest.raises(NoSuchRight):
        count(law, "appeal", "2026-12-01T09:00-07:00", None)


# Where a right begins: the day before it is not there, on the day it is
@pytest.mark.parametrize(
    ("law", "right", "first"),
    [
        ("us-ut", "rectify", "2026-07-01"),
        ("us-in", "access", "2026-01-01"),
        ("us-ky", "erase", "2026-01-01"),
        ("us-ri", "erase", "2026-01-01"),
        ("us-ok", "access", "2027-01-01"),
        ("us-la", "access", "2027-01-01"),
        ("us-al", "access", "2027-05-01"),
        ("us-vt", "access", "2028-01-01"),
        ("ccpa", "object", "2027-01-01"),
    ],
)
def test_a_law_holds_from_its_day(law: str, right: str, first: str) -> None:
    assert count(law, right, f"{first}T00:00-07:00", None).due  # midnight or 01:00 in Denver
    with pytest.raises(NoSuchRight, match=first):
        count(law, right, f"{first}T00:00-05:00", None)  # still the day before in Denver


@pytest.mark.parametrize(
    ("law", "right"), [("us-ia", "rectify"), ("us-nv", "erase"), ("pipeda", "erase"), ("casl", "access")]
)
def test_a_law_does_not_give_what_it_does_not_give(law: str, right: str) -> None:
    with pytest.raises(NoSuchRight):
        count(law, right, "2026-09-01T09:00-07:00", None)


def test_silence_is_a_refusal_in_canada() -> None:
    assert count("pipeda", "access", "2026-09-01T09:00-04:00", None).silence == "PIPEDA s. 8(5)"
    assert count("gdpr", "access", "2026-09-01T09:00+02:00", None).silence == ""


def test_a_time_without_its_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        deadlines("gdpr", Intent.ACCESS, datetime(2026, 1, 1, 9), subject_tz=None, controller_tz=DENVER)  # noqa: DTZ001
    with pytest.raises(ValueError, match="Atlantis"):
        count("gdpr", "access", "2026-01-01T09:00+01:00", "Europe/Atlantis")


def test_a_breach_in_hours_is_exact_through_a_night_of_changed_clocks() -> None:
    found = count("gdpr-33", FurtherRight.BREACH_NOTICE.value, "2026-10-24T12:00+02:00", "Europe/Berlin")
    assert found.due_at.isoformat() == "2026-10-27T10:00:00+00:00"
    assert found.hours == 72
