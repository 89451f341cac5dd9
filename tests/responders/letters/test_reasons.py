"""A reason must be one: specific, and long enough to be read as such."""

import pytest

from responders.letters.reasons import why_no_reason


@pytest.mark.parametrize(
    "empty",
    [
        "",
        "busy",
        "High volume",
        "x" * 19,
        "   busy     busy      busy     ",
        "high volume of requests at the moment",
        "Our staff are very busy right now, sorry",
        "We have a high volume of requests and staff on leave",
        "Waiting for identity, please be patient with us",
    ],
)
def test_an_empty_phrase_is_no_reason(empty: str) -> None:
    assert why_no_reason(empty)


@pytest.mark.parametrize(
    "good",
    [
        "Your request covers fourteen systems and order records of nine years.",
        "You sent three requests in one week which concern the same paper archive.",
        "Die Aufzeichnungen liegen auf Bändern, die erst eingelesen werden müssen.",
        "Because of the high volume of call recordings (some 400 hours) we must check each for other people.",
    ],
)
def test_a_specific_reason_passes(good: str) -> None:
    assert why_no_reason(good) is None
