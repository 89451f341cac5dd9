"""Passages of a policy, word for word with their headings, and the answers drawn from them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.policy import Policy, ask_line
from intents.policy_text import Part, parts, sentences

SHARED = Path(__file__).parents[2] / "../shared"


def headed(text: str) -> list[tuple[str, str]]:
    return [(part.heading, part.text) for part in parts(text)]


def test_markdown_headings_stand_over_their_sentences() -> None:
    text = """# Privacy

We like boats. We like data less.

## What we keep ##

- Your name, because we must greet you.
- Your **shoe size**, because
  boots differ.

Rights
------

You may ask.
Always and at any hour.

**Getting in touch**

Write to Mr. Oar, e.g. on Mondays. He answers!
"""
    assert headed(text) == [
        ("Privacy", "We like boats."),
        ("Privacy", "We like data less."),
        ("What we keep", "Your name, because we must greet you."),
        ("What we keep", "Your **shoe size**, because boots differ."),
        ("Rights", "You may ask."),
        ("Rights", "Always and at any hour."),
        ("Getting in touch", "Write to Mr. Oar, e.g. on Mondays."),
    ]


def test_plain_text_headings_are_found_by_their_looks() -> None:
    text = """PRIVACY POLICY

Last change: 3 May 2024.

Who We Are

Opterre sells notebooks. It has two
employees and a parrot.

  1. Sharing Data with Carriers

    The carrier gets your address.

  • How long do we keep it?
    • We keep orders for ten years.

Security.

The shop is locked at night.

Opterre, 4 Example Lane
"""
    assert headed(text) == [
        ("PRIVACY POLICY", "Last change: 3 May 2024."),
        ("Who We Are", "Opterre sells notebooks."),
        ("Who We Are", "It has two employees and a parrot."),
        ("Sharing Data with Carriers", "The carrier gets your address."),
        ("How long do we keep it?", "We keep orders for ten years."),
        ("Security.", "The shop is locked at night."),
        ("Security.", "Opterre, 4 Example Lane"),
    ]


def test_list_items_remember_the_sentence_that_opens_their_list() -> None:
    text = "We share your data with:\n\n- the carrier of parcels;\n- our tax adviser.\n\nThe end is near."
    assert parts(text) == (
        Part("We share your data with:"),
        Part("the carrier of parcels;", "", "We share your data with:"),
        Part("our tax adviser.", "", "We share your data with:"),
        Part("The end is near."),
    )


ONE_A_LINE = [
    "We keep data for two years.",
    "(a) Registration:When you join, you give us your name, e.g. Anna. You are not anonymous to us.",
    "as long as it is necessary and relevant, e.g.",
    "*This statement was last updated on 17 July.",
    "Current policy in another format, May 2018",
    "- we erase it;",
    "“Cookies” are small files.",
]


def test_a_file_with_one_sentence_a_line_gives_the_same_sentences_back() -> None:
    assert [part.text for part in parts("\n".join(ONE_A_LINE))] == ONE_A_LINE
    assert {part.heading for part in parts("\n".join(ONE_A_LINE))} == {""}


def test_so_does_a_file_with_blank_lines_between_many_sentences() -> None:
    many = [f"Sentence number {number} says that nothing is kept." for number in range(30)]
    assert [part.text for part in parts("\n\n".join(many))] == many


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\n\n\n"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(ending: str) -> None:
    assert [part.text for part in parts("\ufeff" + ending.join(ONE_A_LINE[:1] * 6) + ending)] == ONE_A_LINE[:1] * 6


def test_abbreviations_and_numbers_end_no_sentence() -> None:
    text = "Opterre Inc. (see Art. 5) works with Dr. A. Quill, i.e. Anna. The fee is 3.50 today! Is it? Yes."
    assert sentences(text) == [
        "Opterre Inc. (see Art. 5) works with Dr. A. Quill, i.e. Anna.",
        "The fee is 3.50 today!",
        "Is it?",
        "Yes.",
    ]


POLICY = Policy.parse(
    "# Sharing\n\nWe never sell your data. We share it with our carrier.\n\n"
    "# Keeping\n\nWe store orders for ten years. We delete the rest after a month.\n\n"
    "# Looks\n\nOur pages are blue. The letters are white.\n"
)


def test_the_best_passage_comes_first_with_its_heading_and_score() -> None:
    answer = POLICY.answer("How long do you store my orders?")
    first = answer.passages[0]
    assert answer.sure
    assert (first.text, first.heading) == ("We store orders for ten years.", "Keeping")
    assert 100 >= first.score >= answer.passages[1].score >= answer.passages[2].score >= 0


def test_as_many_passages_come_back_as_are_asked_for_and_there_are() -> None:
    assert len(POLICY.answer("Do you sell data?", top=1).passages) == 1
    assert len(POLICY.answer("Do you sell data?", top=50).passages) == 6


def test_the_same_sentence_twice_is_quoted_once() -> None:
    twice = Policy.parse("\n".join(["We never sell your data.", *ONE_A_LINE, "We never sell your data."]))
    texts = [passage.text for passage in twice.answer("Do you sell my data?").passages]
    assert texts.count("We never sell your data.") == 1


def test_only_the_sentences_with_a_question_mark_are_asked() -> None:
    letter = "Hello, I bought a blue notebook and a white one last week. Do you sell my data? Greetings from Anna"
    assert POLICY.answer(letter) == POLICY.answer("Do you sell my data?")


def test_a_question_about_what_the_policy_leaves_out_is_not_sure() -> None:
    assert not POLICY.answer("Do you sell my genetic data?").sure
    assert not POLICY.answer("Is my credit card safe with you?").sure


def test_an_empty_policy_answers_nothing() -> None:
    answer = Policy.parse("").answer("Do you sell my data?")
    assert not answer.sure
    assert answer.passages == ()


def test_one_line_of_the_ask_command_keeps_its_contract() -> None:
    line = ask_line(POLICY, {"id": 7, "question": "Do you sell my data?"})
    assert line == json.loads(json.dumps(line))
    assert line["id"] == 7
    assert line["sure"] is True
    assert line["passages"][0]["text"] == "We never sell your data."
    assert line["passages"][0].keys() == {"text", "heading", "score"}


def test_the_same_text_is_read_once() -> None:
    assert Policy.parse("We keep nothing.") is Policy.parse("We keep nothing.")


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="aWe shr…*#-=().?!:\n\r\t•1é“”_", max_size=300), st.text(max_size=80))
def test_any_text_is_read_and_any_question_answered_word_for_word(text: str, question: str) -> None:
    squeezed = " ".join(text.split())
    for passage in Policy.parse(text).answer(question).passages:
        assert passage.text in squeezed
        assert 0 <= passage.score <= 100


@pytest.mark.parametrize(
    "text", ["# a" + "#" * 1000 + " " * 50_000 + "b", "**a**" + " " * 100_000 + "b", "e.g. A " * 20_000, "? " * 50_000]
)
def test_no_text_hangs_the_reader(text: str) -> None:
    """Each of these took minutes with an expression that tries every split; the suite's own limit is the clock here."""
    assert len(Policy.parse(text).answer(text).passages) <= 3


def shared_policies() -> list[dict[str, Any]]:
    path = SHARED / "letters/policy_questions.jsonl"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the project")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_four_public_policies_are_answered_as_well_as_promised() -> None:
    """The bars: a relevant sentence in the first three for 65 % of the answerable, sure right 9 times in 10."""
    hits = answerable = sure = right = 0
    for entry in shared_policies():
        policy = Policy.parse("\n".join(entry["sentences"]))
        numbers = {sentence: at for at, sentence in enumerate(entry["sentences"])}
        assert [part.text for part in policy.index.parts] == entry["sentences"]
        for question in entry["questions"]:
            answer = policy.answer(question["question"])
            hit = any(numbers[passage.text] in question["relevant"] for passage in answer.passages)
            hits += hit
            answerable += bool(question["relevant"])
            sure += answer.sure
            right += answer.sure and hit
    assert hits >= 0.65 * answerable
    assert right >= 0.9 * sure
    assert sure >= 80


def test_the_model_policy_is_read_with_its_headings() -> None:
    path = SHARED / "law/policy.txt"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the project")
    policy = Policy.parse(path.read_text("utf-8"))
    answer = policy.answer("How long do you keep my information?")
    assert answer.sure
    assert answer.passages[0].heading == "How long do we keep your information?"
    headings = {part.heading for part in policy.index.parts}
    assert {"Information We Collect", "Links to Other Sites", "Do Not Track Signals.", "Your GDPR Rights"} <= headings
