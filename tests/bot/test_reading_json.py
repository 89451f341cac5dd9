"""A reading survives the way from the child to its parent, and the child understands what it parses."""

import json
from dataclasses import fields, replace
from typing import Any

from bot.mail.parsing import ParserPool
from bot.mail.reading_json import reading_from, values_of
from intents.letter import Letter
from intents.reader import read_letter, read_text
from intents.reading import Fields, Reading, RiskSign, Why
from intents.rights import CaseReply, Intent, Risk

ASKED = b"From: Anna <anna@kundin.example>\nSubject: My account\n\nPlease delete my account and all my data.\n"


def test_every_field_of_a_reading_comes_back() -> None:
    full = Reading(
        language="de",
        intents=(Intent.ACCESS, Intent.ERASE),
        scores={Intent.ACCESS: 90, Intent.ERASE: 75, Intent.OTHER: 10},
        why=(Why(Intent.ACCESS, "Auskunft", 90, 3, 11, "Art. 15 GDPR"),),
        case_reply=CaseReply.STATUS,
        fields=Fields("a@b.example", "Anna", "K7QM", "street", "old", "new", "her aunt", ("A-1", "A-2")),
        auto=True,
        risks=(RiskSign(Risk.AGENT, "on behalf of", 0, 12),),
        unsure=True,
        text="Auskunft – \u20ac",
        laws=("gdpr",),
        country="DE",
        template="t1",
    )
    marks: dict[str, Any] = {field.name: True for field in fields(Reading) if field.default is False}
    full = replace(full, **marks)
    at_their_default = [field.name for field in fields(Reading) if getattr(full, field.name) == field.default]
    assert at_their_default == []
    assert reading_from(json.loads(json.dumps(values_of(full)))) == full
    empty = read_text("", "")
    assert reading_from(json.loads(json.dumps(values_of(empty)))) == empty


async def test_a_child_that_understands_reads_as_we_would() -> None:
    async with ParserPool(understanding=True, children=1) as pool:
        [result] = await pool.read_both([ASKED])
    assert isinstance(result, tuple)
    letter, reading = result
    assert isinstance(letter, Letter)
    assert reading == read_letter(letter)
    assert reading is not None
    assert Intent.ERASE in reading.intents


async def test_a_child_that_only_parses_says_nothing_of_the_meaning() -> None:
    async with ParserPool(children=1) as pool:
        [result] = await pool.read_both([ASKED])
    assert isinstance(result, tuple)
    assert result[1] is None
