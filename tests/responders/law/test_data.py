"""The files of the law: complete, sourced, and refused where they are not as they should be."""

from pathlib import Path

import pytest

from intents.rights import RIGHTS, Intent
from responders.law import load
from responders.law.load import laws
from responders.law.names import law_named, right_named
from responders.law.regime import FurtherRight

STATES = frozenset("VA CO CT UT TX OR IA FL NV MT NE NH NJ DE TN MN MD IN KY RI OK LA AL VT".lower().split())
OTHERS = {
    "gdpr",
    "uk",
    "ch",
    "ccpa",
    "pipeda",
    "quebec",
    "casl",
    "lgpd",
    "can_spam",
    "tcpa",
    "caloppa",
    "eraser",
    "coppa",
}
BREACHES = {"gdpr-33", "uk-33", "ca-1798.82", "co-breach", "tx-breach", "ny-breach", "fl-breach", "lgpd-48"}


def test_every_law_is_there() -> None:
    expected = OTHERS | BREACHES | {"policy", "unknown"} | {f"us-{state}" for state in STATES}
    assert expected <= set(laws())


def test_every_row_has_its_source_and_all_but_the_strictest_set_its_first_day() -> None:
    for law in laws().values():
        assert law.source, law.name
        for rule in law.rules:
            assert rule.period is None or rule.period.source, law.name
            assert rule.from_day or law.name == "unknown", law.name
        for row in law.identity:
            assert row.source, law.name
        for ground in law.grounds:
            assert ground.source, law.name
            assert ground.text, law.name
        assert law.appeal is None or law.appeal.source, law.name


def test_no_two_rows_of_a_law_date_the_same_right_on_the_same_day() -> None:
    for law in laws().values():
        days = {rule.from_day for rule in law.rules if rule.from_day}
        for right in {one for rule in law.rules for one in rule.rights}:
            for day in days:
                assert sum(rule.holds(day) for rule in law.rules_for(right)) <= 1, (law.name, right, day)


def test_codes_of_grounds_are_unique_within_a_law() -> None:
    for law in laws().values():
        codes = [ground.code for ground in law.grounds]
        assert len(codes) == len(set(codes)), law.name


def test_every_right_is_dated_wherever_nothing_is_known_and_by_our_own_policy() -> None:
    for name in ("unknown", "policy"):
        assert set(RIGHTS) <= {right for rule in laws()[name].rules for right in rule.rights}


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("GDPR", "gdpr"),
        ("UK-GDPR", "uk"),
        ("UK-DPA2018-s164A", "uk"),
        ("uk_gdpr", "uk"),
        ("CH-FADP", "ch"),
        ("CCPA", "ccpa"),
        ("QC", "quebec"),
        ("VA", "us-va"),
        ("US-VA", "us-va"),
        ("CO-appeal", "us-co"),
        ("CT-revoke", "us-ct"),
        ("CAN-SPAM", "can_spam"),
        ("POLICY", "policy"),
        ("promises", "policy"),
        ("GDPR-33", "gdpr-33"),
        ("LGPD-48", "lgpd-48"),
    ],
)
def test_laws_answer_to_the_names_people_use(name: str, ours: str) -> None:
    assert law_named(name).name == ours


def test_rights_answer_to_the_names_people_use() -> None:
    assert right_named("know") is Intent.ACCESS
    assert right_named("Delete") is Intent.ERASE
    assert right_named("opt-out-sale-share") is Intent.OPTOUT_SALE
    assert right_named("limit-sensitive") is Intent.RESTRICT
    assert right_named("object-direct-marketing") is FurtherRight.OBJECT_MARKETING
    assert right_named("complaint-to-controller") is FurtherRight.COMPLAINT


def test_an_unknown_name_is_told_what_is_allowed() -> None:
    with pytest.raises(ValueError, match=r"unknown law 'HIPAA'; allowed: .*ccpa.*gdpr"):
        law_named("HIPAA")
    with pytest.raises(ValueError, match=r"unknown right 'fly'; allowed: .*access"):
        right_named("fly")
    with pytest.raises(ValueError, match="unknown right 'question'"):
        right_named("question")


@pytest.mark.parametrize(
    ("line", "word"),
    [('rihgts = ["erase"]', "rihgts"), ('rights = ["fly"]', "fly"), ('rights = ["erase"]\ncount = "moons"', "moons")],
)
def test_a_wrong_file_stops_with_its_name(
    line: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f'name = "moon"\ntitle = "Moon"\nsource = "s"\n[[rule]]\n{line}\nnumber = 1\nsource = "s"\n'
    (tmp_path / "moon.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(load, "DATA", tmp_path)
    with pytest.raises(ValueError, match=rf"moon\.toml.*(rights|{word})"):
        laws.__wrapped__()
