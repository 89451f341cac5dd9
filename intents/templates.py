"""The fingerprint of a letter's wording, the same for all letters that an app or agent made from one template.

Names, numbers, addresses and dates differ from letter to letter, so they do not count. The fingerprint is a simhash
(Charikar 2002) over runs of three words: near wordings have near fingerprints.
"""

from collections.abc import Sequence
from zlib import crc32

from intents.cutting import Sentence, Word

FEWEST_WORDS = 40
"""Shorter letters have no fingerprint: too many people write the same few words by themselves."""
NEAR = 6
"""Fingerprints of one template differ in at most so many of their 64 bits."""
_BITS = 64


def fingerprint(text: str, sentences: Sequence[Sentence]) -> str | None:
    """Sixteen hexadecimal digits, or None for a letter of fewer than `FEWEST_WORDS` words."""
    words = [word for sentence in sentences for word in _fixed(text, sentence)]
    if len(words) < FEWEST_WORDS:
        return None
    balance = [0] * _BITS
    for run in {" ".join(words[at : at + 3]) for at in range(len(words) - 2)}:
        value = crc32(run.encode()) | crc32(run[::-1].encode()) << 32
        for bit in range(_BITS):
            balance[bit] += 1 if value >> bit & 1 else -1
    return f"{sum(1 << bit for bit in range(_BITS) if balance[bit] > 0):016x}"


def _fixed(text: str, sentence: Sentence) -> list[str]:
    """The words of a sentence that the template brings: no names (capitals inside a sentence), no values."""
    return [
        word.text
        for index, word in enumerate(sentence.words)
        if word.kind == "word" and word.text.isalpha() and (index == 0 or not _is_name(text, word))
    ]


def _is_name(text: str, word: Word) -> bool:
    return text[word.start].isupper()


def alike(one: str, other: str) -> bool:
    """Whether two fingerprints are of one template."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= NEAR
