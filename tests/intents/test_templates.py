"""Letters made from one template have near fingerprints; others have not."""

from intents.cutting import sentences
from intents.fold import fold
from intents.reader import read_text
from intents.templates import alike, fingerprint

BODY = (
    "Dear team,\n\nI hereby ask you to erase all personal data that you hold about me, as is my right. "
    "Please tell every partner that received them to do the same, and confirm to me in writing within one month "
    "that this has been done. If you cannot comply, give me your reasons and tell me where I may complain.\n\n"
    "My details are: {name}, {mail}, customer since {year}.\n\nKind regards\n{name}"
)
OTHER = (
    "Good morning, my name is Anna and I have used your calendar for two years now. Yesterday the page with invoices "
    "did not open at all, and today it shows an amount that cannot be right, because we paid in January already. "
    "Could somebody look at it and call me back before noon, since our accountant wants to close the books this week?"
)


def print_of(body: str) -> str:
    found = fingerprint(sentences(fold(body)))
    assert found is not None
    return found


def test_names_and_numbers_do_not_count() -> None:
    one = print_of(BODY.format(name="Anna Stone", mail="anna@post.example", year=2015))
    other = print_of(BODY.format(name="Bartholomew van den Berg", mail="b.berg@work.example", year=1999))
    assert alike(one, other)


def test_another_wording_is_another_template() -> None:
    assert not alike(print_of(BODY.format(name="A", mail="a@post.example", year=2015)), print_of(OTHER))


def test_only_letters_that_ask_for_something_bear_their_fingerprint() -> None:
    body = BODY.format(name="A", mail="a@post.example", year=2015)
    assert read_text("", body).template == print_of(body)
    assert read_text("", OTHER).template is None


def test_short_letters_have_no_fingerprint() -> None:
    assert read_text("", "Please delete my data.").template is None
    assert fingerprint([]) is None
