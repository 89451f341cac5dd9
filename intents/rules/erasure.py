"""The rule of erasure: data, account or person to disappear."""

from collections.abc import Iterator

from intents.clues import Mood, negated
from intents.cutting import Hit
from intents.findings import Finding
from intents.rights import Intent
from intents.rules.common import DOUBT, FIELDS, LIKELY, MAYBE, SURE, found, theirs, weigh
from intents.sentences import Clause


def erase(clause: Clause, mood: Mood) -> Iterator[Finding]:
    """GDPR art. 17, CCPA 1798.105: data, account or person to disappear."""
    if clause.has("undelete") or _of_a_client(clause):
        return
    for hit in clause.of("forget")[:3]:
        if not negated(clause, hit) and not clause.has("list", "right_list"):
            yield found(clause, Intent.ERASE, weigh(SURE, mood), hit)
    for hit in clause.of("delete")[:4]:
        if not negated(clause, hit):
            yield from _deletion(clause, mood, hit)
    pair = clause.near("close", "account")
    if pair and not negated(clause, pair[0]) and not clause.has("plan") and not theirs(clause, pair[1]):
        yield found(clause, Intent.ERASE, weigh(LIKELY + 4, mood), *pair)
    if pair := _unwanted(clause):
        yield found(clause, Intent.ERASE, weigh(LIKELY, mood), *pair)


def _of_a_client(clause: Clause) -> bool:
    """ "One of my clients wants to be deleted": the writer is the one who must do it, unless acting for the client."""
    said = clause.sentence.ideas
    return "client" in said and said.isdisjoint(("agent", "law", "legal"))


def _deletion(clause: Clause, mood: Mood, verb: Hit) -> Iterator[Finding]:
    if clause.has("list", "marketing", "contact") and not clause.has("data", "account", "everything", "record"):
        return
    if clause.has("list") and not clause.has("account", "everything", "data"):
        return
    target = _target(clause, verb)
    if target is None:
        if clause.size() <= 4 and not clause.has("item", "plan", "order"):
            yield found(clause, Intent.ERASE, weigh(MAYBE, mood), verb)
        elif mood.wish and not clause.has("item", "plan", "order"):
            yield found(clause, Intent.ERASE, weigh(DOUBT, mood), verb)
        return
    if theirs(clause, target):
        return
    item = _nearest(clause, verb, ("item", "order", "plan"))
    if (
        item is not None
        and (target.idea == "it" or _gap(verb, item) < _gap(verb, target))
        and target.idea not in ("everything", "account", "data")
    ):
        return
    if item is not None and _gap(verb, item) < _gap(verb, target):
        yield found(clause, Intent.ERASE, weigh(DOUBT, mood), verb, target)
        return
    yield found(clause, Intent.ERASE, weigh(SURE, mood), verb, target)


def _target(clause: Clause, verb: Hit) -> Hit | None:
    near = _nearest(clause, verb, ("data", "account", "everything", "record", *FIELDS, "mail_value"), within=10)
    if near is not None:
        return near
    person = _nearest(clause, verb, ("me",), within=3)
    if person is not None and not clause.has("item", "order", "plan", "marketing"):
        return person
    return _nearest(clause, verb, ("place",), within=6) or _nearest(clause, verb, ("it",), within=2)


def _nearest(clause: Clause, verb: Hit, ideas: tuple[str, ...], within: int = 9) -> Hit | None:
    hits = [hit for hit in clause.of(*ideas) if hit is not verb and _gap(verb, hit) <= within]
    return min(hits, key=lambda hit: (_gap(verb, hit), hit.first < verb.first), default=None)


def _gap(one: Hit, other: Hit) -> int:
    return max(other.first - one.last, one.first - other.last, 0)


def _unwanted(clause: Clause) -> tuple[Hit, Hit] | None:
    """ "I don't want you to keep my data", "no longer want an account", "don't want to be in your database"."""
    if not clause.has("neg", "no_more", "stop") or clause.has(
        "share", "sell", "marketing", "list", "until", "keep_using"
    ):
        return None
    pair = clause.near("hold", ("data", "record"), within=6)
    if pair and clause.has("want", "no_more", "stop") and not clause.has("contact", "can_i"):
        return pair
    pair = clause.near("be_in", ("place", "record", "account"), within=5)
    if pair and clause.has("want", "no_more", "please"):
        return pair
    if clause.has("want", "need") and not clause.has("delete", "close", "change", "get"):
        pair = clause.near(("want", "need"), "account", within=5)
        yours = pair and any(pair[0].last < hit.first < pair[1].first for hit in clause.of("you"))
        return None if yours else pair  # "I don't want you to build a profile"
    return None
