"""What the rules and the second opinion decide together, and what staff's corrections may add."""

from collections.abc import Mapping
from zlib import crc32

from intents.corrections import Example, with_examples
from intents.opinion_weights import LABELS, MIDDLE, columns, parse, weights
from intents.reader import read_text
from intents.rights import ORDER, Intent
from intents.verdict import certainly, verdict

NONE = dict.fromkeys(ORDER, 0)
CALM = dict.fromkeys(LABELS, 0)


def rules(**scores: int) -> Mapping[Intent, int]:
    return NONE | {Intent(name): score for name, score in scores.items()}


def test_both_agree_and_it_is_certain() -> None:
    judged = verdict(rules(erase=92), CALM | {"erase": 97})
    assert (judged.intents, judged.unsure) == ((Intent.ERASE,), False)


def test_a_rule_alone_is_a_guess_for_a_person() -> None:
    judged = verdict(rules(erase=92), CALM | {"erase": 15})
    assert (judged.intents, judged.unsure) == ((Intent.ERASE,), True)


def test_the_model_alone_must_be_very_certain_for_a_grave_right() -> None:
    assert verdict(NONE, CALM | {"erase": 85}).unsure
    assert not verdict(NONE, CALM | {"erase": 99}).unsure


def test_a_weak_right_beside_a_loud_one_is_an_echo_unless_a_rule_found_it() -> None:
    both = CALM | {"access": 99, "rectify": 56}
    assert verdict(NONE, both).intents == (Intent.ACCESS,)
    assert verdict(rules(rectify=84), both).intents == (Intent.ACCESS, Intent.RECTIFY)


def test_the_alarm_makes_a_person_look() -> None:
    faint = CALM | {"erase": 16}
    assert not verdict(NONE, faint).unsure
    judged = verdict(NONE, faint, alarm=True)
    assert (judged.intents, judged.unsure) == ((Intent.OTHER,), True)


def test_in_a_short_letter_each_right_that_is_said_is_meant() -> None:
    both = CALM | {"access": 99, "rectify": 56}
    assert verdict(NONE, both, words=20).intents == (Intent.ACCESS, Intent.RECTIFY)


def test_a_question_without_a_word_of_privacy_must_be_clearer() -> None:
    asked = CALM | {"question": 55}
    assert verdict(NONE, asked).intents == (Intent.QUESTION,)
    assert verdict(NONE, asked, privacy=False).intents == (Intent.OTHER,)
    assert verdict(rules(question=88), CALM | {"question": 32}).intents == (Intent.QUESTION,)


def test_a_request_that_is_only_announced_goes_to_a_person() -> None:
    assert verdict(NONE, CALM, openly=True).unsure
    assert not verdict(rules(access=92), CALM | {"access": 95}, openly=True).unsure


def test_an_access_request_needs_less() -> None:
    assert not verdict(NONE, CALM | {"access": 85}).unsure


def test_a_question_only_counts_beside_no_right() -> None:
    assert verdict(NONE, CALM | {"question": 90}).intents == (Intent.QUESTION,)
    assert verdict(NONE, CALM | {"question": 90, "access": 90}).intents == (Intent.ACCESS,)


def test_the_two_best_readings_of_a_doubt_have_scores() -> None:
    judged = verdict(rules(restrict=92), CALM | {"restrict": 30, "object": 45})
    assert judged.unsure
    best = sorted((i for i in ORDER if i is not Intent.OTHER), key=lambda i: -judged.scores[i])[:2]
    assert set(best) == {Intent.RESTRICT, Intent.OBJECT}


def test_what_is_settled_elsewhere_is_certain() -> None:
    judged = certainly(Intent.OTHER, verdict(rules(erase=92), CALM | {"erase": 97}))
    assert (judged.intents, judged.unsure) == ((Intent.OTHER,), False)


def test_a_correction_adds_a_doubt_and_never_certainty() -> None:
    text = "good morning from the blue parrot in the garden"
    assert read_text("", text).intents == (Intent.OTHER,)
    corrected = with_examples(read_text("", text), [Example(text, (Intent.ERASE,))])
    assert corrected.intents == (Intent.ERASE,)
    assert corrected.unsure


def test_a_correction_takes_no_right_away() -> None:
    text = "Please delete all the data you hold about me."
    corrected = with_examples(read_text("", text), [Example(text, (Intent.OTHER,))])
    assert Intent.ERASE in corrected.intents
    assert corrected.unsure


def test_lanes_hold_sums_below_zero() -> None:
    packed = b'{"rows": 2, "bias": [' + b",".join([b"0"] * len(LABELS)) + b'], "scale": 10}\n'
    keys = sorted(crc32(name) for name in (b"one", b"two"))
    packed += (
        b"".join(key.to_bytes(4, "little") for key in keys) + bytes([0x80] * len(LABELS)) + bytes([3] * len(LABELS))
    )
    model = parse(packed)
    assert columns([model.total(["one", "two", "unknown"])]) == [(MIDDLE - 125,)] * len(LABELS)


def test_the_shipped_weights_are_small() -> None:
    assert len(weights().rows) < 3_000_000


def test_beside_a_loud_right_a_murmur_of_another_is_not_asked_about_unless_it_is_grave() -> None:
    assert not verdict(rules(access=92), CALM | {"access": 99, "portability": 47}).unsure
    assert verdict(rules(access=92), CALM | {"access": 99, "erase": 47}).unsure
