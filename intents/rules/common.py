"""What the rules share: how sure they are, what a mood is worth, whose data is meant."""

from collections.abc import Callable, Iterator

from intents.clues import Mood
from intents.cutting import Hit
from intents.findings import Finding
from intents.rights import Intent
from intents.sentences import Clause

SURE = 92
LIKELY = 80
MAYBE = 66
DOUBT = 48
"""Below `verdict.DECIDED`: raises a doubt, and decides nothing."""

FIELDS = ("field", "f_name", "f_address", "f_mail", "f_phone", "f_birth", "f_other")
HERE = ("place", "you")

Rule = Callable[[Clause, Mood], Iterator[Finding]]


def found(clause: Clause, intent: Intent, score: int, *hits: Hit) -> Finding:
    """A finding whose words run from the first to the last of `hits`."""
    words = clause.sentence.words
    first = min(hit.first for hit in hits)
    last = max(hit.last for hit in hits)
    return Finding(intent, score, words[first].start, words[last].end)


def weigh(score: int, mood: Mood) -> int:
    """What a wish is worth in this mood."""
    if mood.past or mood.condition:
        return 0
    if mood.question:
        return DOUBT if mood.own_ability else 0
    return min(score + 4, 99) if mood.wish else score


def asked(score: int, mood: Mood) -> int:
    """ "Can I have a copy of my data?" is a wish, not a question about rules."""
    if mood.question and mood.own_ability:
        return MAYBE + 6
    return weigh(score, mood)


def is_own(clause: Clause) -> bool:
    return clause.has("me", "my", "about_me", "personal", "i")


def theirs(clause: Clause, target: Hit) -> bool:
    """ "your data" in a letter to the company is not the writer's: newsletters and fraud speak so."""
    if target.idea not in ("data", "account", "record") or clause.has("me", "my", "about_me", "i"):
        return False
    return any(0 <= target.first - hit.last <= 2 for hit in clause.of("you"))
