"""Machine mail is not read by the children; nothing that anybody acts on is lost by that."""

import json
from pathlib import Path

import pytest

from intents.letter import Letter
from intents.message import Unreadable, read_message
from intents.reader import machine_reading, read_letter, read_text
from intents.reading import Reading
from tests.intents.mails import borrowed

LABELLED = Path(__file__).parents[1] / "samples" / "labelled"


def acted_on(reading: Reading) -> tuple[object, ...]:
    return (
        reading.auto, reading.intents, reading.unsure, reading.case_reply, reading.fields.code, reading.wants_code,
        reading.marketing,
    )  # fmt: skip


def test_labelled_machine_mail_is_acted_on_as_if_it_had_been_read() -> None:
    lines = [json.loads(line) for path in sorted(LABELLED.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    read = [read_text(line.get("subject") or "", line["body"]) for line in lines if line["auto"]]
    assert any(reading.auto for reading in read)
    assert {acted_on(reading) for reading in read if reading.auto} == {acted_on(machine_reading())}


def test_borrowed_machine_mail_is_acted_on_as_if_it_had_been_read() -> None:
    letters = list(filter(None, (parsed(path) for path in borrowed()[::9])))
    if not letters:
        pytest.skip("there is no ../shared/mails")
    read = [read_letter(letter) for letter in letters if letter.auto_signs]
    assert {acted_on(reading) for reading in read} == {acted_on(machine_reading())}


def parsed(path: Path) -> Letter | None:
    try:
        return read_message(path.read_bytes())
    except Unreadable:
        return None
