"""Everything the bot says in the customers' channel: fixed sentences in eight languages, out of `phrases.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FALLBACK = "en"


@cache
def phrases() -> Mapping[str, Mapping[str, str]]:
    """Phrase to language to sentence."""
    return tomllib.loads((Path(__file__).parent / "phrases.toml").read_text(encoding="utf-8"))


def say(phrase: str, language: str) -> str:
    """A sentence; in English where the language is not among ours. Raises KeyError for an unknown phrase."""
    sentences = phrases()[phrase]
    return sentences.get(language.partition("-")[0], sentences[FALLBACK])
