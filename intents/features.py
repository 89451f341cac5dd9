"""What the second opinion looks at: the ideas of clauses, alone and in pairs, what rules found, words and their parts.

A feature is a text; the features of ideas are the same in every language.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise

from intents.clues import negated
from intents.cutting import Sentence, Word
from intents.draft import Draft, Part
from intents.findings import Finding
from intents.sentences import ACTIONS

MOST_SENTENCES = 400
MOST_CLAUSES = 12
_MOST_IDEAS = 16
_MOST_WORDS = 60
_RULE_FOUND = 60
_FILLERS = frozenset(("i", "it", "and", "to_do", "you", "be_in", "need", "transfer", "what", "frequent", "but"))
"""Ideas that say nothing in pairs."""
_GRAM_SIZES = (3, 4, 5)


def idea_features(draft: Draft, index: int, found: list[Finding]) -> set[str]:
    """The features of sentence `index` that hold in every language; `found` are the findings that begin in it."""
    features = sentence_features(draft, index, found)
    for part in draft.parts[index][:MOST_CLAUSES]:
        features.update(clause_features(*clause_key(part)))
    return features


def sentence_features(draft: Draft, index: int, found: list[Finding]) -> set[str]:
    """Those of the sentence as a whole; none of them is one of a clause."""
    sentence = draft.sentences[index]
    features = {"end:?"} if sentence.end == "?" else set()
    certain = {finding.intent for finding in found if finding.score >= _RULE_FOUND}
    features.update(f"rule:{intent}" for intent in certain)
    if len(certain) == 1:
        features.update(f"only:{intent}" for intent in certain)
    for finding in found:
        features.add(f"rule:{finding.intent}:{finding.score // 12}")
        if finding.article:
            features.add(f"article:{finding.intent}")
    return features


def clause_key(part: Part) -> tuple[frozenset[str], str, frozenset[str]]:
    """All that the features of a clause depend on: its ideas, its tone, and the deeds that it denies."""
    clause = part.clause
    denied = frozenset([hit.idea for hit in clause.hits[:40] if hit.idea in ACTIONS and negated(clause, hit)])
    return clause.ideas, _tone(part), denied


def clause_features(ideas: frozenset[str], tone: str, denied: frozenset[str]) -> Iterator[str]:
    """The features of a clause from its key; one may come twice."""
    ordered = sorted(ideas)[: 2 * _MOST_IDEAS]
    yield f"mood:{tone}"
    for idea in ordered:
        yield idea
        yield f"{tone}:{idea}"
    for idea in denied:
        yield f"not:{idea}"
    for one, other in combinations([idea for idea in ordered if idea not in _FILLERS][:_MOST_IDEAS], 2):
        yield f"{one}+{other}"


def _tone(part: Part) -> str:
    mood = part.mood
    if mood.question:
        return "can" if mood.own_ability else "ask"
    if mood.condition:
        return "if"
    if mood.past:
        return "past"
    return "wish" if mood.wish else "say"


def tokens(sentence: Sentence) -> list[str]:
    """The words of a sentence, with every address, link and number as the same sign."""
    return [
        word.text[:24] if word.kind == "word" and not word.text.isdigit() else _sign(word)
        for word in sentence.words[:_MOST_WORDS]
    ]


def _sign(word: Word) -> str:
    return "<0>" if word.kind == "word" else f"<{word.kind}>"


def word_features(word: str) -> list[str]:
    """A word and the runs of three to five letters in it."""
    if word.startswith("<"):
        return [f"w {word}"]
    framed = f"^{word}$"
    grams = [framed[at : at + size] for size in _GRAM_SIZES for at in range(len(framed) - size + 1)]
    return [f"w {word}", f"p {word[:4]}", *grams]


def pair_features(words: list[str]) -> list[str]:
    """Neighbours, and neighbours but one, each once."""
    framed = ["^", *words, "$"]
    near = [f"{one} {other}" for one, other in pairwise(framed)]
    return [*dict.fromkeys(near + [f"{one} … {other}" for one, other in zip(framed, framed[2:], strict=False)])]
