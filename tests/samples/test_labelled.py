"""The labelled letters keep their promises: shape, amounts, halves, and no real domain."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from intents.letter import Channel
from intents.rights import CaseReply, Intent, Risk

FOLDER = Path(__file__).parent / "labelled"
FULL = {"en": 160, "de": 70, "fr": 70, "es": 70, "it": 70, "nl": 70, "pt": 70, "pl": 70}
AMOUNTS = FULL
"""The least number of letters in each file."""

KEYS = [
    "id",
    "lang",
    "channel",
    "subject",
    "body",
    "intents",
    "also_fair",
    "case_reply",
    "auto",
    "risk",
    "note",
    "split",
]
TOP_LEVEL = "com|org|net|io|eu|de|fr|es|it|nl|pt|pl|br|uk|us|se|dk|cz|ro|hu|gr|fi|hr|bg|tr|co|info|at|ch|be|app|dev"
HOST = re.compile(
    rf"@([\w.-]+\w)|https?://([\w.-]+\w)|\b(www\.[\w.-]+\w)|\b((?:[\w-]+\.)+(?:{TOP_LEVEL}))\b", re.IGNORECASE
)


def letters(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def in_order(names: list[str]) -> bool:
    order = [intent.value for intent in Intent]
    return names == sorted(set(names), key=order.index)


def hosts(text: str) -> list[str]:
    return [next(group for group in match.groups() if group) for match in HOST.finditer(text)]


def test_every_file_is_known_here() -> None:
    assert {path.stem for path in FOLDER.glob("*.jsonl")} == set(AMOUNTS)


@pytest.mark.parametrize("name", AMOUNTS)
def test_every_letter_has_the_shape_of_the_readme(name: str) -> None:
    for letter in letters(name):
        where = letter["id"]
        assert list(letter) == KEYS, where
        assert re.fullmatch(r"[a-z]{2}", letter["lang"]), where
        assert name in ("mixed", "replies", letter["lang"]), where
        assert letter["channel"] in set(Channel), where
        assert letter["subject"] or letter["body"], where
        assert letter["channel"] == "email" or not letter["subject"], where
        assert letter["split"] in ("dev", "held"), where
        assert type(letter["auto"]) is bool, where
        assert letter["case_reply"] is None or letter["case_reply"] in set(CaseReply), where
        assert letter["risk"] is None or letter["risk"] in set(Risk), where


@pytest.mark.parametrize("name", AMOUNTS)
def test_labels_are_sets_of_intents_and_other_stands_alone(name: str) -> None:
    for letter in letters(name):
        where = letter["id"]
        assert letter["intents"], where
        assert in_order(letter["intents"]), where
        assert in_order(letter["also_fair"]), where
        assert not set(letter["intents"]) & set(letter["also_fair"]), where
        assert "other" not in letter["intents"] or letter["intents"] == ["other"], where
        assert not letter["auto"] or letter["intents"] == ["other"], where


@pytest.mark.parametrize("name", AMOUNTS)
def test_there_are_enough_letters_and_a_quarter_is_ordinary_support(name: str) -> None:
    found = letters(name)
    assert len(found) >= AMOUNTS[name]
    ordinary = [letter for letter in found if set(letter["intents"]) <= {"question", "other"}]
    assert len(ordinary) >= len(found) / 4


@pytest.mark.parametrize("name", AMOUNTS)
def test_each_intent_stands_in_both_halves(name: str) -> None:
    found = letters(name)
    held = [letter for letter in found if letter["split"] == "held"]
    assert 0.45 <= len(held) / len(found) <= 0.55
    seen = Counter((intent, letter["split"]) for letter in found for intent in letter["intents"])
    wanted = set(Intent) if name in FULL else {Intent(intent) for intent, _ in seen}
    assert not [i.value for i in wanted for half in ("dev", "held") if not seen[i.value, half]]


def test_ids_are_unique_and_tell_their_file() -> None:
    ids = [(name, letter["id"]) for name in AMOUNTS for letter in letters(name)]
    assert len({identifier for _, identifier in ids}) == len(ids)
    assert all(re.fullmatch(rf"{name}-\d{{3}}", identifier) for name, identifier in ids)


def test_no_letter_stands_twice() -> None:
    texts = Counter(
        letter["subject"] + "\n" + letter["body"] for name in AMOUNTS if name != "replies" for letter in letters(name)
    )
    assert [text for text, count in texts.items() if count > 1] == []


@pytest.mark.parametrize("name", AMOUNTS)
def test_no_real_domain_is_named(name: str) -> None:
    for letter in letters(name):
        for host in hosts(letter["subject"] + " " + letter["body"]):
            assert host.lower().endswith(".example"), letter["id"]


def test_the_domain_check_sees_a_real_domain() -> None:
    assert hosts("write to anna@post.example or see https://shop.example/x") == ["post.example", "shop.example"]
    assert hosts("anna@iana.org, www.iana.org, iana.org") == ["iana.org", "www.iana.org", "iana.org"]
