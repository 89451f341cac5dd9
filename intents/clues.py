"""The mood of a clause: wish, question, refusal, past, condition. It decides what a found request is worth."""

from dataclasses import dataclass

from intents.cutting import Hit, Sentence
from intents.sentences import Clause

_ASKING = ("how", "what", "who", "when", "why", "where", "yesno")
_OPENING_WORDS = 3
"""A question word counts as the sentence's own among its first three words ("so what data …")."""


@dataclass(frozen=True, slots=True)
class Mood:
    """How a clause is meant.

    `question`: it asks and does not politely order; `own_ability`: it asks what the writer may or can do
    ("can I", "how do I"); `condition`: it only supposes; `past`: it tells what was done, or announces it.
    """

    question: bool = False
    own_ability: bool = False
    condition: bool = False
    past: bool = False
    wish: bool = False


def mood(clause: Clause) -> Mood:
    """The mood of one clause within its sentence."""
    sentence = clause.sentence
    polite = clause.has("polite") or ("polite" in sentence.ideas and clause.first == 0)
    wish = any(not _of_others(clause, hit) for hit in clause.of("want")) and not clause.has("wonder")
    asks = sentence.end == "?" or _opens_as_question(sentence) or clause.has("wonder")
    ability = clause.has("can_i") or (clause.has("how", "where") and clause.has("i", "to_do"))
    return Mood(
        question=asks and not polite and not (wish and not clause.has("happen", "wonder")),
        own_ability=ability and asks,
        condition=_supposes(clause),
        past=clause.has("past", "announced") and not wish and not polite,
        wish=wish or polite or clause.has("please", "hereby"),
    )


def _of_others(clause: Clause, want: Hit) -> bool:
    """Whether it is somebody else who wants: "do you need access to my camera"."""
    return any(hit.last == want.first - 1 for hit in clause.of("you"))


def _opens_as_question(sentence: Sentence) -> bool:
    for hit in sentence.hits:
        if hit.first >= _OPENING_WORDS:
            return False
        if hit.idea == "yesno":
            return hit.first <= 1 and not ({"please"} & sentence.ideas)
        if hit.idea in _ASKING:
            return True
    return False


def _supposes(clause: Clause) -> bool:
    """Whether the clause itself begins with "if" (a clause after it may still be a wish)."""
    firsts = [hit.first for hit in clause.of("if")]
    return bool(firsts) and min(firsts) <= clause.first + 2


def negated(clause: Clause, action: Hit, *, before: int = 4, after: int = 5) -> bool:
    """Whether a "not" stands close to `action`: "please don't delete", "löschen Sie das nicht"."""
    for hit in clause.of("neg"):
        gap = action.first - hit.last
        if 0 <= gap <= before and not (_other_action_between(clause, hit, action) or _parted(clause, hit, action)):
            return True
    return any(
        0 < hit.first - action.last <= after and not _parted(clause, action, hit) for hit in clause.of("neg_after")
    )


def _parted(clause: Clause, one: Hit, other: Hit) -> bool:
    """Whether a comma or "but" stands between: "I never signed up, delete my data"."""
    if any(one.last < place <= other.first for place in clause.sentence.breaks):
        return True
    return any(one.last < hit.first < other.first for hit in clause.of("but"))


def _other_action_between(clause: Clause, one: Hit, other: Hit) -> bool:
    """Whether the "not" belongs to another deed; "I do not want it deleted" is still a no to deleting."""
    return any(
        one.last < hit.first < other.first
        and (hit.idea in ("hold", "get", "contact") or (hit.idea in ("want", "need") and hit.first > one.last + 1))
        for hit in clause.hits
    )
