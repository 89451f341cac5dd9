"""Which passages of a policy answer a question: shared concepts first, shared words second, both by their rarity."""

import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from intents.policy_text import Part
from intents.policy_words import DATA, LANGUAGES, Hit, language_of, lexicon, stem, words

_SATURATION = 1.2
_US_REACH = 5
"""How many words before a practice "we" or "our" may stand."""
_WHOLE = 12
_LEAD_SHARE = 0.5
"""What a concept counts that only the heading or the opening of the list names."""
_LANGUAGE_SAMPLE = 600
_TOO_ALIKE = 0.8
_NEARLY = 0.5


@dataclass(frozen=True, slots=True)
class Weights:
    """`data/policy/_weights.toml`: every number and list is explained there."""

    numbers: Mapping[str, float]
    coverage: float
    unknown: float
    practices: frozenset[str]
    vague: frozenset[str]
    weak: Mapping[str, float]
    also: Mapping[str, Mapping[str, float]]


@cache
def weights() -> Weights:
    """The weights as shipped."""
    data = tomllib.loads((DATA / "_weights.toml").read_text("utf-8"))
    sure = data["sure"]
    return Weights(
        numbers=data["numbers"],
        coverage=sure["coverage"],
        unknown=sure["unknown"],
        practices=frozenset(sure["practices"]),
        vague=frozenset(sure["vague"]),
        weak=data["weak"],
        also=data["also"],
    )


@dataclass(frozen=True, slots=True)
class Question:
    """A question as far as it matters: `direct` and `related` give each concept its weight, 0 to 1.

    `own` are its words without stop words, stemmed as the policy's language does;
    `named` those that a concept explains.
    """

    direct: Mapping[str, float]
    related: Mapping[str, float]
    own: tuple[str, ...]
    named: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Read:
    """One passage, counted."""

    length: int
    stems: Mapping[str, float]
    concepts: Mapping[str, float]
    said_by_us: frozenset[str]


@dataclass(slots=True)
class Index:
    """The passages of one policy, read once."""

    parts: Sequence[Part]
    language: str = "en"
    _read: list[_Read] = field(default_factory=list)
    _stems: Counter[str] = field(default_factory=Counter)
    _concepts: Counter[str] = field(default_factory=Counter)
    _mean: float = 1.0

    def __post_init__(self) -> None:
        sample = list(islice((word for part in self.parts for word in words(part.text)), _LANGUAGE_SAMPLE))
        self.language = language_of(sample)
        context = cache(lambda text: self._count(words(text))[1:3])
        for part in self.parts:
            length, stems, concepts, said = self._count(words(part.text))
            for lead in filter(None, (part.heading, part.lead)):
                lead_stems, lead_concepts = context(lead)
                stems = dict.fromkeys(lead_stems, _LEAD_SHARE) | stems
                concepts = dict.fromkeys(lead_concepts, _LEAD_SHARE) | concepts
            self._read.append(_Read(length, stems, concepts, said))
        self._stems.update(word for read in self._read for word in read.stems)
        self._concepts.update(concept for read in self._read for concept in read.concepts)
        self._mean = max(1.0, sum(read.length for read in self._read) / max(1, len(self._read)))

    def _count(self, text: list[str]) -> tuple[int, dict[str, float], dict[str, float], frozenset[str]]:
        known = lexicon(self.language)
        hits = known.find(text)
        own = Counter(stem(word, self.language) for word in text if word not in known.stop and len(word) > 1)
        practices = weights().practices
        said = frozenset(hit.concept for hit in hits if hit.concept in practices and _by_us(text, hit, known.we))
        return len(text), dict(own), dict(Counter(hit.concept for hit in hits)), said

    def ask(self, text: str, language: str | None = None) -> Question:
        """Read a question. `language` is ISO 639-1; None or one we have no file for means: find out."""
        asked = words(text)
        if language not in LANGUAGES:
            language = language_of(asked, self.language, asked=True)
        known = lexicon(language)
        hits = known.find(asked, asked=True)
        scale = weights()
        direct = {hit.concept: scale.weak.get(hit.concept, 1.0) for hit in hits}
        related: dict[str, float] = {}
        for concept, weight in direct.items():
            for other, share in scale.also.get(concept, {}).items():
                if other not in direct:
                    related[other] = max(related.get(other, 0.0), share * weight)
        own = [(at, word) for at, word in enumerate(asked) if word not in known.stop and len(word) > 1]
        named = frozenset(stem(word, self.language) for at, word in own if any(h.start <= at < h.end for h in hits))
        return Question(direct, related, tuple(dict.fromkeys(stem(word, self.language) for _, word in own)), named)

    def rank(self, question: Question) -> list[tuple[float, int]]:
        """(score, number of the passage) of every passage, best first; equal ones in the policy's own order."""
        scores = [(self._score(question, read), at) for at, read in enumerate(self._read)]
        return sorted(scores, key=lambda pair: (-pair[0], pair[1]))

    def best(self, question: Question, top: int) -> list[tuple[float, int]]:
        """The `top` best of `rank` that do not say the same in the same words."""
        chosen: list[tuple[float, int]] = []
        for score, at in self.rank(question):
            if len(chosen) >= top:
                break
            if not any(self._alike(at, other) for _, other in chosen):
                chosen.append((score, at))
        return chosen

    def _alike(self, one: int, other: int) -> bool:
        left, right = self._read[one].stems.keys(), self._read[other].stems.keys()
        return len(left & right) > _TOO_ALIKE * len(left | right)

    def perfect(self, question: Question) -> float:
        """The score of a passage that carried every concept of the question once, in our own words."""
        numbers = weights().numbers
        concepts = sum(weight * self._rarity(concept) for concept, weight in question.direct.items())
        own = sum(_rarity(self._stems[word], len(self._read)) for word in question.own if self._stems[word])
        return (1 + numbers["said_by_us"]) * concepts + numbers["words"] * own + numbers["whole"]

    def coverage(self, question: Question, at: int) -> float:
        """The share of the question's concepts, by weight, that passage `at` carries; related ones in part."""
        total = sum(question.direct.values())
        carried = (weight * self._carries(concept, at) for concept, weight in question.direct.items())
        return sum(carried) / total if total else 0.0

    def missing(self, question: Question, chosen: Sequence[int]) -> bool:
        """Whether the question names something, neither slight nor vague in itself, that no chosen passage touches."""
        return any(
            weight == 1.0 and not any(self._carries(concept, at) >= _NEARLY for at in chosen)
            for concept, weight in question.direct.items()
        )

    def _carries(self, concept: str, at: int) -> float:
        """1 where passage `at` names `concept`; else how nearly, 0 to 1, what it names is related."""
        found = self._read[at].concepts
        if concept in found:
            return 1.0
        return max((share for other, share in weights().also.get(concept, {}).items() if other in found), default=0.0)

    def unknown(self, question: Question, chosen: Sequence[int]) -> float:
        """The share of the question's own words that no concept explains and no chosen passage holds."""
        held = question.named.union(*(self._read[at].stems for at in chosen))
        return sum(word not in held for word in question.own) / max(1, len(question.own))

    def _rarity(self, concept: str) -> float:
        numbers = weights().numbers
        return min(_rarity(self._concepts[concept], len(self._read)), numbers["rarest"]) + numbers["commonest"]

    def _score(self, question: Question, read: _Read) -> float:
        numbers = weights().numbers
        norm = _SATURATION * (1 - numbers["length"] + numbers["length"] * read.length / self._mean)
        score = numbers["whole"] * min(1.0, read.length / _WHOLE)
        for word in question.own:
            count = read.stems.get(word)
            if count:
                score += numbers["words"] * _rarity(self._stems[word], len(self._read)) * _saturate(count, norm)
        for share, concepts in ((1.0, question.direct), (numbers["related"], question.related)):
            for concept, weight in concepts.items():
                count = read.concepts.get(concept)
                if count and weight:
                    said = numbers["said_by_us"] if concept in read.said_by_us else 0.0
                    score += share * weight * self._rarity(concept) * (_saturate(count, norm) + said)
        if "about_policy" in read.concepts and "changes" not in question.direct:
            score -= numbers["about_policy"]
        return score


def _by_us(text: Sequence[str], hit: Hit, we: frozenset[str]) -> bool:
    return any(word in we for word in text[max(0, hit.start - _US_REACH) : hit.start + 1])


def _rarity(holders: int, passages: int) -> float:
    return math.log(1 + (passages - holders + 0.5) / (holders + 0.5))


def _saturate(count: float, norm: float) -> float:
    return count * (1 + _SATURATION) / (count + norm)
