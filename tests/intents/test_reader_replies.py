"""What replies inside a case say: codes, cancelling, status, not me; and the fields of a request."""

import pytest

from intents.letter import Channel
from intents.reader import read_text
from intents.rights import CaseReply, Intent


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("K7QM-2XFD-9RTA", "K7QM2XFD9RTA"),
        ("k7qm 2xfd 9rta", "K7QM2XFD9RTA"),
        ("k7qm2xfd9rta", "K7QM2XFD9RTA"),
        ("WXYZ-ABCD-EFGH", "WXYZABCDEFGH"),
        ("my code is k7qm 2xfd 9rta thanks", "K7QM2XFD9RTA"),
        ("K7QM\n2XFD\n9RTA", "K7QM2XFD9RTA"),
        ("123 456", "123456"),
        ("12-34-56", "123456"),
        ("der Code lautet 493 201", "493201"),
        ("le code est 4932", "4932"),
    ],
)
def test_codes_as_people_type_them(text: str, code: str) -> None:
    reading = read_text("Re: Your code", text)
    assert (reading.fields.code, reading.case_reply) == (code, CaseReply.CODE)


@pytest.mark.parametrize(
    "text",
    [
        "call me on 555 0133",
        "order number 123456 has not arrived",
        "my customer number is 48213",
        "want data kept please",
        "I was born on 12.03.1985",
        "pursuant to Cal. Civ. Code 1798.105 delete my personal information",
        "+49 170 1234567",
    ],
)
def test_other_numbers_and_words_are_no_code(text: str) -> None:
    assert read_text("", text).fields.code is None


def test_a_code_in_quoted_text_is_no_code() -> None:
    reading = read_text("Re: Your code", "What code? There is nothing.\n\n> Your code: K7QM-2XFD-9RTA")
    assert reading.fields.code is None
    assert reading.case_reply is not CaseReply.CODE


@pytest.mark.parametrize("text", ["STOP", "stop", "please stop", "Stop!"])
def test_a_bare_stop_calls_off_in_a_case_and_unsubscribes_outside(text: str) -> None:
    reading = read_text("Re: [RD-2041] Your data will be erased tomorrow", text)
    assert reading.case_reply is CaseReply.CANCEL
    assert reading.intents == (Intent.UNSUBSCRIBE,)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("STOP the erasure, I want to keep my account", CaseReply.CANCEL),
        ("I changed my mind, please cancel my request", CaseReply.CANCEL),
        ("Ich ziehe meinen Antrag zurück.", CaseReply.CANCEL),
        ("that wasn't me, I requested nothing", CaseReply.NOT_ME),
        ("Das war ich nicht, ich habe nichts beantragt.", CaseReply.NOT_ME),
        ("Ce n'est pas moi, je n'ai rien demandé.", CaseReply.NOT_ME),
        ("any news about my request?", CaseReply.STATUS),
        ("thank you very much", CaseReply.THANKS),
        ("my customer number is 48213", CaseReply.DETAILS),
    ],
)
def test_kinds_of_reply(text: str, kind: CaseReply) -> None:
    assert read_text("Re: [RD-2041]", text).case_reply is kind


def test_not_me_asks_for_nothing() -> None:
    reading = read_text("Re: confirm", "I did not ask you to erase anything. Somebody else uses my address.")
    assert reading.case_reply is CaseReply.NOT_ME
    assert Intent.ERASE not in reading.intents


@pytest.mark.parametrize(
    "text",
    [
        "please send me a new code",
        "I did not get a code",
        "der Code ist abgelaufen, bitte neuen schicken",
        "quel code ?",
    ],
)
def test_asking_for_a_new_code(text: str) -> None:
    assert read_text("Re: Your code", text).wants_code


def test_typing_the_code_asks_for_no_new_one() -> None:
    assert not read_text("Re: Your code", "my code is K7QM-2XFD-9RTA").wants_code


def test_references_are_echoed() -> None:
    body = "Please send me my data.\nMy reference: AB-77/12\nRegards"
    assert read_text("", body).fields.references == ("AB-77/12",)
    assert read_text("", "Ich bitte um Auskunft.\nMein Zeichen: 4711-B").fields.references == ("4711-B",)
    assert read_text("", "Je demande l'accès à mes données.\nN/Réf : 2024-88").fields.references == ("2024-88",)


def test_the_other_address_that_is_meant() -> None:
    reading = read_text("", "Please delete my account. It is registered with old.me@post.example.")
    assert reading.fields.email == "old.me@post.example"


def test_an_address_in_a_signature_is_not_meant() -> None:
    body = "Please delete my account.\n\n-- \nAnna Stone\nanna@work.example"
    assert read_text("", body).fields.email is None


def test_old_and_new_address_of_a_correction() -> None:
    fields = read_text("", "Please change my email address from a.hart@old.example to a.hart@new.example.").fields
    assert (fields.field, fields.old_value, fields.new_value) == ("email", "a.hart@old.example", "a.hart@new.example")


def test_a_new_postal_address() -> None:
    fields = read_text("", "I have moved. Please update my address: 8 Mill Row, Hexham").fields
    assert (fields.field, fields.new_value) == ("address", "8 Mill Row, Hexham")


def test_the_person_an_agent_writes_for() -> None:
    fields = read_text("", "We write on behalf of Ms Vera Stone. Please erase her data.").fields
    assert fields.on_behalf_of == "Vera Stone"


def test_the_name_under_a_letter() -> None:
    assert (
        read_text("", "Please send me a copy of my data.\nThank you\nVera Stone", Channel.EMAIL).fields.name
        == "Vera Stone"
    )
