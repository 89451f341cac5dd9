"""The fingerprint of a letter's wording, the same for all letters that an app or agent made from one template.

Names, numbers, addresses and dates differ from letter to letter, so they do not count. The fingerprint is a simhash
(Charikar 2002) over neighbouring words: near wordings have near fingerprints.
"""

import struct
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from operator import getitem
from zlib import crc32

from intents.cutting import Sentence

FEWEST_WORDS = 40
"""Shorter letters have no fingerprint: too many people write the same few words by themselves."""
NEAR = 10
"""Fingerprints of one template differ in at most so many of their 64 bits."""
_BITS = 64
_FEWEST_IN_SENTENCE = 6


def fingerprint(sentences: Sequence[Sentence]) -> str | None:
    """Sixteen hexadecimal digits, or None for a letter of fewer than `FEWEST_WORDS` words."""
    if sum(len(sentence.words) for sentence in sentences) < FEWEST_WORDS:
        return None
    runs = {run for sentence in sentences if _is_fixed(sentence) for run in _runs(sentence)}
    if not runs:
        return None
    total = sum(map(_spread, runs))
    counts = struct.unpack(f"<{_BITS}H", total.to_bytes(2 * _BITS, "little"))
    return f"{sum(1 << bit for bit, count in enumerate(counts) if 2 * count > len(runs)):016x}"


def _spread(run: str) -> int:
    """The 64 bits of a hash, each in a lane of 16 bits, so that they can be counted by adding."""
    value = crc32(run.encode()) | crc32(run[::-1].encode()) << 32
    return sum(map(getitem, _lanes(), value.to_bytes(8, "little")))


@cache
def _lanes() -> list[list[int]]:
    """For each of the eight bytes of a hash, and each value of the byte, its eight lanes in their place."""
    byte_lanes = [sum((byte >> bit & 1) << 16 * bit for bit in range(8)) for byte in range(256)]
    return [[lanes << 128 * place for lanes in byte_lanes] for place in range(8)]


def _is_fixed(sentence: Sentence) -> bool:
    """Whether the template brings the sentence: values stand in short lines, or beside numbers and addresses."""
    words = sentence.words
    return len(words) >= _FEWEST_IN_SENTENCE and all(w.kind == "word" and not w.text.isdigit() for w in words)


def _runs(sentence: Sentence) -> Iterator[str]:
    return (f"{one.text} {other.text}" for one, other in pairwise(sentence.words))


def alike(one: str, other: str) -> bool:
    """Whether two fingerprints are of one template."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= NEAR
