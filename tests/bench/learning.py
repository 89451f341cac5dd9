"""How the second opinion learns: logistic regression by AdaGrad, one sentence of a letter answering for each label.

Everything is counted in the same order with the same seed, so the same sentences give the same weights, bit for bit.
"""

import json
import math
import random
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from zlib import crc32

from intents.draft import Draft
from intents.features import MOST_SENTENCES, idea_features, pair_features, tokens, word_features
from intents.opinion import findings_by_sentence, windows, word_share
from intents.opinion_weights import LABELS, WIDTH

TURNS = 7
RATE = 0.2
CALM = 0.03
"""Errors smaller than this teach nothing."""
FORGET_IDEAS = 0.25
"""Share of the lessons in which the ideas are left out, so that the words learn to stand alone."""
KEPT_ROWS = 98_000
SHRINK = 2e-5
KNOWN = 0.006
REST = 3
"""A label whose error is below `KNOWN` rests for so many rounds."""


Window = tuple[list[int], list[int], float]


@dataclass
class Lesson:
    """A text: its windows as (ideas, words, share of words), the wanted labels, and those that do not matter."""

    windows: list[Window]
    wanted: frozenset[int]
    ignored: frozenset[int] = frozenset()
    rests: dict[int, int] = field(default_factory=dict)
    """By label the round from which on it is looked at again: what is known well is asked less often."""


@dataclass
class Learner:
    """The weights while they are learnt."""

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
        ideas, words, lengths = [], [], []
        found = findings_by_sentence(draft)
        for index, sentence in enumerate(draft.sentences[:MOST_SENTENCES]):
            said = tokens(sentence)
            ideas.append([self.number(f) for f in sorted(idea_features(draft, index, found[index]))])
            numbers = [number for word in said for number in self._of_word(word)]
            words.append(numbers + [self.number(f) for f in pair_features(said)])
            lengths.append(len(said))
        for number in {n for part in (*ideas, *words) for n in part}:
            self.seen[number] += 1
        spans = windows(lengths)
        return Lesson(
            [
                (
                    [n for i in range(first, last + 1) for n in ideas[i]],
                    [n for i in range(first, last + 1) for n in words[i]],
                    word_share(sum(lengths[first : last + 1])),
                )
                for first, last in spans
            ],
            wanted,
            ignored,
        )

    def _of_word(self, word: str) -> list[int]:
        found = self.word_ids.get(word)
        if found is None:
            found = self.word_ids[word] = [self.number(f) for f in word_features(word)]
        return found


class Model:
    """Weights and biases by label, with the size of AdaGrad's next step for each weight."""

    def __init__(self, features: int) -> None:
        self.weights = [[0.0] * features for _ in LABELS]
        self.steps = [[1.0] * features for _ in LABELS]
        self.bias = [-2.0] * WIDTH

    def teach(self, lesson: Lesson, turn: int, rate: float, *, forget: bool) -> None:
        """One lesson. With `forget` the ideas are left out."""
        for label in range(WIDTH):
            if label in lesson.ignored or lesson.rests.get(label, 0) > turn:
                continue
            value, loudest = self._loudest(lesson, label, forget=forget)
            chance = round(1 / (1 + math.exp(-max(-30.0, min(30.0, value + self.bias[label])))), 7)
            error = chance - (label in lesson.wanted)
            if abs(error) < KNOWN:
                lesson.rests[label] = turn + REST
            if abs(error) < CALM:
                continue
            self.bias[label] -= rate * 0.05 * error
            ideas, words, share = loudest
            if not forget:
                self._move(label, ideas, error, rate)
            self._move(label, words, error * share, rate)

    def _loudest(self, lesson: Lesson, label: int, *, forget: bool) -> tuple[float, Window]:
        of = self.weights[label].__getitem__
        best, loudest = -1e9, lesson.windows[0]
        for window in lesson.windows:
            value = window[2] * sum(map(of, window[1])) + (0.0 if forget else sum(map(of, window[0])))
            if value > best:
                best, loudest = value, window
        return best, loudest

    def _move(self, label: int, numbers: list[int], slope: float, rate: float) -> None:
        row, step = self.weights[label], self.steps[label]
        square = slope * slope
        for number in numbers:
            step[number] += square
            row[number] -= rate * (slope / math.sqrt(step[number]) + SHRINK * row[number])


def learn(learner: Learner, lessons: Sequence[Lesson], *, turns: int = TURNS) -> Model:
    """The model after so many turns through all lessons; features seen only once are left out."""
    common = [seen > 1 for seen in learner.seen]
    for lesson in lessons:
        lesson.windows = [([n for n in i if common[n]], [n for n in w if common[n]], s) for i, w, s in lesson.windows]
    model = Model(len(learner.names))
    chance = random.Random(7)
    order = [place for place, lesson in enumerate(lessons) if lesson.windows]
    for turn in range(turns):
        chance.shuffle(order)
        rate = RATE * (1 - 0.85 * turn / max(turns - 1, 1))
        for place in order:
            model.teach(lessons[place], turn, rate, forget=chance.random() < FORGET_IDEAS)
    return model


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
