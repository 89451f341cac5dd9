"""The second opinion: a linear model over the features of sentences, trained by `make train` on sentences of our own.

Each feature has one small weight for each label. `opinion_weights` keeps them in one integer of many lanes, so that
adding up a sentence is one addition a feature.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from intents.draft import Draft
from intents.features import (
    MOST_SENTENCES,
    clause_features,
    clause_key,
    idea_features,
    pair_features,
    sentence_features,
    tokens,
    word_features,
)
from intents.findings import Finding
from intents.opinion_weights import LABELS, MIDDLE, columns, weights

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
    shares = [word_share(sum(lengths[first : last + 1])) for first, last in spans]
    middles = [MIDDLE * (1 + share) for share in shares]
    of_ideas = columns([sum(ideas[first : last + 1]) for first, last in spans])
    of_words = columns([sum(words[first : last + 1]) for first, last in spans])
    scores, where = {}, {}
    for place, (label, bias) in enumerate(zip(LABELS, model.bias, strict=True)):
        terms = zip(of_ideas[place], shares, of_words[place], middles, strict=True)
        column = [idea + share * word - middle for idea, share, word, middle in terms]
        best = max(column)
        scores[label], where[label] = percent(best / model.scale + bias), spans[column.index(best)]
    return Opinion(scores, where)


def _sums(draft: Draft) -> tuple[list[int], list[int], list[int]]:
    """For each sentence the sum of its ideas, the sum of its words, and its length."""
    total = weights().total
    ideas, words, lengths = [], [], []
    for index, found in enumerate(findings_by_sentence(draft)):
        said = tokens(draft.sentences[index])
        ideas.append(_of_ideas(draft, index, found))
        words.append(sum(map(_of_word, dict.fromkeys(said))) + total(pair_features(said)))
        lengths.append(len(said))
    return ideas, words, lengths


def _of_ideas(draft: Draft, index: int, found: list[Finding]) -> int:
    """The sum of `idea_features`; most sentences are one clause, of a kind that was seen before."""
    parts = draft.parts[index]
    if len(parts) > 1:
        return weights().total(idea_features(draft, index, found))
    return weights().total(sentence_features(draft, index, found)) + sum(_of_clause(clause_key(part)) for part in parts)


@lru_cache(maxsize=5_000)
def _of_clause(key: tuple[frozenset[str], str, frozenset[str]]) -> int:
    return weights().total(set(clause_features(*key)))


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
