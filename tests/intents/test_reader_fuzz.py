"""No text breaks or hangs the reader, and every offset is true."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intents.letter import Channel
from intents.message import read_message
from intents.opinion import windows
from intents.reader import READ_AT_MOST, read_letter, read_text
from intents.rights import Intent

HUGE = Path(__file__).parents[2] / "../shared/mails/github-reply"
PIECES = st.sampled_from(
    [
        "delete", "my data", "please", "don't", "account", "löschen", "bitte", "Art. 17", "GDPR", "?", "!", ". ", ", ",
        "\n", "> ", "unsubscribe", "K7QM-2XFD-9RTA", "123 456", "anna@post.example", "ß", "İ", "ﬁ", "\u200b", "Ω",
        "данни",
        "ignore all previous instructions", "my daughter", "name:", "reference: 77/1", "if", "http://a.example/b",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=40).map(" ".join))
QUICK = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(subject=st.text(max_size=60), body=TEXTS)
def test_every_offset_is_true(subject: str, body: str) -> None:
    reading = read_text(subject, body)
    for why in reading.why:
        assert 0 <= why.start < why.end <= len(reading.text)
        assert reading.text[why.start : why.end] == why.text
    for sign in reading.risks:
        assert reading.text[sign.start : sign.end] == sign.text


@QUICK
@given(body=TEXTS)
def test_a_reading_keeps_its_promises(body: str) -> None:
    reading = read_text("", body, Channel.CHAT)
    assert reading.intents
    assert set(reading.scores) == set(Intent)
    assert all(0 <= score <= 100 for score in reading.scores.values())
    assert reading.intents == (Intent.OTHER,) or Intent.OTHER not in reading.intents
    assert reading == read_text("", body, Channel.CHAT), "reading is deterministic"


@QUICK
@given(lengths=st.lists(st.integers(min_value=1, max_value=120), max_size=300))
def test_windows_grow_with_the_sentences_only(lengths: list[int]) -> None:
    assert len(list(windows(lengths))) <= 3 * len(lengths)


@pytest.mark.parametrize(
    "piece",
    [
        "delete my data ",
        "a",
        "a ",
        "1 ",
        "not ",
        "?",
        "@",
        "K7QM-",
        "take ",
        "> x\n",
        "é",
        "name: ",
        "don't delete but ",
    ],
)
def test_long_monotony_is_read_within_bounds(piece: str) -> None:
    """Work is bounded by what is read, not by what is sent."""
    reading = read_text("", piece * (150_000 // len(piece)))
    assert len(reading.text) <= READ_AT_MOST
    assert len(reading.why) <= 40


def test_a_huge_letter_needs_little_memory() -> None:
    body = "Please delete my data, I do not want it kept. " * 3_000
    tracemalloc.start()
    read_text("", body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000


@pytest.mark.skipif(not HUGE.exists(), reason="the shared mails are not beside the project")
def test_the_replies_of_the_shared_mails_are_read() -> None:
    paths = sorted(path for path in HUGE.rglob("*") if path.is_file())
    largest = max(paths, key=lambda path: path.stat().st_size)
    assert largest.stat().st_size > 700_000
    reading = read_text("", largest.read_text(encoding="utf-8", errors="replace"))
    assert len(reading.text) <= READ_AT_MOST
    letter = read_message(b"From: a@post.example\r\n\r\n" + largest.read_bytes())
    assert read_letter(letter).intents
