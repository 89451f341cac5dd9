"""What looks like an impostor's letter: signs with points. They only ever ask for more proof. Pure."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from intents.letter import Letter
from intents.match import closest_phrase
from intents.reading import Reading

ASK_MORE = 40
"""From so many points on, a code alone is not enough."""
ALIKE = 84
"""A domain this much like another one, and yet not it, is a look-alike (0 to 100)."""
_FOLDED = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s", "i": "l", "-": None, "_": None})
"""Signs that are mixed up at a glance."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that looks odd, in words for staff without personal data; `points` from 1 to 100."""

    what: str
    points: int


def suspicious(letter: Letter, reading: Reading, *, familiar: Iterable[str], elsewhere: bool) -> tuple[Sign, ...]:
    """The signs of a letter. `familiar` are domains that an impostor would like to be taken for; `elsewhere`: the
    letter is about another address than the one it comes from."""
    return tuple(_signs(letter, reading, familiar, elsewhere=elsewhere))


def _signs(letter: Letter, reading: Reading, familiar: Iterable[str], *, elsewhere: bool) -> Iterator[Sign]:
    domain = _domain(letter.sender.address or "")
    if any(_domain(each) != domain for each in letter.reply_to):
        yield Sign("answers are wanted at another domain (Reply-To)", 40)
    if domain and (like := look_alike(domain, (*familiar, *_data()["providers"]["domains"]))):
        yield Sign(f"the sender's domain looks like {like}", 60)
    text = reading.text.casefold()
    lost = _says(text, "lost_mailbox")
    if elsewhere and lost:
        yield Sign("a new address asks for an old account", 60)
    elif lost:
        yield Sign("the old mailbox is said to be lost", 25)
    if _says(text, "other_delivery"):
        yield Sign("the answer is wanted somewhere else", 40)
    if _says(text, "urgency"):
        yield Sign("it is said to be urgent", 15)


@lru_cache(maxsize=1024)  # most letters come from a few domains
def look_alike(domain: str, familiar: tuple[str, ...]) -> str | None:
    """The familiar domain that `domain` looks like without being it or a part of it; None where there is none."""
    others = [f for f in dict.fromkeys(each.lower() for each in familiar) if f]
    if any(domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}") for other in others):
        return None
    plain = domain.translate(_FOLDED)
    for other in others:
        folded = other.translate(_FOLDED)
        if plain == folded or plain.startswith(f"{folded}."):
            return other
        if len(other) >= 8 and _same_ending_alike(plain, folded):
            return other
    return None


def _same_ending_alike(one: str, other: str) -> bool:
    """Whether the names before the last dot are alike; whole short names differ by one letter too often."""
    left, right = one.rpartition(".")[0] or one, other.rpartition(".")[0] or other
    return len(right) >= 6 and closest_phrase(left, [right], at_least=ALIKE) is not None


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _says(text: str, group: str) -> bool:
    # nearly no letter holds any of them; looking for plain words is far quicker than for a pattern of them all
    return any(word in text for word in _data()[group]["words"]) and bool(_pattern(group).search(text))


@cache
def _pattern(group: str) -> re.Pattern[str]:
    words: list[str] = _data()[group]["words"]
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(word) for word in words) + ")")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "suspicion.toml").read_text(encoding="utf-8"))
