"""Letters put together for training: what they ask is what their parts ask."""

import random

from tests.bench.composing import composed

NONE: frozenset[str] = frozenset()
ORDINARY = [(f"parcel {number} is late", NONE, NONE) for number in range(30)]
WISHES = [("delete my data", frozenset(("erase",)), NONE), ("send me a copy", frozenset(("access",)), NONE)]


def test_a_letter_asks_what_its_parts_ask() -> None:
    letters = list(composed([*ORDINARY, *WISHES], random.Random(1), times=1))
    assert {wanted for _, wanted, _ in letters} == {
        NONE, frozenset(("erase",)), frozenset(("access",)), frozenset(("erase", "access")),
    }  # fmt: skip
    for text, wanted, ignored in letters:
        assert ("delete my data" in text) == ("erase" in wanted)
        assert ("send me a copy" in text) == ("access" in wanted)
        assert not wanted & ignored


def test_the_same_chance_makes_the_same_letters() -> None:
    one, other = (list(composed([*ORDINARY, *WISHES], random.Random(3), times=1)) for _ in range(2))
    assert one == other


def test_a_language_with_few_ordinary_sentences_makes_none() -> None:
    assert not list(composed([*ORDINARY[:5], *WISHES], random.Random(1), times=1))
