"""Identity, grounds of refusal, appeals and authorities."""

from datetime import date

import pytest

from intents.rights import RIGHTS, Intent
from responders.law.identity import highest_level, identity_level, on_unverified
from responders.law.load import laws
from responders.law.regime import FurtherRight, Level
from responders.law.remedies import appeal, authorities, authority, refusal_grounds
from responders.law.workdays import EEA


@pytest.mark.parametrize(
    ("law", "right", "level"),
    [
        ("gdpr", Intent.ACCESS, Level.MAILBOX),  # art. 12(6): the least
        ("ccpa", Intent.ACCESS, Level.STAFF_DOCUMENTS),  # 11 CCR 7062(c)
        ("ccpa", Intent.ERASE, Level.MAILBOX_FACT),  # 11 CCR 7062(d)
        ("ccpa", Intent.RESTRICT, Level.NONE),  # 11 CCR 7060(b)
        ("us-va", Intent.ACCESS, Level.MAILBOX_FACT),
        ("us-va", Intent.OBJECT, Level.NONE),
        ("quebec", Intent.ACCESS, Level.MAILBOX_FACT),  # s. 30
        ("coppa", Intent.ERASE, Level.STAFF_DOCUMENTS),  # 16 CFR 312.6(a)(3)
        ("eraser", Intent.ERASE, Level.MAILBOX),
    ],
)
def test_the_level_of_identity(law: str, right: Intent, level: Level) -> None:
    assert identity_level(law, right) is level


def test_an_account_is_proven_by_its_own_mailbox() -> None:
    assert identity_level("ccpa", Intent.ACCESS, account=True) is Level.MAILBOX  # 11 CCR 7061


def test_no_law_ever_checks_who_unsubscribes_or_opts_out() -> None:
    for law in laws():
        for right in (Intent.UNSUBSCRIBE, Intent.OPTOUT_SALE, FurtherRight.OBJECT_MARKETING):
            assert identity_level(law, right) is Level.NONE


def test_of_several_laws_the_one_that_asks_most_counts() -> None:
    assert highest_level(["gdpr", "ccpa"], Intent.ERASE) is Level.MAILBOX_FACT
    assert highest_level([], Intent.ERASE) is Level.MAILBOX
    assert highest_level([], Intent.UNSUBSCRIBE) is Level.NONE


def test_unverified_is_not_closed() -> None:
    california = on_unverified("ccpa", Intent.ACCESS)
    assert california is not None
    assert (california.action, california.source) == ("categories", "11 CCR 7024(a)-(b)")
    virginia = on_unverified("us-va", Intent.ERASE)
    assert virginia is not None
    assert virginia.action == "ask_more"
    assert on_unverified("ccpa", Intent.OPTOUT_SALE) is None


def test_grounds_are_those_of_the_right_and_of_the_day() -> None:
    erase = refusal_grounds("gdpr", Intent.ERASE)
    assert {ground.source for ground in erase} >= {f"Art. 17(3)({letter}) GDPR" for letter in "abcde"}
    assert not refusal_grounds("gdpr", FurtherRight.OBJECT_MARKETING)
    assert "search" not in {one.code for one in refusal_grounds("uk", Intent.ACCESS, date(2023, 12, 31))}
    assert "search" in {one.code for one in refusal_grounds("uk", Intent.ACCESS, date(2024, 1, 1))}


def test_utah_and_iowa_delete_only_what_the_person_provided() -> None:
    for law in ("us-ut", "us-ia"):
        assert "not_provided" in {ground.code for ground in refusal_grounds(law, Intent.ERASE)}


@pytest.mark.parametrize(
    ("law", "residence", "name"),
    [
        ("gdpr", "FR", "CNIL"),
        ("gdpr", "EL", "Hellenic"),
        ("gdpr", None, "member state"),
        ("gdpr", "US-CA", "member state"),
        ("uk", "GB-SCT", "Information Commissioner"),
        ("ch", None, "FDPIC"),
        ("ccpa", "US-CA", "California Privacy Protection Agency"),
        ("us-va", None, "Attorney General of Virginia"),
        ("us-ut", None, "Division of Consumer Protection"),
        ("pipeda", "CA-ON", "Privacy Commissioner of Canada"),
        ("quebec", "CA-QC", "Commission d'accès"),
        ("lgpd", "BR", "ANPD"),
        ("can_spam", "US", "Federal Trade Commission"),
        ("policy", "DE", "Bundeslandes"),
        ("policy", "JP", "where you live"),
    ],
)
def test_the_authority(law: str, residence: str | None, name: str) -> None:
    assert name in authority(law, residence).name


def test_every_member_state_and_every_law_has_its_authority() -> None:
    for country in EEA:
        assert authority("gdpr", country).key == country.lower()
    for law in laws().values():
        assert law.authority == "country" or law.authority in authorities(), law.name
        assert authority(law.name).name


def test_in_the_united_kingdom_we_hear_the_complaint_first() -> None:
    assert "164A" in authority("uk", "GB").first


def test_the_route_of_appeal() -> None:
    virginia = appeal("us-va")
    assert virginia is not None
    assert (virginia.days, virginia.then) == (60, "the Attorney General of Virginia, online")
    assert appeal("policy", "US-VA") == virginia
    california = appeal("ccpa")
    assert california is not None
    assert california.days is None
    assert appeal("gdpr") is None
    assert appeal("gdpr", "DE") is None  # Germany, not Delaware
    assert appeal("policy", "IT") is None


@pytest.mark.parametrize("right", RIGHTS)
def test_what_can_be_refused_has_a_word_for_it_where_a_check_is_asked(right: Intent) -> None:
    for law in ("gdpr", "uk", "ccpa"):
        if identity_level(law, right) is not Level.NONE:
            assert refusal_grounds(law, right), (law, right)
            assert on_unverified(law, right), (law, right)
