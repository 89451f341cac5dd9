"""How much proof a case needs, what looks odd, and whose address a letter is about."""

from dataclasses import replace

import pytest

from intents.letter import Channel, Letter, Sender
from intents.reading import Fields, Reading
from intents.rights import Intent, Risk
from responders.case import events as e
from responders.case.ticket import Identity
from responders.concerned import Concern, addresses_in, canonical, concern, same_address
from responders.house import Agent
from responders.law.regime import Level
from responders.proof import level_needed
from responders.suspicion import look_alike, suspicious
from tests.responders.cast import ANNA, HOUSE, ticket

OURS = ("opterre.example",)


def letter(sender: str = ANNA, **changes: object) -> Letter:
    return replace(Letter(Channel.EMAIL, "Request", "", Sender(sender)), **changes)  # type: ignore[arg-type]


def reading(text: str, *intents: Intent, field: str | None = None) -> Reading:
    return Reading("en", intents or (Intent.ACCESS,), dict.fromkeys(Intent, 0), text=text, fields=Fields(field=field))


# levels


@pytest.mark.parametrize(
    ("regimes", "right", "level"),
    [
        (("gdpr",), Intent.ACCESS, Level.MAILBOX),  # GDPR art. 12(6): more only on reasonable doubt
        (("ccpa",), Intent.ACCESS, Level.STAFF_DOCUMENTS),  # 11 CCR 7062(c)
        (("ccpa",), Intent.ERASE, Level.MAILBOX_FACT),  # 11 CCR 7062(d)
        (("gdpr", "ccpa"), Intent.ERASE, Level.MAILBOX_FACT),
        (("ccpa",), Intent.OPTOUT_SALE, Level.NONE),  # 11 CCR 7060(b)
        (("gdpr",), Intent.UNSUBSCRIBE, Level.NONE),  # GDPR art. 21(3)
    ],
)
def test_the_law_says_how_surely_a_person_must_be_known(regimes: tuple[str, ...], right: Intent, level: Level) -> None:
    found = ticket(right, regimes=regimes)
    assert level_needed(found, HOUSE) is level


def test_where_the_mailbox_is_the_log_in_a_code_is_the_log_in() -> None:
    found = ticket(Intent.ACCESS, regimes=("ccpa",))
    assert level_needed(found, replace(HOUSE, mailbox_is_login=True)) is Level.MAILBOX


@pytest.mark.parametrize("risk", [Risk.AGENT, Risk.THIRD_PARTY, Risk.MINOR, Risk.DECEASED])
def test_the_writers_mailbox_proves_nothing_about_somebody_else(risk: Risk) -> None:
    found = ticket(Intent.ACCESS, hold="look", risks=(risk,))
    assert level_needed(found, HOUSE) is Level.STAFF_DOCUMENTS


def test_once_the_person_was_asked_at_home_the_code_is_enough() -> None:
    found = ticket(Intent.ACCESS, hold="an agent", risks=(Risk.AGENT,))
    asked = replace(found, data={"asked_person": "yes"})
    assert level_needed(asked, HOUSE) is Level.MAILBOX


def test_doubts_ask_for_more_and_never_for_less() -> None:
    for regimes in (("gdpr",), ("ccpa",)):
        plain, odd = (ticket(Intent.ACCESS, regimes=regimes, data=data) for data in ({}, {"score": "60"}))
        assert level_needed(odd, HOUSE) >= max(level_needed(plain, HOUSE), Level.MAILBOX_FACT)


def test_staffs_own_confirmation_is_not_lowered_by_a_code_that_comes_later() -> None:
    found = ticket(Intent.ACCESS, e.IdentityConfirmed(Identity.STAFF, "olga", "called back"), e.IdentityConfirmed())
    assert found.identity is Identity.STAFF


# what looks odd


@pytest.mark.parametrize(
    ("domain", "like"),
    [
        ("0pterre.example", "opterre.example"),
        ("opterrre.example", "opterre.example"),
        ("opterre.example.evil.example", "opterre.example"),
        ("gmai1.com", "gmail.com"),
        ("outlock.com", "outlook.com"),
        ("opterre.example", None),
        ("mail.opterre.example", None),
        ("kundin.example", None),
        ("gmx.de", None),
        ("web.de", None),
    ],
)
def test_domains_that_look_like_others(domain: str, like: str | None) -> None:
    assert look_alike(domain, (*OURS, "gmail.com", "outlook.com", "gmx.de", "web.de")) == like


@pytest.mark.parametrize(
    ("text", "elsewhere", "words"),
    [
        ("I no longer have access to that mailbox.", True, "a new address asks for an old account"),
        ("Ich habe keinen Zugriff mehr auf mein Postfach.", False, "the old mailbox is said to be lost"),
        ("Please send it to bob@else.example.", False, "the answer is wanted somewhere else"),
        ("This is URGENT!", False, "it is said to be urgent"),
        ("Je n'ai plus accès à mon compte, au plus vite svp.", True, "a new address asks for an old account"),
    ],
)
def test_words_of_impostors(text: str, elsewhere: bool, words: str) -> None:
    signs = suspicious(letter(), reading(text), familiar=OURS, elsewhere=elsewhere)
    assert words in [sign.what for sign in signs]
    assert all(1 <= sign.points <= 100 for sign in signs)


def test_a_plain_letter_shows_nothing_odd() -> None:
    assert suspicious(letter(), reading("Please send me a copy of my data."), familiar=OURS, elsewhere=False) == ()
    same = letter(reply_to=(ANNA,))
    assert suspicious(same, reading("Please send me a copy."), familiar=OURS, elsewhere=False) == ()


# whose address


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Please send me my data.", Concern()),
        (f"My address is {ANNA}.", Concern()),
        ("My address is Anna@kundin.example.", Concern()),  # the same person, answered where she wrote from
        ("I wrote to privacy@opterre.example last week.", Concern()),
        ("What do you hold about bob@Else.Example?", Concern("bob@else.example")),
        (f"I am {ANNA}. What do you hold about bob@else.example?", Concern("bob@else.example")),
    ],
)
def test_whom_a_letter_is_about(text: str, found: Concern) -> None:
    assert concern(letter(), reading(text), HOUSE) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Change my address from {ANNA} to new@else.example.", Concern(None, "new@else.example")),
        ("Change my address to new@else.example.", Concern(None, "new@else.example")),
        ("My new e-mail is new@else.example.", Concern(None, "new@else.example")),
        ("Meine neue Adresse lautet new@else.example.", Concern(None, "new@else.example")),
        (f"Change my address from old@else.example to {ANNA}.", Concern("old@else.example", ANNA)),
        ("My old address was old@else.example.", Concern("old@else.example", ANNA)),
        ("Change a@else.example to b@else.example.", Concern("a@else.example", "b@else.example")),
    ],
)
def test_which_address_is_the_old_one_and_which_the_new(text: str, found: Concern) -> None:
    assert concern(letter(), reading(text, Intent.RECTIFY, field="email"), HOUSE) == found


def test_two_mailboxes_are_one_only_if_they_are_the_same_for_certain() -> None:
    assert same_address("anna@Kundin.Example", ANNA)
    for other in ("Anna@kundin.example", "anna+x@kundin.example", "an.na@kundin.example", "anna@kundin.example.", None):
        assert not same_address(other, ANNA)
    assert canonical("A@B.C") == "A@b.c"


def test_addresses_in_a_hostile_text_are_found_in_no_time() -> None:
    assert addresses_in("a@" * 20_000) == []
    assert addresses_in("<a@b.example>, (c@d.example).") == ["a@b.example", "c@d.example"]


def test_a_known_agent_is_known_by_its_domain_alone() -> None:
    house = replace(HOUSE, agents=(Agent("Fairdata", ("fairdata.example",)),))
    assert house.agent_at("x@fairdata.example") == "Fairdata"
    assert house.agent_at("x@not-fairdata.example") == ""
    assert house.agent_at(None) == ""
