"""Every letter, in every language, under every law, says what it must, and the linter would notice if it didn't."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from responders.letters import files
from responders.letters.compose import Composed, families
from responders.letters.files import LANGUAGES, ROOT, names
from responders.letters.render import DERIVED, render, states
from responders.letters.values import wanted
from responders.letters.words import kinds, words
from tests.responders.letters.linter import (
    composed,
    elements,
    every_letter,
    missing,
    sample_values,
    table,
    wrong,
)

LAW = Path(__file__).parents[2] / "../shared/law/LAW.md"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_says_what_the_law_wants(language: str) -> None:
    found = [
        complaint
        for spoken, name, family in every_letter()
        if spoken == language
        for complaint in missing(composed(language, name, family), name, language, family)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_says_what_it_may_not(language: str) -> None:
    found = [
        complaint
        for spoken, name, family in every_letter()
        if spoken == language
        for complaint in wrong(composed(language, name, family), name, language, family)
    ]
    assert not found, "\n".join(found)


def test_an_acknowledgement_without_a_code_still_describes_the_check() -> None:
    for language in LANGUAGES:
        for name in names():
            if name.endswith(".acknowledged") and not name.startswith(("complaint", "appeal")):
                letter = composed(language, name, "ccpa", without=frozenset({"code", "code_valid_until"}))
                assert "ACK-3" in letter.elements, (language, name)
                assert "code" not in letter.placeholders, (language, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_linter_notices_every_paragraph_that_is_taken_away(language: str) -> None:
    overlooked = []
    for name in names():
        for family in families():
            letter = composed(language, name, family)
            for element in elements():
                if element.concerns(name, family):
                    without = tuple(p for p in letter.paragraphs if element.mark not in p.elements)
                    complaints = list(missing(replace(letter, paragraphs=without), name, language, family))
                    if not any(f": {element.id} is not said" in complaint for complaint in complaints):
                        overlooked.append((name, family, element.id))
    assert not overlooked


def test_the_linter_notices_words_that_are_gone_from_a_marked_paragraph() -> None:
    letter = composed("de", "case.refused", "gdpr")
    emptied = tuple(
        replace(p, text="Außerdem haben Sie weitere Rechte.") if "REF-3" in p.elements else p for p in letter.paragraphs
    )
    assert any(
        "REF-3 lacks the words" in each for each in missing(_with(letter, emptied), "case.refused", "de", "gdpr")
    )


def test_the_linter_notices_a_forbidden_word_and_a_forbidden_value() -> None:
    letter = composed("en", "case.code", "gdpr")
    asks_papers = replace(letter.paragraphs[1], text="Please send a photo of your passport. ${reason}")
    spoilt = _with(letter, (*letter.paragraphs, asks_papers))
    complaints = list(wrong(spoilt, "case.code", "en", "gdpr"))
    assert any("ID-2 forbids 'photo of'" in each for each in complaints)
    spoilt = replace(spoilt, placeholders=letter.placeholders | {"reason"})
    assert any("ACK-8 doesn't allow ${reason}" in each for each in wrong(spoilt, "case.code", "en", "gdpr"))


def _with(letter: Composed, paragraphs: tuple[files.Paragraph, ...]) -> Composed:
    return replace(letter, paragraphs=paragraphs)


def test_every_element_of_the_law_is_in_the_checklist() -> None:
    if not LAW.exists():
        pytest.skip(f"{LAW.name} is not beside this clone")
    text = LAW.read_text(encoding="utf-8").partition("\n## 4.")[2].partition("\n## 5.")[0]
    wanted_ids = set(re.findall(r"\b(?:ACK|ID|ACC|PORT|ERA|REC|RES|OBJ|OPT|UNS|WDC|EXT|REF)-(?:\d|[a-i]\b)", text))
    assert len(wanted_ids) > 60
    assert wanted_ids <= {element.id for element in elements()}


def test_every_mark_in_a_template_is_an_element_of_the_checklist() -> None:
    known = {element.mark for element in elements()}
    for language, name, _ in states():
        file = files.load(language, name)
        assert file is not None
        for paragraph in file.paragraphs:
            assert set(paragraph.elements) <= known, (language, name)


def test_checklist_speaks_every_language_where_it_speaks_one() -> None:
    for element in elements():
        assert not element.words or set(element.words) == set(LANGUAGES), element.id
    for rule in table()["forbidden"]:
        assert isinstance(rule["words"], dict)
        assert set(rule["words"]) == set(LANGUAGES), rule["id"]


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_language_has_the_same_files_paragraphs_marks_and_placeholders_as_english(language: str) -> None:
    ours = {path.name for path in (ROOT / "en").iterdir()}
    assert {path.name for path in (ROOT / language).iterdir()} == ours
    for name in sorted(each.removesuffix(".txt") for each in ours if each.endswith(".txt")):
        english, other = files.load("en", name), files.load(language, name)
        assert english is not None
        assert other is not None
        assert (english.needs, english.unless) == (other.needs, other.unless), name
        assert len(english.paragraphs) == len(other.paragraphs), name
        for one, two in zip(english.paragraphs, other.paragraphs, strict=True):
            assert (one.elements, one.include) == (two.elements, two.include), name
            assert Counter(one.placeholders) == Counter(two.placeholders), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_lists_have_the_same_keys(language: str) -> None:
    english, other = words("en"), words(language)
    assert set(english) == set(other) - {"variants"}
    for key in ("rights", "right_names", "state", "none"):
        assert set(english[key]) == set(other[key]), key
    assert len(set(other["date"]["months"])) == 12


def test_every_block_is_used_and_every_used_block_exists() -> None:
    used, there = set(), set()
    for _, name, _ in states():
        file = files.load("en", name)
        assert file is not None
        used |= {p.include for p in file.paragraphs if p.include}
        if name.startswith("block."):
            there.add(("block", name.removeprefix("block.")))
        if name.startswith("law."):
            there.add(("law", name.rpartition(".")[2]))
    assert used == there


def test_every_placeholder_is_described_and_every_described_one_is_used() -> None:
    used = {each.name for name in names() for family in families() for each in wanted(name, family)}
    assert used == set(kinds()) - set(DERIVED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_renders_clean(language: str) -> None:
    seen: set[str] = set()
    for name in names():
        for family in families():
            letter = render(name, language, sample_values(), regime=family)
            seen.add(letter.subject)
            assert letter.language == language
            assert "$" not in letter.text + letter.html + letter.subject, name
            assert not re.search(r"\.\.|  |\n{3}|[ \t]\n|\s[.,]\s", letter.text), (name, letter.text)
            assert letter.text.endswith("\n[company]\n[postal_address]\n[contact]\nTicket #[ticket]\n"), name
    assert len(seen) > 40


def test_subjects_are_true_and_carry_nothing_personal() -> None:
    for language in LANGUAGES:
        for name in names():
            subject = render(name, language, sample_values()).subject
            assert 4 < len(subject) <= 78, (language, name)
            assert not re.search(r"\d|\[|#|@", subject), (language, name)


def test_texts_wait_for_a_lawyer() -> None:
    listed = list(states())
    assert len(listed) == len(LANGUAGES) * len(list((ROOT / "en").glob("*.txt")))
    assert not any(reviewed for _, _, reviewed in listed)
