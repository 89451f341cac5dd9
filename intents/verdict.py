"""The verdict: from what the rules found and what the model thinks to intents, scores and doubt.

The rules carry the words that decided; the model, which has seen what they found, weighs them. Where they disagree on a
right, a person decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from intents.rights import ORDER, RIGHTS, Intent

DECIDED = 50
"""An intent is read from this score on."""
GRAVE = frozenset((Intent.ERASE, Intent.RECTIFY, Intent.RESTRICT, Intent.OBJECT))
"""Rights whose doing changes or stops something for the person."""
SURE_GRAVE = 93
SURE_GRAVE_WITHOUT_RULE = 98
SURE = 62
DOUBTED = 30
DOUBTED_WITHOUT_RULE = 40
"""A right with at least this score that is not decided makes the reading unsure."""
LOUD = 88
BESIDE_LOUD = 74
ECHO_DOUBTED = 62
"""Beside a right of `LOUD`, one without a rule needs `BESIDE_LOUD`; from `ECHO_DOUBTED` on a person looks."""
LONG = 100
"""Words. In a shorter letter each right that is said is meant, and a rule's word counts beside another right."""
ALARMED = 14
"""Enough to make a person look where the words of data and of asking stand side by side."""
GUESSED = 40
"""Where a person looks anyway, a right of this score is the reading that is shown first."""
DISPUTED = 40
"""The score of a right that a rule is certain of and the model denies."""
DECIDED_WITH_RULE = 30
"""A question is read from this score on where a rule is certain of it."""
DECIDED_ALONE = 55
"""A question is read from this score on where no rule is certain of it."""
DECIDED_WITHOUT_WORD = 60
"""A question is read from this score on where no word near it is about data, privacy or a right."""
_RULE_CERTAIN = 84
_RULE_FOUND = 60
_DENIED = 14
"""Below this score the model denies a right altogether, whatever a rule says."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The intents in order, the scores (0 to 100), and whether a person decides."""

    intents: tuple[Intent, ...]
    scores: Mapping[Intent, int]
    unsure: bool


def verdict(
    rules: Mapping[Intent, int],
    model: Mapping[str, int],
    *,
    alarm: bool = False,
    openly: bool = False,
    privacy: bool = True,
    words: int = LONG,
) -> Verdict:
    """`rules` are the best scores of findings, `model` the opinions by label; `words` is the letter's length.

    `alarm`, `openly` and `privacy` (whether words near the question are about it) as in `intents.alarm`.
    """
    scores = {intent: model.get(str(intent), 0) for intent in ORDER}
    for right in RIGHTS:
        if rules[right] >= _RULE_CERTAIN and scores[right] >= _DENIED:
            scores[right] = max(scores[right], DISPUTED)
    decided: set[Intent] = {right for right in RIGHTS if scores[right] >= DECIDED}
    intents = {right for right in decided if words < LONG or not _is_echo(right, scores, rules)}
    unsure = any(scores[right] >= ECHO_DOUBTED for right in decided - intents)
    unsure = unsure or any(not _certain(right, scores[right], rules[right]) for right in intents)
    loud = any(scores[right] >= LOUD for right in intents)
    unsure = unsure or any(
        _doubted(scores[right], rules[right]) and not (loud and _is_murmur(right, rules[right])) for right in RIGHTS
    )
    if intents and words < LONG:
        intents |= {right for right in RIGHTS if rules[right] >= _RULE_CERTAIN and scores[right] >= GUESSED}
    if not intents and scores[Intent.QUESTION] >= _question_from(rules[Intent.QUESTION], privacy=privacy):
        intents = {Intent.QUESTION}
    best = max(RIGHTS, key=lambda right: scores[right])
    if not intents:
        unsure = unsure or (alarm and scores[best] >= ALARMED)
        spoken = alarm or rules[best] >= _RULE_FOUND
        if unsure and spoken and scores[best] >= GUESSED and scores[best] > scores[Intent.QUESTION]:
            intents = {best}
    unsure = unsure or (openly and not any(rules[intent] >= _RULE_CERTAIN for intent in intents))
    scores[Intent.OTHER] = 100 - max(scores[intent] for intent in ORDER if intent is not Intent.OTHER)
    return Verdict(tuple(i for i in ORDER if i in (intents or {Intent.OTHER})), scores, unsure)


def _question_from(rule: int, *, privacy: bool) -> int:
    """A question that a rule is certain of needs little more; one without any word of privacy needs much."""
    if not privacy:
        return DECIDED_WITHOUT_WORD
    return DECIDED_WITH_RULE if rule >= _RULE_CERTAIN else DECIDED_ALONE


def _is_echo(right: Intent, scores: Mapping[Intent, int], rules: Mapping[Intent, int]) -> bool:
    """Whether a weak right without a rule only echoes a strong one: long legal letters name many rights."""
    return max(scores.values()) >= LOUD and scores[right] < BESIDE_LOUD and rules[right] < _RULE_FOUND


def _is_murmur(right: Intent, rule: int) -> bool:
    """Whether a right that is not decided is none to ask about beside a loud one: a copy is half of a transfer."""
    return right not in GRAVE and rule < _RULE_FOUND


def _doubted(score: int, rule: int) -> bool:
    return (DOUBTED if rule >= _RULE_FOUND else DOUBTED_WITHOUT_RULE) <= score < DECIDED


def _certain(right: Intent, score: int, rule: int) -> bool:
    if right not in GRAVE:
        return score >= SURE
    return score >= (SURE_GRAVE if rule >= _RULE_FOUND else SURE_GRAVE_WITHOUT_RULE)


def certainly(intent: Intent, judged: Verdict) -> Verdict:
    """`judged` where something outside the words of rights has settled that it is `intent`."""
    scores = dict(judged.scores)
    scores[intent] = max(scores[intent], SURE_GRAVE_WITHOUT_RULE)
    return Verdict((intent,), scores, unsure=False)
