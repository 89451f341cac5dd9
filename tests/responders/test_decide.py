"""What follows from an event: one road for each right, then the dark ones."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.letter import Channel
from intents.rights import RIGHTS, CaseReply, Intent
from responders.case import events as e
from responders.case.effects import GiveTask, Recipient, RemindStaff, Say, SendLetter, Suppress, TellStaff, VoidCodes
from responders.case.lifecycle import TRANSITIONS, NotNow
from responders.case.ticket import Identity, Person, Status, Ticket
from responders.decide import decide
from responders.filling import fill, subject_of
from responders.registry import responder_of
from responders.reminding import reminder_times
from tests.responders.cast import ANNA, HOUSE, IVAN, NOW, OLGA, WHY, codes, letters, opened, request, ticket

CODE = e.IdentityConfirmed()
YES = e.StaffApproved(OLGA)
CHECKED = [right for right in RIGHTS if right not in (Intent.UNSUBSCRIBE, Intent.OPTOUT_SALE)]


def done(processor: str, found: str = "") -> e.TaskDone:
    return e.TaskDone(IVAN, processor, "screenshot in the wiki", found)


@pytest.mark.parametrize("right", CHECKED)
def test_a_right_that_needs_a_code_asks_for_it_first_and_nothing_else(right: Intent) -> None:
    [decision] = opened(request(right))
    assert decision.ticket.status is Status.IDENTIFYING
    assert codes(decision) == letters(decision) == [f"{right}.acknowledged"]
    assert not [effect for effect in decision.effects if isinstance(effect, GiveTask | Suppress)]


@pytest.mark.parametrize("right", [Intent.UNSUBSCRIBE, Intent.OPTOUT_SALE])
def test_a_stop_is_done_at_once_and_confirmed_once_without_a_code(right: Intent) -> None:
    [decision] = opened(request(right))
    assert decision.ticket.status is Status.DOING
    assert decision.ticket.identity is Identity.NOT_NEEDED
    assert letters(decision) == [f"{right}.done"]
    assert codes(decision) == []
    assert Suppress(right.value) in decision.effects
    end = decide(decision.ticket, done("Mailer Inc."), NOW, HOUSE)
    assert end.ticket.status is Status.FULFILLED
    assert letters(end) == []


def test_an_objection_to_marketing_is_done_at_once_and_any_other_is_weighed() -> None:
    [marketing] = opened(request(Intent.OBJECT, marketing_only=True))
    assert letters(marketing) == ["object.marketing_done"]
    assert codes(marketing) == []
    [other] = opened(request(Intent.OBJECT))
    assert codes(other) == ["object.acknowledged"]


def test_access_walks_from_the_code_to_the_answer() -> None:
    found = ticket(Intent.ACCESS, CODE)
    assert found.status is Status.DECIDING
    work = decide(found, YES, NOW, HOUSE)
    assert work.ticket.status is Status.DOING
    assert [effect.processor for effect in work.effects if isinstance(effect, GiveTask)] == [
        "Mailer Inc.",
        "Paybox Ltd.",
    ]
    half = decide(work.ticket, done("Mailer Inc.", "anna@kundin.example, since 2019"), NOW, HOUSE)
    assert half.ticket.status is Status.DOING
    end = decide(half.ticket, done("Paybox Ltd."), NOW, HOUSE)
    assert end.ticket.status is Status.FULFILLED
    answer = next(effect for effect in end.effects if isinstance(effect, SendLetter))
    assert answer.name == "access.done"
    assert answer.holds_data
    assert answer.to is Recipient.PERSON
    text = fill(end.ticket, answer.name, answer.values, HOUSE, NOW).text
    assert "since 2019" in text
    assert "Paybox Ltd." in text


def test_an_access_answer_without_a_copy_does_not_go_out() -> None:
    found = ticket(Intent.ACCESS, CODE, YES, done("Mailer Inc."))
    with pytest.raises(NotNow, match="no copy"):
        decide(found, done("Paybox Ltd."), NOW, HOUSE)


def test_erasure_waits_a_day_and_then_begins() -> None:
    waiting = ticket(Intent.ERASE, CODE, YES)
    assert waiting.status is Status.WAITING
    assert waiting.waits_until is not None
    assert waiting.look_again_at == waiting.waits_until
    early = decide(waiting, e.TimePassed(), waiting.waits_until - timedelta(seconds=1), HOUSE)
    assert early.ticket.status is Status.WAITING
    begun = decide(waiting, e.TimePassed(), waiting.waits_until, HOUSE)
    assert begun.ticket.status is Status.DOING


def test_stop_in_the_waiting_time_erases_nothing() -> None:
    stopped = decide(ticket(Intent.ERASE, CODE, YES), e.PersonCancelled(), NOW, HOUSE)
    assert stopped.ticket.status is Status.WITHDRAWN
    assert not [effect for effect in stopped.effects if isinstance(effect, GiveTask)]
    later = stopped.ticket
    with pytest.raises(NotNow):
        decide(later, e.TimePassed(), NOW + timedelta(days=3), HOUSE)


def test_stop_after_a_processor_has_erased_goes_to_staff() -> None:
    begun = ticket(Intent.ERASE, CODE, YES)
    begun = decide(begun, e.TimePassed(), NOW + timedelta(days=2), HOUSE).ticket
    begun = decide(begun, done("Mailer Inc."), NOW, HOUSE).ticket
    stopped = decide(begun, e.PersonCancelled(), NOW, HOUSE)
    assert stopped.ticket.status is Status.DISPUTED
    assert any(isinstance(effect, TellStaff) and effect.loud for effect in stopped.effects)


def test_a_question_of_the_chat_is_answered_there_unless_an_address_was_given() -> None:
    person = Person(thread=("C", "1.0", "U"))
    [asked] = opened(request(Intent.QUESTION, person=person, channel=Channel.CHAT))
    answered = decide(asked.ticket, e.StaffAnswered(OLGA, "For five years."), NOW, HOUSE)
    assert letters(answered) == []
    assert Say("staff_answer", "For five years.") in answered.effects
    given = decide(asked.ticket, e.AddressGiven(ANNA), NOW, HOUSE).ticket
    mailed = decide(given, e.StaffAnswered(OLGA, "For five years."), NOW, HOUSE)
    assert letters(mailed) == ["question.staff_answer"]
    assert Say("answered_by_mail") in mailed.effects


def test_staff_are_told_where_the_person_wrote() -> None:
    for person, where in ((None, "mailbox"), (Person(address=ANNA, thread=("C", "1.0", "U")), "channel")):
        found = ticket(Intent.ACCESS)
        found = found if person is None else replace(found, person=person)
        told = [each.text for each in decide(found, e.PersonWrote(), NOW, HOUSE).effects if isinstance(each, TellStaff)]
        assert where in told[0]


def test_a_question_is_answered_from_the_policy_or_by_a_person() -> None:
    [sure] = opened(request(Intent.QUESTION, passages="Retention\nWe keep invoices for five years."))
    assert sure.ticket.status is Status.FULFILLED
    assert letters(sure) == ["question.answered"]
    [open_] = opened(request(Intent.QUESTION))
    assert open_.ticket.status is Status.ANSWERING
    answered = decide(open_.ticket, e.StaffAnswered(OLGA, "For five years."), NOW, HOUSE)
    assert answered.ticket.status is Status.FULFILLED
    assert letters(answered) == ["question.staff_answer"]


def test_two_rights_in_one_letter_get_one_code_and_access_comes_first() -> None:
    access, erase = opened(request(Intent.ACCESS), request(Intent.ERASE))
    assert codes(access) == ["case.acknowledged"]
    assert letters(erase) == []
    assert access.ticket.linked == (2,)
    assert erase.ticket.after == 1
    confirmed = decide(erase.ticket, e.IdentityConfirmed(quiet=True), NOW, HOUSE)
    assert letters(confirmed) == []
    with pytest.raises(NotNow, match="answer ticket 1"):
        decide(confirmed.ticket, e.StaffApproved(OLGA, first_open=True), NOW, HOUSE)


def test_nothing_is_approved_before_identity_is_confirmed() -> None:
    for right in CHECKED:
        with pytest.raises(NotNow):
            decide(ticket(right), YES, NOW, HOUSE)


def test_staff_who_confirm_identity_must_say_how() -> None:
    with pytest.raises(NotNow, match="how"):
        decide(ticket(Intent.ERASE), e.IdentityConfirmed(Identity.STAFF, OLGA, " "), NOW, HOUSE)
    known = decide(ticket(Intent.ERASE), e.IdentityConfirmed(Identity.STAFF, OLGA, "spoke on the phone"), NOW, HOUSE)
    assert known.ticket.identity is Identity.STAFF


def test_a_silent_ticket_writes_to_nobody_whatever_happens() -> None:
    found = opened(request(Intent.ERASE, silent=True, hold="the sender can't be used"))[0]
    assert letters(found) == []
    current = found.ticket
    for event in (
        e.StaffSorted(OLGA, Intent.ERASE),
        e.IdentityConfirmed(Identity.STAFF, OLGA, "passport seen at the counter"),
        e.PersonWrote(CaseReply.STATUS),
        e.PersonDisowned(),
    ):
        decision = decide(current, event, NOW, HOUSE)
        assert letters(decision) == [], event
        current = decision.ticket


def test_that_was_not_me_stops_everything_and_voids_the_code() -> None:
    for status in (ticket(Intent.ERASE), ticket(Intent.ERASE, CODE), ticket(Intent.ERASE, CODE, YES)):
        stopped = decide(status, e.PersonDisowned(), NOW, HOUSE)
        assert stopped.ticket.status is Status.DISPUTED
        assert VoidCodes() in stopped.effects
        assert any(isinstance(effect, TellStaff) and effect.loud for effect in stopped.effects)


def test_a_wrong_code_gets_the_same_words_and_staff_hear_when_the_tries_are_used_up() -> None:
    wrong = decide(ticket(Intent.ACCESS), e.CodeRejected(), NOW, HOUSE)
    spent = decide(ticket(Intent.ACCESS), e.CodeRejected(exhausted=True), NOW, HOUSE)
    assert letters(wrong) == letters(spent) == ["case.code_wrong"]
    assert any(isinstance(effect, TellStaff) for effect in spent.effects)


def test_a_refusal_needs_its_ground_and_a_specific_reason() -> None:
    found = ticket(Intent.ERASE, CODE)
    with pytest.raises(NotNow):
        decide(found, e.StaffRefused(OLGA, "no", ""), NOW, HOUSE)
    with pytest.raises(NotNow, match="ground"):
        decide(found, e.StaffRefused(OLGA, WHY, ""), NOW, HOUSE)
    from responders.law.remedies import refusal_grounds

    ground = refusal_grounds("gdpr", Intent.ERASE)[0]
    refused = decide(found, e.StaffRefused(OLGA, WHY, ground.code), NOW, HOUSE)
    assert refused.ticket.status is Status.REFUSED
    letter = next(effect for effect in refused.effects if isinstance(effect, SendLetter))
    text = fill(refused.ticket, letter.name, letter.values, HOUSE, NOW).text
    assert WHY in text
    assert ground.source in text


def test_an_extension_is_offered_only_inside_the_first_period_and_once() -> None:
    found = ticket(Intent.ACCESS, CODE)
    assert found.dates is not None
    longer = decide(found, e.StaffExtended(OLGA, "Your account spans eleven systems of three brands."), NOW, HOUSE)
    assert longer.ticket.due_at is not None
    assert found.due_at is not None
    assert longer.ticket.due_at > found.due_at
    assert letters(longer) == ["case.extended"]
    with pytest.raises(NotNow, match="once"):
        decide(longer.ticket, e.StaffExtended(OLGA, "Your account spans eleven systems of three brands."), NOW, HOUSE)
    too_late = found.dates.due_at + timedelta(seconds=1)
    with pytest.raises(NotNow):
        decide(found, e.StaffExtended(OLGA, "Your account spans eleven systems of three brands."), too_late, HOUSE)


def test_reminders_come_each_once_and_overdue_daily() -> None:
    found = ticket(Intent.ACCESS)
    given: list[str] = []
    now = NOW
    while now < NOW + timedelta(days=40):
        now += timedelta(hours=6)
        if found.look_again_at is None or found.look_again_at > now:
            continue
        decision = decide(found, e.TimePassed(), now, HOUSE)
        given += [effect.kind for effect in decision.effects if isinstance(effect, RemindStaff)]
        found = decision.ticket
    assert len(given) == len(set(given))
    overdue = [kind for kind in given if kind.startswith("overdue")]
    assert len(given) - len(overdue) == len(reminder_times(found))
    assert 6 <= len(overdue) <= 10
    assert found.late(now)


def test_after_a_week_asleep_only_the_last_missed_reminder_is_given() -> None:
    found = ticket(Intent.ACCESS)
    decision = decide(found, e.TimePassed(), NOW + timedelta(days=29), HOUSE)
    assert len([effect for effect in decision.effects if isinstance(effect, RemindStaff)]) == 1
    again = decide(decision.ticket, e.TimePassed(), NOW + timedelta(days=29), HOUSE)
    assert not [effect for effect in again.effects if isinstance(effect, RemindStaff)]


def test_a_chat_request_asks_for_the_address_and_goes_on_by_mail() -> None:
    chat = request(Intent.ERASE, channel=Channel.CHAT, person=Person(thread=("C1", "1.1", "U_ANNA")))
    [decision] = opened(chat)
    assert Say("ask_address") in decision.effects
    assert letters(decision) == []
    given = decide(decision.ticket, e.AddressGiven(ANNA), NOW, HOUSE)
    assert codes(given) == ["erase.acknowledged"]
    with pytest.raises(NotNow):
        decide(given.ticket, e.AddressGiven("eve@else.example"), NOW, HOUSE)


def test_ticking_twice_is_refused_with_the_name_of_who_was_first() -> None:
    found = ticket(Intent.ERASE, CODE, YES)
    found = decide(found, e.TimePassed(), NOW + timedelta(days=2), HOUSE).ticket
    found = decide(found, done("Mailer Inc."), NOW, HOUSE).ticket
    with pytest.raises(NotNow, match=IVAN):
        decide(found, done("Mailer Inc."), NOW, HOUSE)
    reopened = decide(found, e.TaskReopened(OLGA, "Mailer Inc."), NOW, HOUSE).ticket
    assert not any(task.done for task in reopened.tasks)


def test_corrected_residence_changes_the_dates_and_starts_the_reminders_over() -> None:
    found = ticket(Intent.ERASE)
    moved = decide(found, e.StaffCorrected(OLGA, country="US-CA", regimes=("ccpa",)), NOW, HOUSE).ticket
    assert moved.dates is not None
    assert moved.dates.regime == "ccpa"
    assert moved.due_at != found.due_at


def test_the_answer_keeps_the_subject_and_names_the_ticket_once() -> None:
    found = ticket(Intent.ACCESS)
    rendered = fill(found, "case.withdrawn", {}, HOUSE, NOW)
    assert subject_of(found, rendered) == "Re: My data [#1]"
    again = replace(found, person=replace(found.person, subject="Re: My data [#1]"))
    assert subject_of(again, rendered) == "Re: My data [#1]"


def test_staff_who_find_an_objection_to_advertising_in_a_letter_in_doubt_ask_for_no_code() -> None:
    [held] = opened(request(Intent.OTHER, marketing_only=True))
    found = decide(held.ticket, e.StaffSorted(OLGA, Intent.OBJECT), NOW, HOUSE)
    assert letters(found) == ["object.marketing_done"]
    assert codes(found) == []
    other = decide(held.ticket, e.StaffSorted(OLGA, Intent.ERASE), NOW, HOUSE)
    assert not other.ticket.marketing_only
    assert codes(other) == ["erase.acknowledged"]


def events_for(found: Ticket) -> list[e.Event]:
    """One of each kind of event, as plausible as can be."""
    return [
        CODE,
        e.CodeRejected(),
        e.NewCodeAsked(),
        e.AddressGiven(ANNA),
        e.PersonWrote(),
        e.PersonCancelled(),
        e.PersonDisowned(),
        e.LetterReturned("case.code"),
        e.StaffSorted(OLGA, Intent.ERASE),
        YES,
        e.StaffRefused(OLGA, WHY, "17(3)(b)"),
        e.StaffClosedUnverified(OLGA),
        e.StaffAsked(OLGA, "Which account?"),
        e.StaffAnswered(OLGA, "Yes."),
        e.StaffExtended(OLGA, WHY),
        e.StaffKeptDate(OLGA),
        e.StaffAsked(OLGA, "Which of our shops?", e.About.CLARIFICATION),
        e.StaffApprovedPart(OLGA, "the newsletter", "invoices", WHY, "legal_obligation"),
        e.StaffFoundNothing(OLGA),
        e.StaffDecidedDispute(OLGA, e.Outcome.DENIED, WHY),
        e.StaffAnnouncedLifting(OLGA, date(2026, 12, 1), WHY),
        e.StaffCorrected(OLGA, country="FR"),
        e.StaffAssigned(OLGA, IVAN),
        e.StaffReopened(OLGA),
        done("Mailer Inc.", "found"),
        e.TaskReopened(OLGA, "Mailer Inc."),
        e.TimePassed(),
    ]


@given(st.sampled_from([*RIGHTS, Intent.QUESTION]), st.lists(st.integers(0, 26), max_size=25), st.booleans())
def test_no_order_of_events_breaks_the_table_or_approves_an_unknown_person(
    right: Intent, order: list[int], marketing: bool
) -> None:
    found = opened(request(right, marketing_only=marketing and right is Intent.OBJECT))[0].ticket
    for step, index in enumerate(order):
        event = events_for(found)[index]
        try:
            decision = decide(found, event, NOW + timedelta(days=step), HOUSE)
        except NotNow:
            continue
        after = decision.ticket
        assert type(event) in TRANSITIONS[found.status]
        if responder_of(after).needs_code and after.status in (Status.WAITING, Status.DOING):
            assert after.identity is not Identity.OPEN
        if any(isinstance(effect, SendLetter) and effect.holds_data for effect in decision.effects):
            assert after.identity is not Identity.OPEN
        assert (after.closed_at is None) == after.status.open
        assert [mark.at for mark in after.marks] == sorted(mark.at for mark in after.marks)
        found = after
    assert all(a.at <= b.at for a, b in pairwise(found.marks))
