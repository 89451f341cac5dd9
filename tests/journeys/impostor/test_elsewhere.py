"""Letters about somebody else's address: the code goes there, the writer hears the same of everybody (T11-T15, T19)."""

import re
from datetime import timedelta

import pytest

from responders.case import events as e
from responders.case.ticket import Identity, Status
from storage.models import OutboxRow
from tests.journeys.impostor.town import EVE, Letter, Town, codes_only_to, mail, nothing_done, stranger

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASK = "Please send me a copy of the personal data you hold about {}."
ERASE = "Under Article 17 GDPR please delete all personal data of {}."
WAYS = {
    "plainly": ASK,
    "erasure": ERASE,
    "with a lost mailbox": ASK + " I no longer have access to that mailbox, so please answer here.",
    "with a new address": ASK + " Please send it to my new address.",
    "with urgency": "URGENT! " + ASK + " I need it within 24 hours or I will call my lawyer.",
    "with knowledge of the victim": ASK + " My customer number is 4711 and I was born on 1 May 1980.",
    "with two rights": ASK + "\n" + ERASE,
    "with the victim's address in capitals": "Please send me a copy of the personal data you hold about {}, Vic.",
}


def neutral(letter: Letter) -> bytes:
    """A letter without what may differ: ticket number, message id, date, the writer's own address and message."""
    raw = re.sub(rb"(?im)^(message-id|date|in-reply-to|references|to|content-type):.*(\r?\n[ \t].*)*", b"", letter.raw)
    raw = re.sub(rb"--[=\w.'-]{10,}", b"--border", raw)
    return re.sub(rb"(?i)(\[#|ticket:? ?#?|#)\d+", b"#N", raw)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
async def test_whoever_asks_about_a_known_address_hears_neutral_words_and_a_code_goes_nowhere_else(
    town: Town, way: str
) -> None:
    victim, eve = town.somebody(), stranger()
    letters = await town.mail(mail(eve, "A request", way.replace("{}", victim)))
    codes_only_to(letters, victim)
    heard = [each for each in letters if each.to == eve]
    assert len(heard) == 1
    assert heard[0].code is None
    if way in (ASK, ERASE):  # the others may be read with doubt, and then staff look first
        assert any(each.code for each in letters if each.to == victim)
    assert victim not in heard[0].text
    await nothing_done(town, victim, eve)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
async def test_known_unknown_erased_and_blocked_addresses_read_alike(town: Town, way: str) -> None:
    known, blocked, erased = town.somebody(), town.somebody(), town.somebody()
    for _ in range(3):  # no code may go to this one any more today
        await town.mail(mail(stranger(), "A request", ASK.replace("{}", blocked)))
    unknown, gone = "nobody@kundin.example", "gone@kundin.example"
    await town.mail(mail(gone, "No mail", "Please unsubscribe me from your newsletter."))
    [ticket, *_] = await town.confirmed(erased, "Please delete my account and all my data.")
    await town.happen(ticket.number, e.StaffApproved("olga"))
    await town.later(hours=25)
    await town.happen(ticket.number, e.TaskDone("ivan", "Mailer Inc.", "seen"))
    assert (await town.app.desk.ticket(ticket.number)).status is Status.FULFILLED
    answers = []
    for address in (known, unknown, erased, blocked, gone):
        eve = stranger()
        letters = await town.mail(mail(eve, "A request", way.replace("{}", address)))
        answers.append([neutral(each) for each in letters if each.to == eve])
    assert all(len(each) == 1 for each in answers)
    assert len({each[0] for each in answers}) == 1


async def test_asking_again_tells_the_writer_no_more_than_asking_once(town: Town) -> None:
    heard = []
    for address in (town.somebody(), "nobody-else@kundin.example"):
        eve = stranger()
        for words in (ASK, ASK, ERASE):
            letters = await town.mail(mail(eve, "A request", words.replace("{}", address)))
            heard.append([neutral(each) for each in letters if each.to == eve])
    assert heard[:3] == heard[3:]
    assert all(heard)


async def test_status_cancel_and_a_new_code_tell_the_writer_nothing(town: Town) -> None:
    for words in ("How far is my request?", "Please send me a new code", "Please cancel my request", "ABCD-EFGH-JK23"):
        heard = []
        for address in (town.somebody(), "nobody-at-all@kundin.example"):
            eve = stranger()
            [neutral_answer] = [
                x for x in await town.mail(mail(eve, "A request", ASK.replace("{}", address))) if x.to == eve
            ]
            letters = await town.mail(mail(eve, "Re: A request", words, reply_to_letter=neutral_answer))
            heard.append([neutral(each) for each in letters if each.to == eve])
        assert heard[0] == heard[1] == []


async def test_the_writers_own_words_never_reach_the_victim_under_our_name(town: Town) -> None:
    victim = town.somebody()
    lure = "Your account is locked: call 900 555 0100"
    raw = mail(stranger(), lure, ASK.replace("{}", victim) + "\nMy reference: CALL-900-555-0100",
               head="References: <lure@else.example>")  # fmt: skip
    letters = [each for each in await town.mail(raw) if each.to == victim]
    assert letters
    for letter in letters:
        assert "900" not in letter.subject
        assert b"900-555" not in letter.raw
        assert b"lure@else.example" not in letter.raw


async def test_the_victim_stops_it_with_that_was_not_me_also_in_a_fresh_mail(town: Town) -> None:
    victim, eve = town.somebody(), stranger()
    await town.mail(mail(eve, "A request", ASK.replace("{}", victim) + "\n" + ERASE.replace("{}", victim)))
    await town.mail(mail(victim, "Your letter", "That wasn't me"))
    found = [t for t in await town.about(victim) if t.person.address == victim]
    assert {t.status for t in found} == {Status.DISPUTED}
    assert any("That wasn't me" in text for _, text in town.staff.told)
    await nothing_done(town, victim)


async def test_the_writer_of_a_letter_about_the_victim_cannot_take_the_victims_own_request_away(town: Town) -> None:
    victim, eve = town.somebody(), stranger()
    await town.mail(mail(eve, "A request", ASK.replace("{}", victim)))
    [letter] = [x for x in await town.mail(mail(victim, "Request", "Please send me a copy of all my data.")) if x.code]
    await town.mail(mail(eve, "Re: A request", "Please cancel my request"))
    own = [t for t in await town.about(victim) if t.person.writer == victim]
    assert [t.status for t in own] == [Status.IDENTIFYING]
    await town.mail(mail(victim, "Re: Request", str(letter.code), reply_to_letter=letter))
    own = [t for t in await town.about(victim) if t.person.writer == victim]
    assert [t.status for t in own] == [Status.DECIDING]


async def test_an_address_that_differs_by_letter_case_alone_is_not_the_known_one(town: Town) -> None:
    victim, eve = town.somebody(), stranger()
    letters = await town.mail(mail(eve, "A request", ASK.replace("{}", victim.upper())))
    codes_only_to(letters)
    assert [each.to for each in letters] == [eve]


async def test_the_domain_of_a_known_address_may_be_written_in_capitals(town: Town) -> None:
    victim, eve = town.somebody(), stranger()
    local, _, domain = victim.partition("@")
    letters = await town.mail(mail(eve, "A request", ASK.replace("{}", f"{local}@{domain.upper()}")))
    codes_only_to(letters, victim)
    assert victim in {each.to for each in letters}


async def test_without_a_directory_staff_look_and_the_writer_reads_the_same(town: Town) -> None:
    victim = town.somebody()
    directory = town.reader.directory
    object.__setattr__(town.reader, "directory", None)
    try:
        eve, other = stranger(), stranger()
        letters = await town.mail(mail(eve, "A request", ASK.replace("{}", victim)))
    finally:
        object.__setattr__(town.reader, "directory", directory)
    known = await town.mail(mail(other, "A request", ASK.replace("{}", victim)))
    codes_only_to(letters)
    assert [neutral(x) for x in letters if x.to == eve] == [neutral(x) for x in known if x.to == other]
    [ticket] = await town.about(eve)
    assert ticket.status is Status.UNCLEAR
    assert ticket.person.address is None


async def test_a_letter_with_several_peoples_addresses_releases_nobodys_data(town: Town) -> None:
    first, second, eve = town.somebody(), town.somebody(), stranger()
    body = f"Please send me a copy of the personal data you hold about {first} and about {second}."
    letters = await town.mail(mail(eve, "A request", body))
    codes_only_to(letters, first, second)
    await nothing_done(town, first, second, eve)


async def test_the_own_address_first_and_the_victims_second_is_still_about_the_victim(town: Town) -> None:
    victim, eve = town.somebody(), stranger()
    body = f"I am {eve}. Please send me a copy of the personal data you hold about {victim}."
    letters = await town.mail(mail(eve, "A request", body))
    codes_only_to(letters, victim)
    assert all(t.person.address != eve for t in await town.about(eve))


async def test_staff_who_sort_an_unclear_letter_about_the_victim_send_no_code_to_the_writer(town: Town) -> None:
    victim, eve = "unlisted@kundin.example", stranger()
    await town.mail(mail(eve, "A request", ASK.replace("{}", victim)))
    [ticket] = await town.about(eve)
    for right in (ticket.right,):
        before = len(town.post.sent)
        await town.happen(ticket.number, e.StaffSorted("olga", right))
        assert all(each.code is None for each in town.post.sent[before:])
    with pytest.raises(Exception, match=r"Identity is not confirmed|nothing to approve"):
        await town.happen(ticket.number, e.StaffApproved("olga"))


async def test_a_neutral_answer_leaves_after_a_drawn_delay_for_known_and_unknown_alike(town: Town) -> None:
    saver = town.app.desk.saver
    object.__setattr__(saver, "neutral_delay", 60.0)
    try:
        eves = [stranger(), stranger()]
        for eve, address in zip(eves, (town.somebody(), "not-here@kundin.example"), strict=True):
            letters = await town.mail(mail(eve, "A request", ASK.replace("{}", address)))
            assert [each for each in letters if each.to == eve] == []
    finally:
        object.__setattr__(saver, "neutral_delay", 0.0)
    rows = await town.app.store.database.read(lambda: OutboxRow.filter(name="case.elsewhere", state="waiting"))
    assert len(rows) == 2
    waits = [row.not_before - row.created_at for row in rows]
    assert all(timedelta(seconds=30) <= wait <= timedelta(seconds=90) for wait in waits)
    await town.later(minutes=2)
    assert all(len(town.letters_to(eve)) == 1 for eve in eves)


async def test_a_shared_mailbox_releases_nothing_by_itself(town: Town) -> None:
    shared = town.somebody()
    tickets = await town.confirmed(shared, "Please send me a copy of all my data.")
    assert [t.status for t in tickets] == [Status.DECIDING]
    assert tickets[0].identity is Identity.MAILBOX
    await nothing_done(town, shared)
    assert EVE not in {each.to for each in town.post.sent}
