"""The training sentences: labels that are known, nobody's real domain, and nothing from the half that only measures."""

import json
import re
from pathlib import Path

from tests.bench.train import sentences

LABELLED = Path(__file__).parent / "labelled"
_HOST = re.compile(r"@([\w.-]+)|https?://([\w.-]+)")


def test_every_language_has_sentences_for_every_right() -> None:
    names = {path.stem for path in (Path(__file__).parent / "training").glob("*.txt")}
    for path in LABELLED.glob("??.jsonl"):
        assert path.stem in names


def test_the_sentences_can_be_read_and_are_many() -> None:
    texts = list(sentences())
    assert len(texts) > 5_000
    assert all(text.strip() for text, _, _ in texts)


def test_a_label_is_wanted_or_ignored_but_not_both() -> None:
    for text, wanted, ignored in sentences():
        assert not wanted & ignored, text


def test_no_domain_is_real() -> None:
    for text, _, _ in sentences():
        for match in _HOST.finditer(text):
            host = (match.group(1) or match.group(2)).rstrip(".")
            assert host.endswith(".example"), text


def test_no_long_sentence_stands_in_a_held_letter() -> None:
    held = [
        row["body"].casefold()
        for path in LABELLED.glob("*.jsonl")
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if row["split"] == "held"
    ]
    known = {body.strip(" .!?\n") for body in held}
    copied = sum(text.casefold().strip(" .!?\n") in known for text, _, _ in sentences() if len(text.split()) > 7)
    assert copied == 0, f"{copied} training sentences are held letters"
