"""Every language but the first four understands short sentences: all intents, negation, questions, replies.

They stand in `languages/<lang>.txt`, one a line under "[intents reply]", and are neither trained nor tuned on.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from intents.letter import Channel
from intents.lexicon import languages
from intents.reader import read_text
from intents.reading import Reading
from intents.rights import CaseReply, Intent

FOLDER = Path(__file__).parent / "languages"
FULL = ("it", "nl", "pl", "pt")
USABLE = ("sv", "da", "cs", "ro", "hu", "el", "fi", "hr", "bg", "tr")
GRAVE = {Intent.ERASE, Intent.RECTIFY, Intent.RESTRICT, Intent.OBJECT}
HEADER = re.compile(r"\[([a-z_ ]+)\]")

Case = tuple[str, frozenset[Intent], CaseReply | None]


def cases(language: str) -> Iterator[Case]:
    names: list[str] = []
    for line in (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if header := HEADER.fullmatch(line):
            names = header.group(1).split()
            continue
        intents = frozenset(Intent(name) for name in names if not name.startswith("reply_"))
        replies = [CaseReply(name.removeprefix("reply_")) for name in names if name.startswith("reply_")]
        yield line, intents, replies[0] if replies else None


@cache
def readings(language: str) -> tuple[tuple[Case, Reading], ...]:
    return tuple((case, read_text("", case[0], Channel.CHAT)) for case in cases(language))


def misread(language: str) -> list[tuple[str, list[str]]]:
    return [
        (text, [str(intent) for intent in reading.intents])
        for (text, intents, reply), reading in readings(language)
        if frozenset(reading.intents) != intents
        and not (reply is CaseReply.STATUS and Intent.QUESTION in reading.intents)
    ]


@pytest.mark.parametrize("language", FULL + USABLE)
def test_there_are_sentences_for_every_intent(language: str) -> None:
    found = list(cases(language))
    assert len(found) >= 25
    assert {intent for _, intents, _ in found for intent in intents} == set(Intent)


@pytest.mark.parametrize("language", FULL)
def test_a_full_language_reads_nineteen_of_twenty(language: str) -> None:
    wrong = misread(language)
    assert len(wrong) <= len(readings(language)) // 20, wrong


@pytest.mark.parametrize("language", USABLE)
def test_a_usable_language_reads_nine_of_ten(language: str) -> None:
    wrong = misread(language)
    assert len(wrong) <= len(readings(language)) // 10, wrong


@pytest.mark.parametrize("language", FULL + USABLE)
def test_nothing_grave_is_read_for_certain_where_nobody_asks_it(language: str) -> None:
    certain = [
        (text, reading.intents)
        for (text, intents, _), reading in readings(language)
        if not reading.unsure and GRAVE & frozenset(reading.intents) - intents
    ]
    assert certain == []


@pytest.mark.parametrize("language", FULL + USABLE)
def test_no_request_goes_by_unseen(language: str) -> None:
    unseen = [
        text
        for (text, intents, _), reading in readings(language)
        if reading.intents == (Intent.OTHER,) and not reading.unsure and not intents & {Intent.OTHER, Intent.QUESTION}
    ]
    assert unseen == []


@pytest.mark.parametrize("language", FULL + USABLE)
def test_replies_inside_a_case_are_recognised(language: str) -> None:
    wrong = [
        (text, reading.case_reply)
        for (text, _, reply), reading in readings(language)
        if reply is not None and reading.case_reply is not reply
    ]
    assert wrong == []


def test_every_language_has_its_sentences_here_or_is_one_of_the_first_four() -> None:
    assert set(FULL + USABLE) | {"en", "de", "fr", "es"} == set(languages())


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("slett kontoen min og alle opplysninger dere har om meg", "da"),
        ("Vymažte môj účet a všetky údaje, ktoré o mne máte.", "cs"),
        ("Obrišite moj nalog i sve podatke koje imate o meni.", "hr"),
        ("Prosim, izbrišite vse moje podatke.", "hr"),
    ],
)
def test_a_language_without_words_of_its_own_is_read_with_those_of_its_sibling(text: str, near: str) -> None:
    reading = read_text("", text, Channel.CHAT)
    assert (reading.language, reading.intents) == (near, (Intent.ERASE,))
