"""The second opinion: a linear model over the features of sentences, trained by `make train` on sentences of our own.

Each feature has one small weight for each label. `opinion_weights` keeps them in one integer of many lanes, so that
adding up a sentence is one addition a feature.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from intents.draft import Draft
from intents.features import MOST_SENTENCES, idea_features, pair_features, tokens, word_features
from intents.findings import Finding
from intents.opinion_weights import LABELS, MIDDLE, lanes, weights

WINDOW_WORDS = 45
"""Up to three neighbouring sentences are read as one as long as they have no more words."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """For each label the probability in percent, and the sentences (first, last) that speak loudest for it."""

    scores: dict[str, int]
    windows: dict[str, tuple[int, int]]


def opinion(draft: Draft) -> Opinion:
    """What the model thinks of a text: for each label its loudest window."""
    model = weights()
    ideas, words, lengths = _sums(draft)
    spans = list(windows(lengths))
    if not spans:
        return Opinion(dict.fromkeys(LABELS, 0), {})
    values = []
    for first, last in spans:
        share = word_share(sum(lengths[first : last + 1]))
        of_ideas, of_words = lanes(sum(ideas[first : last + 1])), lanes(sum(words[first : last + 1]))
        middle = MIDDLE * (1 + share)
        values.append([idea + share * word - middle for idea, word in zip(of_ideas, of_words, strict=True)])
    scores, where = {}, {}
    for label, bias, column in zip(LABELS, model.bias, zip(*values, strict=True), strict=True):
        best = max(column)
        scores[label], where[label] = percent(best / model.scale + bias), spans[column.index(best)]
    return Opinion(scores, where)


def _sums(draft: Draft) -> tuple[list[int], list[int], list[int]]:
    """For each sentence the sum of its ideas, the sum of its words, and its length."""
    total = weights().total
    ideas, words, lengths = [], [], []
    for index, found in enumerate(findings_by_sentence(draft)):
        said = tokens(draft.sentences[index])
        ideas.append(total(idea_features(draft, index, found)))
        words.append(sum(map(_of_word, said)) + total(pair_features(said)))
        lengths.append(len(said))
    return ideas, words, lengths


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> int:
    return weights().total(word_features(word))


def windows(lengths: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Runs of sentences (first, last) that are read together, from their lengths in words."""
    for first in range(len(lengths)):
        words = 0
        for last in range(first, min(first + 3, len(lengths))):
            words += lengths[last]
            if last > first and words > WINDOW_WORDS:
                break
            yield first, last


def word_share(words: int) -> float:
    """How much each feature of words counts in a window of so many words."""
    return 1.0 / math.sqrt(words + 3)


def findings_by_sentence(draft: Draft) -> list[list[Finding]]:
    """The findings that begin in each of the sentences that are looked at."""
    ordered = sorted(draft.findings, key=lambda f: f.start)
    found, at = [], 0
    for sentence in draft.sentences[:MOST_SENTENCES]:
        inside = []
        while at < len(ordered) and ordered[at].start < sentence.stop:
            inside.append(ordered[at])
            at += 1
        found.append(inside)
    return found


def percent(value: float) -> int:
    """The probability of a log-odds value, 0 to 100."""
    return round(100 / (1 + math.exp(-max(-30.0, min(30.0, value)))))
