"""Which laws may apply: what is known of the residence, and what follows where nothing is."""

from dataclasses import replace
from datetime import date

import pytest

from intents.rights import RIGHTS, Intent
from responders.law.choose import LawClues, applicable, residence
from responders.law.deadlines import gives
from responders.law.regime import FurtherRight

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("country", "right", "expected"),
    [
        ("DE", Intent.ACCESS, ("gdpr", "policy")),
        ("NO", Intent.ERASE, ("gdpr", "policy")),
        ("GB-NIR", Intent.ERASE, ("uk", "policy")),
        ("CH", Intent.ACCESS, ("ch", "policy")),
        ("BR", Intent.ACCESS, ("lgpd", "policy")),
        ("US-CA", Intent.ERASE, ("ccpa", "policy")),
        ("US-VA", Intent.ERASE, ("us-va", "policy")),
        ("US-VA", Intent.UNSUBSCRIBE, ("can_spam", "policy")),
        ("US-NY", Intent.ERASE, ("policy",)),
        ("US", Intent.ERASE, ("ccpa", "policy")),
        ("CA", Intent.ACCESS, ("pipeda", "quebec", "policy")),
        ("CA-ON", Intent.ACCESS, ("pipeda", "policy")),
        ("CA-ON", Intent.UNSUBSCRIBE, ("casl", "can_spam", "policy")),
        ("US-IA", Intent.RECTIFY, ("policy",)),
        ("AU", Intent.ERASE, ("policy",)),
        ("EU", Intent.ERASE, ("gdpr", "policy")),
    ],
)
def test_the_residence_decides(country: str, right: Intent, expected: tuple[str, ...]) -> None:
    assert applicable(LawClues(right=right, received=TODAY, country=country)) == expected


def test_europe_as_a_whole_has_a_law_and_no_holidays() -> None:
    assert residence(LawClues(country="EU")) is None
    assert residence(LawClues(country="GB-SCT")) == "GB-SCT"


def test_a_law_that_is_not_in_force_yet_does_not_apply() -> None:
    def laws(day: date) -> tuple[str, ...]:
        return applicable(LawClues(right=Intent.ACCESS, received=day, country="US-OK"))

    assert laws(date(2026, 12, 31)) == ("policy",)
    assert laws(date(2027, 1, 1)) == ("us-ok", "policy")


def test_nothing_known_takes_the_strictest_set() -> None:
    assert applicable(LawClues(right=Intent.ACCESS, received=TODAY)) == ("unknown", "policy")
    assert applicable(LawClues(right=Intent.UNSUBSCRIBE, received=TODAY)) == ("unknown", "can_spam", "policy")


def test_a_language_makes_a_law_likely_and_never_certain() -> None:
    polish = applicable(LawClues(right=Intent.ERASE, received=TODAY, language="pl"))
    assert polish == ("gdpr", "unknown", "policy")
    assert "lgpd" in applicable(LawClues(right=Intent.ERASE, received=TODAY, language="pt"))
    assert applicable(LawClues(right=Intent.ERASE, received=TODAY, language="en")) == ("unknown", "policy")


def test_a_country_domain_speaks_for_a_residence_and_a_fashionable_one_does_not() -> None:
    assert applicable(LawClues(right=Intent.ACCESS, domain="post.example.de")) == ("gdpr", "policy")
    assert residence(LawClues(domain="mail.example.co.uk")) == "GB"
    assert applicable(LawClues(right=Intent.ACCESS, domain="example.eu")) == ("gdpr", "policy")
    assert applicable(LawClues(right=Intent.ACCESS, domain="example.io")) == ("unknown", "policy")


def test_a_law_that_the_letter_names_applies_beside_that_of_the_residence() -> None:
    both = applicable(LawClues(right=Intent.ERASE, received=TODAY, directory="DE", laws=("ccpa",)))
    assert both == ("gdpr", "ccpa", "policy")
    assert applicable(LawClues(right=Intent.ERASE, received=TODAY, laws=("gdpr",))) == ("gdpr", "policy")
    assert applicable(LawClues(right=Intent.ERASE, received=TODAY, laws=("us_state",))) == ("ccpa", "policy")
    assert applicable(LawClues(right=Intent.ERASE, received=TODAY, laws=("kvkk",))) == ("unknown", "policy")


def test_in_london_the_gdpr_is_the_uk_gdpr() -> None:
    assert applicable(LawClues(right=Intent.ERASE, received=TODAY, country="GB", laws=("gdpr",))) == ("uk", "policy")


def test_records_and_letter_that_disagree_both_count_until_staff_correct_it() -> None:
    clues = LawClues(right=Intent.ERASE, received=TODAY, directory="DE", country="US-CA", laws=("gdpr",))
    assert applicable(clues) == ("gdpr", "ccpa", "policy")
    corrected = replace(clues, staff="CH")
    assert applicable(corrected) == ("ch", "policy")
    assert residence(corrected) == "CH"


def test_a_minor_has_the_eraser_law_as_well() -> None:
    assert "eraser" in applicable(LawClues(right=Intent.ERASE, received=TODAY, country="US-CA", minor=True))


@pytest.mark.parametrize("right", [*RIGHTS, FurtherRight.OBJECT_MARKETING])
@pytest.mark.parametrize(
    "country", [None, "DE", "GB", "CH", "BR", "CA", "CA-QC", "US", "US-CA", "US-VA", "US-NY", "JP"]
)
def test_every_right_of_every_person_has_a_law_that_dates_it(country: str | None, right: Intent | FurtherRight) -> None:
    found = applicable(LawClues(right=right, received=TODAY, country=country))
    assert found
    assert all(gives(law, right, TODAY) for law in found)
