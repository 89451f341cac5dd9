"""A draft: what one language's words and the rules find in a text, before anything is decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from intents.articles import Article, articles, laws
from intents.clues import Mood, mood
from intents.cutting import Sentence, sentences
from intents.findings import Finding
from intents.lexicon import Lexicon
from intents.match import closest_phrase
from intents.rights import Intent
from intents.rules import NEEDS, RULES
from intents.sentences import Clause, clauses, read_ideas

_ASKED = [(rule, NEEDS[rule]) for rule in RULES]
_DATA = frozenset(("data", "personal", "privacy", "law"))
_PHRASE_WORDS = 12
_PHRASE_ALIKE = 88


@dataclass(frozen=True, slots=True)
class Part:
    """A clause and how it is meant."""

    clause: Clause
    mood: Mood


@dataclass(slots=True)
class Draft:
    """Sentences, their clauses (one list a sentence) and the findings of the rules."""

    language: str
    findings: list[Finding]
    sentences: list[Sentence]
    parts: list[list[Part]]
    laws: tuple[str, ...]

    def worth(self) -> tuple[int, int]:
        """How much was understood: to choose between the words of several languages."""
        return (max((f.score for f in self.findings), default=0), sum(len(s.hits) for s in self.sentences))


def draft(folded: str, lexicon: Lexicon) -> Draft:
    """Read a folded text with the words of one language."""
    found = [Sentence(cut.words, cut.end, cut.breaks) for cut in _cut(folded)]
    findings: list[Finding] = []
    parts: list[list[Part]] = []
    for sentence in found:
        read_ideas(sentence, lexicon)
        parts.append([Part(clause, mood(clause)) for clause in clauses(sentence)] if sentence.ideas else [])
        for part in parts[-1]:
            findings += _by_rules(part)
    findings = list(_without_grounds(findings, found))
    findings.extend(_by_phrase(found, lexicon))
    named = _laws(folded)
    about_data = any(not sentence.ideas.isdisjoint(_DATA) for sentence in found)
    findings.extend(_by_article(articles(folded, certain=bool(named) or about_data), found))
    return Draft(lexicon.language, findings, found, parts, named)


_OBJECTS = frozenset(("object", "object_right", "opt_out", "profiling"))
_CERTAIN = 80


_cut = lru_cache(maxsize=1)(sentences)
_laws = lru_cache(maxsize=1)(laws)
"""Several languages are tried on a short text."""


def _without_grounds(findings: Sequence[Finding], found: Sequence[Sentence]) -> Iterable[Finding]:
    """Consent withdrawn beside an erasure is its ground (GDPR art. 17(1)(b)), and no objection of its own."""
    erased = any(finding.intent is Intent.ERASE and finding.score >= _CERTAIN for finding in findings)
    grounds = [s for s in found if "consent_back" in s.ideas and s.ideas.isdisjoint(_OBJECTS)] if erased else []
    for finding in findings:
        if finding.intent is not Intent.OBJECT or not any(s.start <= finding.start < s.stop for s in grounds):
            yield finding


def _by_rules(part: Part) -> list[Finding]:
    asked = [rule for rule, needs in _ASKED if not needs.isdisjoint(part.clause.ideas)]
    return [finding for rule in asked for finding in rule(part.clause, part.mood) if finding.score]


def _by_phrase(found: Sequence[Sentence], lexicon: Lexicon) -> Iterable[Finding]:
    """Whole short messages that the phrase file knows."""
    for sentence in found[:6]:
        if len(sentence.words) > _PHRASE_WORDS or sentence.end == "?":
            continue
        said = " ".join(word.text for word in sentence.words)
        alike = 100 if "neg" in sentence.ideas else _PHRASE_ALIKE  # "not" is but a short word, and turns it round
        match = closest_phrase(said, lexicon.phrase_texts, at_least=alike)
        if match:
            yield Finding(Intent(lexicon.phrases[match[0]][0]), match[1], sentence.start, sentence.stop)


def _by_article(named: Sequence[Article], found: Sequence[Sentence]) -> Iterable[Finding]:
    """An article speaks for its right, unless the sentence only lists several."""
    for sentence in found if named else ():
        inside = [article for article in named if sentence.start <= article.start < sentence.stop + 12]
        if not inside or len({article.intent for article in inside}) > 2 or sentence.end == "?":
            continue
        wish = sentence.ideas & {"want", "hereby", "please", "polite", "request_word"} or len(sentence.words) < 16
        for article in inside:
            yield Finding(article.intent, 78 if wish else 50, article.start, article.end, article.name)
