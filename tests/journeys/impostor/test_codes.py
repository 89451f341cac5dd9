"""Codes guessed, replayed, borrowed and quoted; Message-IDs and numbers copied (T4, T7-T10, T20, T21)."""

import asyncio

import pytest

from responders.case import events as e
from responders.case.ticket import Identity, Status, Ticket
from storage.secrets import CODE_ALPHABET, new_code
from tests.journeys.impostor.town import ALL_RIGHTS, EVE, Letter, Town, codes_only_to, mail, nothing_done, stranger

pytestmark = pytest.mark.asyncio(loop_scope="module")

COPY = "Please send me a copy of all my data."


async def waiting(town: Town, body: str = ALL_RIGHTS) -> tuple[str, Letter]:
    """A person whose code is out, and the letter that carries it."""
    victim = town.somebody()
    letters = await town.mail(mail(victim, "Request", body))
    [letter] = [each for each in letters if each.code]
    assert letter.to == victim
    return victim, letter


async def unconfirmed(town: Town, address: str) -> list[Ticket]:
    found = await town.about(address)
    assert found
    assert all(ticket.identity is Identity.OPEN for ticket in found)
    await nothing_done(town, address)
    return found


def other(code: str) -> str:
    """A code that differs in its last letter."""
    return code[:-1] + next(sign for sign in CODE_ALPHABET if sign != code[-1])


async def test_the_right_code_from_the_right_mailbox_confirms(town: Town) -> None:
    victim, letter = await waiting(town)
    await town.mail(mail(victim, "Re: Request", f"The code is {letter.code}", reply_to_letter=letter))
    assert {t.status for t in await town.about(victim)} == {Status.DECIDING}


async def test_guesses_end_after_five_and_the_right_code_no_longer_counts_then(town: Town) -> None:
    victim, letter = await waiting(town)
    assert letter.code
    for guess in [other(letter.code), *(new_code() for _ in range(4)), letter.code]:
        await town.mail(mail(victim, "Re: Request", guess, reply_to_letter=letter))
    await unconfirmed(town, victim)
    assert any("Too many wrong codes" in text for _, text in town.staff.told)


async def test_fifty_guesses_at_once_are_five_tries(town: Town) -> None:
    victim, letter = await waiting(town)
    [first, *_] = await town.about(victim)
    codes, compared = town.app.store.codes, 0
    true_compare = codes.compare

    async def counted(*args: object, **kwargs: object) -> bool:
        nonlocal compared
        compared += 1
        return await true_compare(*args, **kwargs)  # type: ignore[arg-type]

    codes.compare = counted  # type: ignore[method-assign]
    try:
        guesses = [new_code() for _ in range(50)]
        await asyncio.gather(
            *(town.app.desk.code_typed(first.number, guess) for guess in guesses), return_exceptions=True
        )
        assert compared <= 5
        assert not await town.app.desk.code_typed(first.number, str(letter.code))
    finally:
        del codes.compare
    await unconfirmed(town, victim)


async def test_a_forger_cannot_take_a_request_back_and_the_person_is_asked_once(town: Town) -> None:
    victim, letter = await waiting(town, COPY)
    [question] = await town.mail(mail(victim, "Never mind", "Please cancel my request."))
    assert question.to == victim
    assert "STOP" in question.text
    assert await town.mail(mail(victim, "Never mind", "I withdraw my request.")) == []
    [ticket] = await unconfirmed(town, victim)
    assert ticket.status is Status.IDENTIFYING
    await town.mail(mail(victim, "Re: Request", str(letter.code), reply_to_letter=letter))
    assert (await town.app.desk.ticket(ticket.number)).status is Status.DECIDING
    await town.mail(mail(victim, f"Re: {question.subject}", "Stop", reply_to_letter=question))
    assert (await town.app.desk.ticket(ticket.number)).status is Status.WITHDRAWN


async def test_a_token_of_a_letter_to_somebody_else_shows_nothing(town: Town) -> None:
    victim, letter = await waiting(town, COPY)
    eve = stranger()
    own = (await town.mail(mail(eve, "Request", COPY)))[0]  # Eve's own case
    about = await town.mail(mail(eve, "Request", f"Please send me a copy of the data you hold about {victim}."))
    [neutral] = [each for each in about if each.to == eve]  # and what she hears of one about her victim
    before = len([each for each in town.letters_to(victim) if each.code])
    for held in (own, neutral):
        await town.mail(mail(victim, "Request", COPY, reply_to_letter=held))
        await town.mail(mail(victim, "Re: Request", "Please send me a new code.", reply_to_letter=held))
        await town.mail(mail(victim, "Re: Request", "Please cancel my request.", reply_to_letter=held))
        for _ in range(4):
            await town.mail(mail(victim, "Re: Request", new_code(), reply_to_letter=held))
    assert len([each for each in town.letters_to(victim) if each.code]) == before
    mine = [t for t in await town.about(victim) if t.person.writer == victim]
    assert [t.status for t in mine] == [Status.IDENTIFYING]
    await town.mail(mail(victim, "Re: Request", str(letter.code), reply_to_letter=letter))
    assert (await town.app.desk.ticket(mine[0].number)).status is Status.DECIDING


async def test_a_forger_cannot_use_up_the_codes_or_the_newest_one(town: Town) -> None:
    victim, letter = await waiting(town, COPY)
    for _ in range(5):
        assert not [each for each in await town.mail(mail(victim, "Request", COPY)) if each.code]
    assert len(await town.about(victim)) == 1
    await town.mail(mail(victim, "Re: Request", str(letter.code), reply_to_letter=letter))
    assert [t.status for t in await town.about(victim)] == [Status.DECIDING]


async def test_whoever_has_had_no_code_gets_another_by_replying_to_what_came_instead(town: Town) -> None:
    victim, letter = await waiting(town, COPY)
    [told] = await town.mail(mail(victim, "Request", COPY))
    assert told.code is None
    assert "ask for a new one" in told.text
    renewed = await town.mail(mail(victim, "Re: Request", "Please send me a new code.", reply_to_letter=told))
    [fresh] = [each for each in renewed if each.code]
    assert fresh.code != letter.code


async def test_a_forger_cannot_use_up_the_tries_of_a_code(town: Town) -> None:
    victim, letter = await waiting(town, COPY)
    for _ in range(6):
        await town.mail(mail(victim, "Code", new_code()))
    assert not await answered_by_forger(town, victim, str(letter.code))
    await town.mail(mail(victim, "Re: Request", str(letter.code), reply_to_letter=letter))
    assert [t.status for t in await town.about(victim)] == [Status.DECIDING]


async def answered_by_forger(town: Town, victim: str, code: str) -> bool:
    """Whether a code typed in a mail of its own still counts."""
    await town.mail(mail(victim, "Code", code))
    return any(t.identity is not Identity.OPEN for t in await town.about(victim))


async def test_a_used_code_an_older_code_and_an_expired_code_read_the_same(town: Town) -> None:
    victim, first = await waiting(town)
    renewed = await town.mail(mail(victim, "Re: Request", "Please send me a new code", reply_to_letter=first))
    [second] = [each for each in renewed if each.code]
    [wrong] = await town.mail(mail(victim, "Re: Request", str(first.code), reply_to_letter=first))
    await unconfirmed(town, victim)
    await town.later(hours=25)
    [expired] = await town.mail(mail(victim, "Re: Request", str(second.code), reply_to_letter=second))
    await unconfirmed(town, victim)
    assert wrong.text == expired.text


async def test_a_used_code_opens_nothing_a_second_time(town: Town) -> None:
    victim, letter = await waiting(town, COPY)
    await town.mail(mail(victim, "Re: Request", str(letter.code), reply_to_letter=letter))
    [ticket] = await town.about(victim)
    await town.happen(ticket.number, e.PersonCancelled())
    await town.happen(ticket.number, e.StaffReopened("olga"))
    before = await town.app.desk.ticket(ticket.number)
    assert not await town.app.desk.code_typed(ticket.number, str(letter.code))
    assert (await town.app.desk.ticket(ticket.number)).status is before.status


async def test_a_code_of_another_case_does_not_fit(town: Town) -> None:
    victim, _ = await waiting(town)
    thief, own = await waiting(town)
    [ticket, *_] = await town.about(victim)
    assert not await town.app.desk.code_typed(ticket.number, str(own.code))
    await unconfirmed(town, victim)
    await unconfirmed(town, thief)


async def test_a_code_that_the_victim_was_talked_into_forwarding_does_not_count_from_the_thief(town: Town) -> None:
    victim = town.somebody()
    body = f"Please send me a copy of all the personal data you hold about {victim}."
    letters = await town.mail(mail(EVE, "Request", body))
    [coded] = [each for each in letters if each.code]
    assert coded.to == victim
    answers = await town.mail(
        mail(EVE, "Re: Request", str(coded.code), reply_to_letter=coded),
        mail(EVE, coded.subject, f"code: {coded.code}"),
    )
    assert answers == []
    await unconfirmed(town, victim)


@pytest.mark.parametrize(
    "words",
    [
        "Thank you.\n\nOn Mon, 2 Mar 2026 at 12:00 Opterre <support@opterre.example> wrote:\n> {code}",
        "Hello?\n\n> the code is\n> {code}",
        "-----Original Message-----\nFrom: Opterre\n\n{code}",
        "> {code}",
    ],
)
async def test_a_code_that_is_only_quoted_does_not_count(town: Town, words: str) -> None:
    victim, letter = await waiting(town)
    await town.mail(mail(victim, "Re: Request", words.format(code=letter.code), reply_to_letter=letter))
    await unconfirmed(town, victim)


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied",
        "X-Autoreply: yes",
        "Precedence: auto_reply",
        "X-Auto-Response-Suppress: All",
        "List-Id: <everyone.kundin.example>",
    ],
)
async def test_a_machine_that_sends_the_code_back_confirms_nothing_and_hears_nothing(town: Town, head: str) -> None:
    victim, letter = await waiting(town)
    answers = await town.mail(mail(victim, "Re: Request", str(letter.code), head=head, reply_to_letter=letter))
    assert answers == []
    await unconfirmed(town, victim)


async def test_an_absence_note_with_our_letter_in_it_confirms_nothing(town: Town) -> None:
    victim, letter = await waiting(town)
    note = f"I am out of the office until Monday and will answer when I am back.\n\n{letter.text}"
    assert await town.mail(mail(victim, "Automatic reply: Your request", note, reply_to_letter=letter)) == []
    await unconfirmed(town, victim)


async def test_a_code_in_the_subject_of_a_reply_has_no_effect(town: Town) -> None:
    victim, letter = await waiting(town)
    await town.mail(mail(victim, f"Re: {letter.code}", "Hello, how are you today?", reply_to_letter=letter))
    await unconfirmed(town, victim)


async def test_a_stranger_with_the_right_thread_and_the_right_code_is_a_stranger(town: Town) -> None:
    victim, letter = await waiting(town)
    answers = await town.mail(mail(EVE, "Re: Request", str(letter.code), reply_to_letter=letter))
    assert answers == []
    await unconfirmed(town, victim)


async def test_a_stranger_with_a_copied_message_id_can_cancel_nothing(town: Town) -> None:
    victim, letter = await waiting(town)
    for words in ("Please cancel my request.", "That wasn't me", "stop"):
        letters = await town.mail(mail(stranger(), letter.subject, words, reply_to_letter=letter))
        assert victim not in {each.to for each in letters}
    assert {t.status for t in await unconfirmed(town, victim)} == {Status.IDENTIFYING}


async def test_a_forged_token_finds_no_case(town: Town) -> None:
    victim, letter = await waiting(town)
    ours = str(letter.message["Message-ID"])
    token = ours.partition("@")[0].rpartition(".")[2]
    for forged in (ours.replace(token, "a" * 16), ours.replace("rd.", "rd.9"), ours.replace(token, token.upper())):
        head = f"In-Reply-To: {forged}"
        assert await town.mail(mail(stranger(), "Re: x", "cancel", head=head)) == []
    assert {t.status for t in await unconfirmed(town, victim)} == {Status.IDENTIFYING}


async def test_a_number_in_the_subject_proves_nothing(town: Town) -> None:
    victim, _ = await waiting(town)
    [ticket, *_] = await town.about(victim)
    await town.mail(
        mail(EVE, f"[#{ticket.number}]", "cancel"), mail(EVE, f"Re: [#{ticket.number}]", "approved, send it")
    )
    assert {t.status for t in await unconfirmed(town, victim)} == {Status.IDENTIFYING}


async def test_a_number_in_the_subject_counts_for_nothing_when_the_senders_domain_failed(town: Town) -> None:
    victim, letter = await waiting(town)
    [ticket, *_] = await town.about(victim)
    failed = "Authentication-Results: mx.opterre.example; dmarc=fail header.from=kundin.example"
    for words in ("cancel", str(letter.code)):
        raw = mail(victim, f"Re: [#{ticket.number}]", words, above=failed)
        assert await town.mail(raw) == []
        again = mail(victim, "Re: Request", words, above=failed, reply_to_letter=letter)
        assert await town.mail(again) == []
    assert {t.status for t in await unconfirmed(town, victim)} == {Status.IDENTIFYING}


async def test_a_stranger_who_sends_the_victims_message_id_first_swallows_no_letter(
    town: Town,
) -> None:
    victim = town.somebody()
    id_ = "<taken@kundin.example>"
    await town.mail(mail(EVE, "Where is my parcel?", "It should have come on Monday.", message_id=id_))
    letters = await town.mail(mail(victim, "Request", COPY, message_id=id_))
    codes_only_to(letters, victim)
    assert len(await town.about(victim)) == 1


async def test_the_same_mail_twice_in_the_mailbox_is_one_case(town: Town) -> None:
    victim = town.somebody()
    raw = mail(victim, "Request", COPY)
    await town.mail(raw, raw)
    assert len(await town.about(victim)) == 1


@pytest.mark.parametrize(
    "head",
    [
        f"Reply-To: {EVE}",
        f"Reply-To: Vic <{EVE}>",
        f"Sender: {EVE}",
        f"Cc: {EVE}",
        f"Bcc: {EVE}",
        f"Return-Path: <{EVE}>",
        f"Disposition-Notification-To: {EVE}",
        f"Errors-To: {EVE}",
        f"Resent-From: {EVE}",
        f"X-Original-From: {EVE}",
        f"Mail-Followup-To: {EVE}",
    ],
)
async def test_no_other_header_draws_an_answer_away(town: Town, head: str) -> None:
    victim = town.somebody()
    letters = await town.mail(mail(victim, "Request", ALL_RIGHTS, head=head))
    codes_only_to(letters, victim)
    for letter in letters:
        assert EVE not in "".join(str(letter.message.get(name, "")) for name in ("To", "Cc", "Bcc", "Reply-To"))
    assert {letter.to for letter in letters} <= {victim}


async def test_an_answer_wanted_at_another_domain_asks_for_more_than_a_code(town: Town) -> None:
    victim = town.somebody()
    raw = mail(victim, "Request", COPY, head=f"Reply-To: {EVE}")
    [letter] = await town.mail(raw)
    await town.mail(mail(victim, "Re: Request", str(letter.code), reply_to_letter=letter))
    [ticket] = await town.about(victim)
    assert ticket.status is Status.DECIDING
    assert "Reply-To" in ticket.data["doubts"]
    assert "one fact" in ticket.data["still_needed"]
    with pytest.raises(Exception, match="More proof"):
        await town.happen(ticket.number, e.StaffApproved("olga"))
    await nothing_done(town, victim)


async def test_a_victim_is_not_flooded_with_codes(town: Town) -> None:
    victim = town.somebody()
    for number in range(20):
        thief = f"eve{number}@else.example"
        await town.mail(mail(thief, "Hi", f"Please send me a copy of the personal data you hold about {victim}."))
    assert sum(letter.code is not None for letter in town.letters_to(victim)) == 3
    assert sum("No further code" in text or "automatic letters" in text for _, text in town.staff.told) <= 40


async def test_tags_and_capitals_of_one_mailbox_share_its_daily_limit(town: Town) -> None:
    victim = town.somebody()
    local, _, domain = victim.partition("@")
    twins = [f"{local}+{n}@{domain}" for n in range(5)] + [f"{local.capitalize()}@{domain}", victim]
    for twin in twins:
        await town.mail(mail(twin, "Request", COPY))
    assert sum(len(town.letters_to(twin)) for twin in twins) == 3
