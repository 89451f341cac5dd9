"""How the second opinion learns: logistic regression by AdaGrad, one sentence of a letter answering for each label.

Everything is counted in the same order with the same seed, so the same sentences give the same weights, bit for bit.
"""

from __future__ import annotations

import json
import math
import os
import random
import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from zlib import crc32

from intents.draft import Draft
from intents.features import MOST_SENTENCES, idea_features, pair_features, tokens, word_features
from intents.opinion import findings_by_sentence, windows, word_share
from intents.opinion_weights import WIDTH

PROCESSES = min(os.cpu_count() or 1, 4)
TURNS = 7
RATE = 0.2
CALM = 0.03
"""Errors smaller than this teach nothing."""
FORGET_IDEAS = 0.25
"""Share of the lessons in which the ideas are left out, so that the words learn to stand alone."""
KEPT_ROWS = 150_000
SHRINK = 2e-5
KNOWN = 0.006
REST = 3
"""A label whose error is below `KNOWN` rests for so many rounds."""


@dataclass
class Lesson:
    """A text: the features of its sentences (ideas, words), its windows, the wanted labels, and those without matter.

    A window is (first sentence, last sentence, share of its words).
    """

    sentences: list[tuple[list[int], list[int]]]
    windows: list[tuple[int, int, float]]
    wanted: frozenset[int]
    ignored: frozenset[int] = frozenset()


@dataclass
class Learner:
    """The features by number, and how many lessons each was seen in."""

    ids: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    word_ids: dict[str, list[int]] = field(default_factory=dict)

    def number(self, feature: str) -> int:
        number = self.ids.setdefault(feature, len(self.names))
        if number == len(self.names):
            self.names.append(feature)
            self.seen.append(0)
        return number

    def lesson(self, draft: Draft, wanted: frozenset[int], ignored: frozenset[int]) -> Lesson:
        sentences, lengths = [], []
        found = findings_by_sentence(draft)
        for index, sentence in enumerate(draft.sentences[:MOST_SENTENCES]):
            said = tokens(sentence)
            ideas = [self.number(f) for f in sorted(idea_features(draft, index, found[index]))]
            numbers = [number for word in dict.fromkeys(said) for number in self._of_word(word)]
            sentences.append((ideas, numbers + [self.number(f) for f in pair_features(said)]))
            lengths.append(len(said))
        for number in {n for ideas, words in sentences for n in (*ideas, *words)}:
            self.seen[number] += 1
        spans = [(first, last, word_share(sum(lengths[first : last + 1]))) for first, last in windows(lengths)]
        return Lesson(sentences, spans, wanted, ignored)

    def join(self, other: Learner, lessons: Sequence[Lesson]) -> list[Lesson]:
        """`lessons` that `other` has numbered, in the numbers of this one: the same as if this one had read them."""
        own = [self.number(name) for name in other.names]
        for number, seen in zip(own, other.seen, strict=True):
            self.seen[number] += seen
        return [
            replace(lesson, sentences=[([own[n] for n in i], [own[n] for n in w]) for i, w in lesson.sentences])
            for lesson in lessons
        ]

    def _of_word(self, word: str) -> list[int]:
        found = self.word_ids.get(word)
        if found is None:
            found = self.word_ids[word] = [self.number(f) for f in word_features(word)]
        return found


@dataclass
class Model:
    """For each label a row of weights, and a bias."""

    weights: list[array[float]]
    bias: list[float]


class OneLabel:
    """The weights of one label while they are learnt, with the size of AdaGrad's next step for each."""

    def __init__(self, label: int, features: int) -> None:
        self.label = label
        self.row = array("d", bytes(8 * features))
        self.step = array("d", [1.0]) * features
        self.bias = -2.0
        self.rests: dict[int, int] = {}
        """By lesson the round from which on it is looked at again: what is known well is asked less often."""

    def teach(self, place: int, lesson: Lesson, turn: int, rate: float, *, forget: bool) -> None:
        """One lesson. With `forget` the ideas are left out."""
        if self.label in lesson.ignored or self.rests.get(place, 0) > turn:
            return
        value, loudest = self._loudest(lesson, forget=forget)
        chance = round(1 / (1 + math.exp(-max(-30.0, min(30.0, value + self.bias)))), 7)
        error = chance - (self.label in lesson.wanted)
        if abs(error) < KNOWN:
            self.rests[place] = turn + REST
        if abs(error) < CALM:
            return
        self.bias -= rate * 0.05 * error
        first, last, share = loudest
        for ideas, words in lesson.sentences[first : last + 1]:
            if not forget:
                self._move(ideas, error, rate)
            self._move(words, error * share, rate)

    def _loudest(self, lesson: Lesson, *, forget: bool) -> tuple[float, tuple[int, int, float]]:
        of = self.row.__getitem__
        sums = [(0.0 if forget else sum(map(of, ideas)), sum(map(of, words))) for ideas, words in lesson.sentences]
        best, loudest = -1e9, lesson.windows[0]
        for window in lesson.windows:
            first, last, share = window
            value = 0.0
            for of_ideas, of_words in sums[first : last + 1]:
                value += of_ideas + share * of_words
            if value > best:
                best, loudest = value, window
        return best, loudest

    def _move(self, numbers: list[int], slope: float, rate: float) -> None:
        row, step = self.row, self.step
        square = slope * slope
        for number in numbers:
            step[number] += square
            row[number] -= rate * (slope / math.sqrt(step[number]) + SHRINK * row[number])


def learn(learner: Learner, lessons: Sequence[Lesson], *, turns: int = TURNS) -> Model:
    """The model after so many turns through all lessons; features seen only once are left out.

    Labels are learnt apart from each other, so several processes change nothing in the outcome.
    """
    common = [seen > 1 for seen in learner.seen]
    for lesson in lessons:
        lesson.sentences = [([n for n in i if common[n]], [n for n in w if common[n]]) for i, w in lesson.sentences]
    global _lessons, _plan
    _lessons, _plan = lessons, list(_schedule(lessons, turns))
    one = partial(_one_label, len(learner.names))
    with get_context("fork").Pool(PROCESSES) as pool:
        learnt = pool.map(one, range(WIDTH), chunksize=1)
    return Model([row for row, _ in learnt], [bias for _, bias in learnt])


Turn = tuple[float, list[tuple[int, bool]]]
"""The rate of a turn, and the lessons in their order, each with whether the ideas are forgotten."""

_lessons: Sequence[Lesson] = ()
_plan: list[Turn] = []
"""What the forked processes find in their memory, since both are too large to be sent."""


def _schedule(lessons: Sequence[Lesson], turns: int) -> Iterator[Turn]:
    chance = random.Random(7)
    order = [place for place, lesson in enumerate(lessons) if lesson.windows]
    for turn in range(turns):
        chance.shuffle(order)
        rate = RATE * (1 - 0.85 * turn / max(turns - 1, 1))
        yield rate, [(place, chance.random() < FORGET_IDEAS) for place in order]


def _one_label(features: int, label: int) -> tuple[array[float], float]:
    learning = OneLabel(label, features)
    for turn, (rate, order) in enumerate(_plan):
        for place, forget in order:
            learning.teach(place, _lessons[place], turn, rate, forget=forget)
    return learning.row, learning.bias


def pack(learner: Learner, model: Model) -> bytes:
    """The file that `intents.opinion.parse` reads."""
    count = len(learner.names)
    size = [max(abs(row[n]) for row in model.weights) for n in range(count)]
    kept = sorted(sorted(range(count), key=lambda n: (-size[n], learner.names[n]))[:KEPT_ROWS])
    kept = [n for n in kept if size[n] > 0]
    scale = 127 / max((sorted(size[n] for n in kept)[int(len(kept) * 0.9998)]), 1e-6)
    rows: dict[int, tuple[int, ...]] = {}
    for n in kept:
        row = tuple(max(-127, min(127, round(values[n] * scale))) for values in model.weights)
        if any(row):
            rows.setdefault(crc32(learner.names[n].encode()), row)
    keys = sorted(rows)
    head = json.dumps({"rows": len(keys), "bias": [round(b, 4) for b in model.bias], "scale": round(scale, 4)})
    packed = struct.pack(f"<{len(keys)}I", *keys) + b"".join(struct.pack(f"{WIDTH}b", *rows[key]) for key in keys)
    return head.encode() + b"\n" + packed
