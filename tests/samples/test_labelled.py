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
USABLE = dict.fromkeys(["sv", "da", "cs", "ro", "hu", "el", "fi"], 24) | {"hr": 12, "bg": 12, "tr": 12}
AMOUNTS = FULL | USABLE | {"mixed": 20, "replies": 120}
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

CODE = re.compile(r"(?<!\w)(?:(?:[A-HJKMNP-TV-Z2-9]{4}[\s._–-]*){3}|(?:\d[\s-]*){6})(?!\w)", re.IGNORECASE)
"""Three groups of four of our alphabet, or six digits, however they are parted."""


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
def test_each_intent_stands_among_the_letters_to_look_at(name: str) -> None:
    seen = Counter(intent for letter in letters(name) if letter["split"] == "dev" for intent in letter["intents"])
    wanted = [Intent.OTHER] if name == "replies" else list(Intent)
    assert not [intent.value for intent in wanted if not seen[intent.value]]


def test_each_intent_stands_among_the_letters_that_only_measure() -> None:
    held = [letter for name in AMOUNTS for letter in letters(name) if letter["split"] == "held"]
    seen = Counter((letter["lang"] in FULL, intent) for letter in held for intent in letter["intents"])
    assert not [(full, i.value) for full in (True, False) for i in Intent if not seen[full, i.value]]


def test_each_kind_of_reply_stands_in_every_full_language() -> None:
    found = letters("replies")
    assert {letter["case_reply"] for letter in found if letter["split"] == "dev"} >= set(CaseReply)
    assert {(letter["case_reply"], letter["lang"]) for letter in found} >= {
        (k, lang) for k in CaseReply for lang in FULL
    }


def test_every_reply_with_a_code_has_one_in_newly_typed_text() -> None:
    """The reverse does not hold: a customer number has six digits as well."""
    for letter in letters("replies"):
        typed = "\n".join(line for line in letter["body"].splitlines() if not line.startswith(">"))
        found = [match for match in CODE.findall(typed) if re.search(r"\d", match)]
        assert found or letter["case_reply"] != "code", letter["id"]


def test_ids_are_unique_and_tell_their_file() -> None:
    ids = [(name, letter["id"]) for name in AMOUNTS for letter in letters(name)]
    assert len({identifier for _, identifier in ids}) == len(ids)
    assert all(re.fullmatch(rf"{name}-n?\d{{3}}", identifier) for name, identifier in ids)


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
