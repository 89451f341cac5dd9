"""The second opinion: a linear model over the features of sentences, trained by `make train` on sentences of our own.

The weights are small whole numbers in `data/opinion.bin`: a row for each feature, found by the CRC-32 of its text.
"""

import json
import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from zlib import crc32

from intents.draft import Draft
from intents.features import MOST_SENTENCES, idea_features, pair_features, tokens, word_features
from intents.rights import Intent

FILE = Path(__file__).parent / "data" / "opinion.bin"
LABELS = (
    *(str(intent) for intent in Intent if intent is not Intent.OTHER),
    "reply_cancel", "reply_not_me", "reply_status", "reply_details", "reply_thanks", "reply_again",
)  # fmt: skip
WIDTH = len(LABELS)
WINDOW_WORDS = 45
"""Up to three neighbouring sentences are read as one as long as they have no more words."""
Row = tuple[int, ...]
_ZERO: Row = (0,) * WIDTH


@dataclass(frozen=True, slots=True)
class Weights:
    """`rows` are in units of 1/`scale`."""

    rows: dict[int, Row]
    bias: tuple[float, ...]
    scale: float


@dataclass(frozen=True, slots=True)
class Opinion:
    """For each label the probability in percent, and the sentences (first, last) that speak loudest for it."""

    scores: dict[str, int]
    windows: dict[str, tuple[int, int]]


@cache
def weights() -> Weights:
    """The shipped weights."""
    return parse(FILE.read_bytes())


def parse(packed: bytes) -> Weights:
    """Weights from their file: a line of JSON, the sorted CRC-32s, the rows of signed bytes."""
    head, _, data = packed.partition(b"\n")
    about = json.loads(head)
    count = about["rows"]
    keys = struct.unpack_from(f"<{count}I", data)
    values = struct.iter_unpack(f"{WIDTH}b", data[4 * count :])
    return Weights(dict(zip(keys, values, strict=True)), tuple(about["bias"]), about["scale"])


def sum_rows(rows: Iterable[Row]) -> Row:
    """Column by column."""
    return tuple(map(sum, zip(_ZERO, *rows, strict=True)))


@lru_cache(maxsize=20_000)
def _word_row(word: str) -> Row:
    table = weights().rows
    return sum_rows(table.get(crc32(f.encode()), _ZERO) for f in word_features(word))


def windows(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of sentences (first, last) that are read together, from their lengths in words."""
    found = []
    for first in range(min(len(lengths), MOST_SENTENCES)):
        words = 0
        for last in range(first, min(first + 3, len(lengths), MOST_SENTENCES)):
            words += lengths[last]
            if last > first and words > WINDOW_WORDS:
                break
            found.append((first, last))
    return found


def word_share(words: int) -> float:
    """How much each feature of words counts in a window of so many words."""
    return 1.0 / math.sqrt(words + 3)


def findings_by_sentence(draft: Draft) -> list[list]:  # type: ignore[type-arg]
    """The findings that begin in each sentence."""
    sorted_findings = sorted(draft.findings, key=lambda f: f.start)
    found, at = [], 0
    for sentence in draft.sentences:
        inside = []
        while at < len(sorted_findings) and sorted_findings[at].start < sentence.stop:
            inside.append(sorted_findings[at])
            at += 1
        found.append(inside)
    return found


def opinion(draft: Draft) -> Opinion:
    """What the model thinks of a text: for each label its loudest window."""
    model = weights()
    idea_rows, word_rows, lengths = [], [], []
    found = findings_by_sentence(draft)
    for index, sentence in enumerate(draft.sentences[:MOST_SENTENCES]):
        words = tokens(sentence)
        features = idea_features(draft, index, found[index])
        idea_rows.append(sum_rows(model.rows.get(crc32(f.encode()), _ZERO) for f in features))
        pairs = (model.rows.get(crc32(f.encode()), _ZERO) for f in pair_features(words))
        word_rows.append(sum_rows([*map(_word_row, words), *pairs]))
        lengths.append(len(words))
    best = [-1e9] * WIDTH
    where = [(0, 0)] * WIDTH
    for first, last in windows(lengths):
        share = word_share(sum(lengths[first : last + 1]))
        ideas = sum_rows(idea_rows[first : last + 1]) if last > first else idea_rows[first]
        words_row = sum_rows(word_rows[first : last + 1]) if last > first else word_rows[first]
        for label in range(WIDTH):
            value = ideas[label] + share * words_row[label]
            if value > best[label]:
                best[label], where[label] = value, (first, last)
    scores = {
        label: percent(best[i] / model.scale + model.bias[i]) if draft.sentences else 0 for i, label in enumerate(LABELS)
    }
    return Opinion(scores, dict(zip(LABELS, where, strict=True)))


def percent(value: float) -> int:
    """The probability of a log-odds value, 0 to 100."""
    return round(100 / (1 + math.exp(-max(-30.0, min(30.0, value)))))
