"""The sentences of the customers' channel: every phrase the core says, in every language, within Slack's limits."""

import ast
import re
from pathlib import Path

import pytest

from bot.chat.phrases import phrases, say
from bot.chat.text import belongs_into_a_form, typed
from responders.letters.files import LANGUAGES

ROOT = Path(__file__).parents[3]


def spoken_by_the_core() -> set[str]:
    """The first text argument of every Say(…) and spoken(…)."""
    found = set()
    for path in (ROOT / "responders").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Say", "spoken"):
                texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                found |= set(texts[:1])
    return found


def test_the_core_says_only_what_there_are_sentences_for() -> None:
    assert len(spoken_by_the_core()) >= 10
    assert spoken_by_the_core() <= set(phrases())


def test_every_sentence_is_there_in_every_language() -> None:
    for phrase, sentences in phrases().items():
        assert set(sentences) == set(LANGUAGES), phrase


def test_titles_and_buttons_keep_slacks_limits() -> None:
    for phrase, sentences in phrases().items():
        most = (
            24 if phrase in ("form_title", "form_send", "form_close") else 75 if phrase.startswith("button_") else 3000
        )
        for language, sentence in sentences.items():
            assert 0 < len(sentence) <= most, (phrase, language)
            assert not re.search(r"[<>&*_`]", sentence), (phrase, language)


def test_an_unknown_language_is_answered_in_english() -> None:
    assert say("done", "sv") == say("done", "en")
    assert say("done", "de-AT") == say("done", "de")
    with pytest.raises(KeyError):
        say("unknown", "en")


@pytest.mark.parametrize(
    ("slack", "person"),
    [
        ("plain", "plain"),
        ("<mailto:a@b.example|a@b.example> &amp; more", "a@b.example & more"),
        ("see <https://x.example/a|the page>", "see the page"),
        ("see <https://x.example/a>", "see https://x.example/a"),
        ("<@U_OLGA> in <#C_HELP|help> <!channel>!", "@someone in #help !"),
        ("1 &lt; 2 &amp;lt; 3", "1 < 2 &lt; 3"),
    ],
)
def test_what_people_typed_is_read(slack: str, person: str) -> None:
    assert typed(slack) == person


@pytest.mark.parametrize(
    ("text", "belongs"),
    [
        ("a@b.example", True),
        ("my code: abcd ef23 4567", True),
        ("K7QM2XFD9RTA", True),
        ("delete my account please", False),
        ("send@home", False),
        ("order 123456789012", False),
        ("international", False),
    ],
)
def test_addresses_and_codes_are_seen(text: str, belongs: bool) -> None:
    assert belongs_into_a_form(text) is belongs
