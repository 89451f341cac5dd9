"""The clock through a case: what moves it, what does not, of what staff are reminded, and what the timeline keeps."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from intents.letter import Channel
from intents.rights import CaseReply, Intent
from responders.case import events as e
from responders.case.effects import RemindStaff, SendLetter
from responders.case.lifecycle import NotNow
from responders.case.ticket import Person, Status, Ticket
from responders.decide import decide
from responders.filling import fill
from responders.law.regime import Binding
from responders.law.zones import ZONES, zone_of
from responders.opening import open_tickets
from responders.reminding import look_again, refuse_by, sort_of, words_for
from tests.responders.cast import HOUSE, IVAN, NOW, OLGA, WHY, letters, opened, request, ticket

CODE = e.IdentityConfirmed()
MANY = "Your account spans eleven systems of three brands, two of them closed."


def british(right: Intent, *events: object) -> Ticket:
    return ticket(right, *events, regimes=("uk", "policy"), country="GB")


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


def lived(found: Ticket, until: datetime) -> tuple[Ticket, list[str]]:
    """The ticket on a later day, and the reminders given until then, by the clock's own rule."""
    given: list[str] = []
    while found.look_again_at is not None and found.look_again_at <= until:
        decision = decide(found, e.TimePassed(), found.look_again_at, HOUSE)
        given += [effect.kind for effect in decision.effects if isinstance(effect, RemindStaff)]
        assert decision.ticket.look_again_at != found.look_again_at, "the clock would look for ever"
        found = decision.ticket
    return found, given


def marks(found: Ticket) -> str:
    return "\n".join(mark.what for mark in found.marks)


def test_in_the_uk_the_days_of_a_clarification_do_not_count_and_reminders_do_not_wait() -> None:
    before = british(Intent.ACCESS, CODE)
    asked = decide(before, e.StaffAsked(OLGA, "Which of our three shops?", e.About.CLARIFICATION), NOW, HOUSE).ticket
    assert asked.status is Status.ASKING
    assert asked.due_at == before.due_at
    answered = decide(asked, e.PersonWrote(at=NOW + timedelta(days=4)), NOW + timedelta(days=4), HOUSE).ticket
    assert before.dates is not None
    assert answered.dates is not None
    assert (answered.dates.due, before.dates.due) == (date(2026, 4, 7), date(2026, 4, 2))
    assert answered.dates.remind_by == before.dates.remind_by
    assert "due moved from 2 Apr 2026 (UK GDPR) to 7 Apr 2026 (UK GDPR)" in marks(answered)


def test_the_clarification_ends_when_the_letter_arrived_and_not_when_it_was_read() -> None:
    asked = british(Intent.ACCESS, CODE, e.StaffAsked(OLGA, "Which shop?", e.About.CLARIFICATION))
    late = decide(asked, e.PersonWrote(at=NOW + timedelta(days=1)), NOW + timedelta(days=9), HOUSE).ticket
    assert late.dates is not None
    assert late.dates.due == date(2026, 4, 7)  # 2 and 3 March do not count: 4 Apr is a Saturday, 6 Apr Easter Monday


def test_a_thank_you_or_a_question_of_how_far_it_is_ends_no_clarification() -> None:
    asked = british(Intent.ACCESS, CODE, e.StaffAsked(OLGA, "Which shop?", e.About.CLARIFICATION))
    for kind in (CaseReply.THANKS, CaseReply.STATUS):
        after = decide(asked, e.PersonWrote(kind), NOW + timedelta(days=3), HOUSE).ticket
        assert "clarification_received" not in dict(after.happenings)


def test_only_access_in_the_uk_waits_for_a_clarification() -> None:
    for found in (british(Intent.ERASE, CODE), ticket(Intent.ACCESS, CODE)):
        asked = decide(found, e.StaffAsked(OLGA, "Which shop?", e.About.CLARIFICATION), NOW, HOUSE).ticket
        answered = decide(asked, e.PersonWrote(), NOW + timedelta(days=4), HOUSE).ticket
        assert answered.due_at == found.due_at


def test_nobody_is_told_late_while_the_uk_clock_stands_still() -> None:
    asked = british(Intent.ACCESS, CODE, e.StaffAsked(OLGA, "Which shop?", e.About.CLARIFICATION))
    later, given = lived(asked, NOW + timedelta(days=45))
    assert not [kind for kind in given if sort_of(kind) == "overdue"]
    assert not later.late(NOW + timedelta(days=45))


def test_a_confirmed_identity_moves_no_clock() -> None:
    for found in (ticket(Intent.ERASE), british(Intent.ERASE)):
        confirmed = decide(found, CODE, NOW + timedelta(days=9), HOUSE).ticket
        assert confirmed.due_at == found.due_at
        assert "due moved" not in marks(confirmed)


def test_in_the_uk_the_month_begins_with_the_answer_to_a_doubt_about_who_asks() -> None:
    doubt = e.StaffAskedFact(OLGA, "The request came from a new address.", "Which month did you last order in?")
    asked = decide(british(Intent.ERASE, CODE), doubt, NOW + timedelta(days=1), HOUSE).ticket
    assert asked.dates is not None
    assert asked.dates.due == date(2026, 4, 2)
    told = decide(asked, e.PersonWrote(at=NOW + timedelta(days=8)), NOW + timedelta(days=9), HOUSE).ticket
    assert told.dates is not None
    assert told.dates.due == date(2026, 4, 10)
    elsewhere = decide(ticket(Intent.ERASE, CODE), doubt, NOW + timedelta(days=1), HOUSE).ticket
    assert decide(elsewhere, e.PersonWrote(), NOW + timedelta(days=8), HOUSE).ticket.due_at == elsewhere.due_at


def test_in_switzerland_the_thirty_days_start_after_the_days_of_reflection() -> None:
    found = ticket(Intent.ACCESS, CODE, regimes=("ch",), country="CH")
    told = decide(
        found, e.StaffAsked(OLGA, "This would cost CHF 200.", e.About.COST), on(date(2026, 3, 5)), HOUSE
    ).ticket
    assert found.dates is not None
    assert told.dates is not None
    assert (found.dates.due, told.dates.due) == (date(2026, 4, 1), date(2026, 4, 14))


def swiss_with_cost() -> Ticket:
    return decide(
        ticket(Intent.ACCESS, CODE, regimes=("ch",), country="CH"),
        e.StaffAsked(OLGA, "This would cost CHF 200.", e.About.COST),
        on(date(2026, 3, 5)),
        HOUSE,
    ).ticket


def test_a_swiss_share_of_the_cost_must_be_agreed_to_within_ten_days() -> None:
    before = ticket(Intent.ACCESS, CODE, regimes=("ch",), country="CH")
    asked = decide(before, e.StaffAsked(OLGA, "CHF 200.", e.About.COST), on(date(2026, 3, 5)), HOUSE)
    [letter] = letters(asked)
    assert letter == "case.cost"
    [sent] = [each for each in asked.effects if isinstance(each, SendLetter)]
    assert (
        "March 15, 2026" in fill(asked.ticket, sent.name, sent.values, HOUSE, NOW).text
        or "15 March 2026" in fill(asked.ticket, sent.name, sent.values, HOUSE, NOW).text
    )
    still, _ = lived(asked.ticket, on(date(2026, 3, 15)))
    assert still.status is Status.ASKING
    assert still.look_again_at is not None
    lapsed = decide(still, e.TimePassed(), on(date(2026, 3, 16)), HOUSE)
    assert lapsed.ticket.status is Status.WITHDRAWN
    assert letters(lapsed) == ["case.cost_lapsed"]
    assert "DPO art. 19(3)" in marks(lapsed.ticket)


def test_an_answer_in_time_keeps_the_swiss_request_and_other_laws_know_no_such_end() -> None:
    agreed = decide(swiss_with_cost(), e.PersonWrote(), on(date(2026, 3, 9)), HOUSE).ticket
    later, _ = lived(agreed, on(date(2026, 3, 30)))
    assert later.status is Status.DECIDING
    german = decide(ticket(Intent.ACCESS, CODE), e.StaffAsked(OLGA, "It costs.", e.About.COST), NOW, HOUSE)
    assert letters(german) == ["case.ask"]
    waiting, _ = lived(german.ticket, NOW + timedelta(days=20))
    assert waiting.status is Status.ASKING


def test_a_second_clarification_has_its_own_days() -> None:
    found = british(Intent.ACCESS, CODE)
    for day in (2, 10):
        found = decide(
            found, e.StaffAsked(OLGA, "Which shop?", e.About.CLARIFICATION), on(date(2026, 3, day)), HOUSE
        ).ticket
        found = decide(found, e.PersonWrote(), on(date(2026, 3, day + 1)), HOUSE).ticket
        found = decide(found, e.PersonWrote(), on(date(2026, 3, day + 3)), HOUSE).ticket  # answers nothing more
    assert found.dates is not None
    assert found.dates.due == date(2026, 4, 7)  # 2 Apr + 4 days = Easter Monday
    assert len([name for name, _ in found.happenings if name == "clarification_received"]) == 2


def test_a_law_below_whose_thresholds_the_company_lies_is_a_promise_with_the_same_dates() -> None:
    asked = request(Intent.ERASE, regimes=("ccpa",), country="US-CA")
    small = replace(HOUSE, promised=frozenset({"ccpa"}))
    law, promise = (open_tickets([asked], [1], NOW, house)[0].ticket.dates for house in (HOUSE, small))
    assert law is not None
    assert promise is not None
    assert (law.binding, promise.binding) == (Binding.LAW, Binding.PROMISE)
    assert (law.due, law.ack_by) == (promise.due, promise.ack_by)


def test_canada_counts_a_stop_from_the_day_it_was_sent() -> None:
    sent = datetime(2026, 2, 27, 9, tzinfo=UTC)
    late = opened(request(Intent.UNSUBSCRIBE, regimes=("casl",), country="CA-ON", sent_at=sent))[0].ticket
    received = opened(request(Intent.UNSUBSCRIBE, regimes=("casl",), country="CA-ON"))[0].ticket
    assert late.dates is not None
    assert received.dates is not None
    assert (late.dates.due, received.dates.due) == (date(2026, 3, 13), date(2026, 3, 16))


def test_staff_are_reminded_where_california_has_had_no_acknowledgement() -> None:
    held = opened(request(Intent.ERASE, regimes=("ccpa",), country="US-CA", hold="the reading is not sure"))[0].ticket
    _, given = lived(held, NOW + timedelta(days=20))
    assert [kind for kind in given if sort_of(kind) == "ack"] == ["ack:2026-03-16"]
    assert "due by 16 Mar 2026" in words_for(held, "ack:2026-03-16")
    told = ticket(Intent.ERASE, regimes=("ccpa",), country="US-CA")
    assert told.acknowledged_at == NOW
    _, given = lived(told, NOW + timedelta(days=20))
    assert not [kind for kind in given if sort_of(kind) == "ack"]


def test_a_decision_on_the_extension_is_forced_in_its_last_seven_days() -> None:
    found = ticket(Intent.ACCESS, CODE)
    assert found.dates is not None
    _, given = lived(found, NOW + timedelta(days=40))
    forced = [date.fromisoformat(kind.partition(":")[2]) for kind in given if sort_of(kind) == "extension"]
    notice_by = found.dates.extension_notice_by
    assert notice_by is not None
    assert forced[0] == notice_by - timedelta(days=7)
    assert forced[-1] == notice_by
    assert "Decide now" in words_for(found, f"extension:{forced[0]}")
    for decided in (e.StaffKeptDate(OLGA), e.StaffExtended(OLGA, MANY)):
        quiet = decide(found, decided, NOW, HOUSE).ticket
        assert not [kind for kind in lived(quiet, NOW + timedelta(days=40))[1] if sort_of(kind) == "extension"]


def test_waiting_for_a_code_is_no_reason_for_an_extension() -> None:
    _, given = lived(ticket(Intent.ACCESS), NOW + timedelta(days=40))
    assert not [kind for kind in given if sort_of(kind) == "extension"]


def test_an_extension_gives_a_refusal_no_more_time() -> None:
    longer = ticket(Intent.ACCESS, CODE, e.StaffExtended(OLGA, MANY))
    assert longer.dates is not None
    assert refuse_by(longer) == longer.dates.due
    _, given = lived(longer, NOW + timedelta(days=50))
    assert [kind for kind in given if sort_of(kind) == "refusal"] == [f"refusal:{longer.dates.remind_by}"]
    after = longer.dates.due_at + timedelta(hours=1)
    refused = decide(longer, e.StaffRefused(OLGA, WHY, "rights_of_others"), after, HOUSE).ticket
    assert "late: a refusal was due by 2 Apr 2026" in marks(refused)


def test_silence_in_canada_counts_as_a_refusal_and_the_reminder_says_so() -> None:
    for law, country in (("pipeda", "CA-ON"), ("quebec", "CA-QC")):
        found = ticket(Intent.ACCESS, CODE, regimes=(law,), country=country)
        late, given = lived(found, NOW + timedelta(days=34))
        overdue = [kind for kind in given if sort_of(kind) == "overdue"]
        assert "counts as a refusal" in words_for(late, overdue[0])
    assert "refusal" not in words_for(ticket(Intent.ACCESS, CODE), overdue[0])


def test_an_unverified_request_is_not_forgotten_and_the_words_say_what_to_do() -> None:
    found, given = lived(ticket(Intent.ERASE, regimes=("ccpa",), country="US-CA"), NOW + timedelta(days=44))
    assert found.status is Status.IDENTIFYING
    assert "close the ticket as unverified" in words_for(found, given[-1])


def test_a_corrected_residence_brings_its_own_laws_and_the_timeline_keeps_the_old_date() -> None:
    found = ticket(Intent.ERASE)
    moved = decide(found, e.StaffCorrected(OLGA, country="US-CA"), NOW, HOUSE).ticket
    assert moved.dates is not None
    assert moved.dates.regime == "ccpa"
    assert "due moved from 2 Apr 2026 (GDPR) to 16 Apr 2026" in marks(moved)
    assert "lives in US-CA" in marks(moved)
    earlier = decide(found, e.StaffCorrected(OLGA, received_at=NOW - timedelta(days=10)), NOW, HOUSE).ticket
    assert "received 2026-02-20" in marks(earlier)


def test_the_day_ends_where_it_ends_first_and_begins_where_it_began_first() -> None:
    berlin = ticket(Intent.ERASE)
    assert berlin.due_at == datetime(2026, 4, 2, 21, 59, 59, tzinfo=UTC)
    assert zone_of("US-CA") == "America/Los_Angeles"
    assert zone_of("GB-NIR") == "Europe/London"
    assert zone_of("US") is None
    from zoneinfo import ZoneInfo

    assert all(ZoneInfo(name) for name in ZONES.values())


def test_look_again_is_in_the_future_after_every_look() -> None:
    found = ticket(Intent.ACCESS, CODE)
    for days in range(60):
        now = NOW + timedelta(days=days)
        found = decide(found, e.TimePassed(), now, HOUSE).ticket
        following = look_again(found, now, HOUSE)
        assert following is not None
        assert following > now


def test_several_rights_in_one_letter_are_acknowledged_in_one_letter() -> None:
    access, erase = opened(request(Intent.ACCESS), request(Intent.ERASE))
    assert letters(access) == ["case.acknowledged"]
    assert letters(erase) == []
    text = fill(
        access.ticket, "case.acknowledged", {"code": "ABCD", "code_valid_until": "2026-03-03T10:00+00:00"}, HOUSE, NOW
    )
    assert "access to your data" in text.text
    assert "erasure" in text.text
    stop, copy = opened(request(Intent.UNSUBSCRIBE), request(Intent.ACCESS))
    assert letters(stop) == ["unsubscribe.done"]
    assert letters(copy) == ["access.acknowledged"]


def test_a_copy_of_nothing_is_answered_as_nothing_and_only_to_a_known_person() -> None:
    with pytest.raises(NotNow):
        decide(ticket(Intent.ACCESS), e.StaffFoundNothing(OLGA), NOW, HOUSE)
    for found in (ticket(Intent.ACCESS, CODE), ticket(Intent.ACCESS, CODE, e.StaffApproved(OLGA))):
        end = decide(found, e.StaffFoundNothing(OLGA), NOW, HOUSE)
        assert end.ticket.status is Status.FULFILLED
        assert letters(end) == ["case.nothing_held"]
        assert "no personal data" in fill(end.ticket, "case.nothing_held", {}, HOUSE, NOW).text
    working = ticket(Intent.ACCESS, CODE, e.StaffApproved(OLGA), e.TaskDone(IVAN, "Paybox Ltd.", "seen", "an invoice"))
    with pytest.raises(NotNow, match="found"):
        decide(working, e.StaffFoundNothing(OLGA), NOW, HOUSE)


def test_a_part_is_granted_and_the_other_refused_with_its_ground() -> None:
    part = e.StaffApprovedPart(OLGA, "Your newsletter profile", "Invoices of 2024", WHY, "legal_obligation")
    begun = decide(
        ticket(Intent.RECTIFY, CODE), e.StaffApprovedPart(OLGA, "a", "b", WHY, "accurate"), NOW, HOUSE
    ).ticket
    assert begun.status is Status.DOING
    end = decide(begun, e.TaskDone(IVAN, "Mailer Inc.", "seen"), NOW, HOUSE)
    assert letters(end) == ["case.partly"]
    waiting = decide(ticket(Intent.ERASE, CODE), part, NOW, HOUSE).ticket
    assert waiting.status is Status.WAITING
    with pytest.raises(NotNow, match="ground"):
        decide(ticket(Intent.ERASE, CODE), e.StaffApprovedPart(OLGA, "a", "b", WHY, "no such"), NOW, HOUSE)
    copy = ticket(
        Intent.ACCESS,
        CODE,
        e.StaffApprovedPart(OLGA, "all but one", "a letter of a colleague", WHY, "rights_of_others"),
    )
    for processor in ("Mailer Inc.", "Paybox Ltd."):
        decision = decide(copy, e.TaskDone(IVAN, processor, "seen", "something"), NOW, HOUSE)
        copy = decision.ticket
    assert letters(decision) == ["access.done", "case.partly"]
    letter = next(x for x in decision.effects if isinstance(x, SendLetter) and x.name == "case.partly")
    text = fill(decision.ticket, letter.name, letter.values, HOUSE, NOW).text
    assert "Art. 15(4)" in text
    assert "a letter of a colleague" in text


def test_a_restriction_is_lifted_only_after_notice() -> None:
    frozen = ticket(Intent.RESTRICT, CODE, e.StaffApproved(OLGA), e.TaskDone(IVAN, "Mailer Inc.", "seen"))
    assert frozen.status is Status.FULFILLED
    told = decide(frozen, e.StaffAnnouncedLifting(OLGA, date(2026, 3, 20), WHY), NOW, HOUSE)
    assert letters(told) == ["restrict.lifting"]
    assert told.ticket.status is Status.FULFILLED
    with pytest.raises(NotNow, match="to come"):
        decide(frozen, e.StaffAnnouncedLifting(OLGA, NOW.date(), WHY), NOW, HOUSE)


def test_a_chat_request_has_its_acknowledgement_too() -> None:
    chat = request(Intent.ERASE, channel=Channel.CHAT, person=Person(thread=("C1", "1.1", "U")), regimes=("ccpa",))
    [decision] = opened(chat)
    assert decision.ticket.acknowledged_at is None
    given = decide(decision.ticket, e.AddressGiven("anna@kundin.example"), NOW, HOUSE).ticket
    assert given.acknowledged_at == NOW
