"""The rules of what is held: to see it, to take it along, to put it right."""

from collections.abc import Iterator

from intents.clues import Mood, negated
from intents.cutting import Hit
from intents.findings import Finding
from intents.rights import Intent
from intents.rules.common import FIELDS, HERE, LIKELY, MAYBE, SURE, asked, found, is_own, theirs, weigh
from intents.sentences import Clause


def access(clause: Clause, mood: Mood) -> Iterator[Finding]:
    """GDPR art. 15, CCPA 1798.110: to see what is held."""
    for hit in clause.of("access")[:2]:
        if not clause.has("right_list") and not negated(clause, hit):
            yield found(clause, Intent.ACCESS, weigh(SURE, mood), hit)
    if clause.has("delete", "marketing", "rectify", "forget") and not clause.has("copy", "access"):
        return
    held = _held(clause, mood)
    if held:
        yield found(clause, Intent.ACCESS, SURE if not mood.past or mood.question else 0, *held)
    if clause.has("port", "format", "port_right", "provider") and not held:
        return
    if pair := clause.near("copy", ("data", "record", "everything"), within=7):
        goods = clause.has("item", "order") and not clause.has("data", "record")  # "a list of all invoices"
        if not goods and not (clause.has("delete", "forget") and not clause.has("get")):
            yield found(clause, Intent.ACCESS, asked(SURE if is_own(clause) else LIKELY, mood), *pair)
    elif pair := clause.near("get", ("data", "record"), within=8) or _sent(clause):
        if _only_announced(clause, pair[0]):
            return
        if is_own(clause) and not clause.has("change", "wrong") and not mood.question and not theirs(clause, pair[1]):
            yield found(clause, Intent.ACCESS, weigh(LIKELY + 4, mood), *pair)
    elif (
        (pair := clause.near("who", "share", within=9))
        and clause.has("my", "me")
        and clause.has("past", "passed", "get", "copy")
    ):
        yield found(clause, Intent.ACCESS, LIKELY, *pair)


def _only_announced(clause: Clause, got: Hit) -> bool:
    """ "I have a request about my data": the request is a thing, and says not what is asked."""
    return clause.has("hold") and any(
        (hit.first, hit.last) == (got.first, got.last) for hit in clause.of("request_word")
    )


def _sent(clause: Clause) -> tuple[Hit, Hit] | None:
    """ "Mail me my data": the words of being written to order it as well, where nothing shall stop."""
    return None if clause.has("stop", "no_more", "neg") else clause.near("contact", ("data", "record"), within=3)


def _held(clause: Clause, mood: Mood) -> tuple[Hit, Hit] | None:
    """ "what do you have on me", "everything you know about me", "do you hold data about me"."""
    if mood.condition or clause.has("neg", "no_more", "how_long", "why", "how"):
        return None
    if not clause.has("about_me"):
        return None
    pair = clause.near("hold", "about_me", within=8)
    if pair and clause.has("what", "everything", "data", "record", "get", "yesno", "whether", "want"):
        return pair
    return (
        clause.near(("get", "want"), "about_me", within=9)
        if clause.has("everything", "data", "record", "what")
        else None
    )


def portability(clause: Clause, mood: Mood) -> Iterator[Finding]:
    """GDPR art. 20: a file to take along, or a transfer to another provider."""
    for hit in clause.of("port_right")[:2]:
        if not clause.has("right_list"):
            yield found(clause, Intent.PORTABILITY, weigh(SURE, mood), hit)
    if clause.has("item", "order") and not clause.has("data", "account", "record", "everything"):
        return
    pair = clause.near(("port", "format"), ("data", "record", "everything", "account", "it", "copy"), within=9)
    if pair and ("port" in (pair[0].idea, pair[1].idea) or clause.has("get", "copy", "want", "please", "polite")):
        yield found(clause, Intent.PORTABILITY, asked(SURE, mood), *pair)
        return
    pair = clause.near(("transfer", "get", "share"), "provider", within=10)
    if pair and clause.has("data", "record", "everything", "it", "account"):
        yield found(clause, Intent.PORTABILITY, asked(LIKELY, mood), *pair)


def rectify(clause: Clause, mood: Mood) -> Iterator[Finding]:
    """GDPR art. 16: what is held is wrong, and how it is right."""
    for hit in clause.of("rectify_right")[:2]:
        if not clause.has("right_list"):
            yield found(clause, Intent.RECTIFY, weigh(SURE, mood), hit)
    if clause.has("order", "plan", "item") and not clause.has("data", "record", "account"):
        return
    objects = (*FIELDS, "data", "record")
    if pair := clause.near(("rectify", "change"), objects, within=7):
        if not negated(clause, pair[0]):
            yield from _change(clause, mood, pair)
    elif (pair := clause.near("wrong", objects, within=7)) and _is_fault(clause, mood):
        yield found(clause, Intent.RECTIFY, LIKELY + 4, *pair)
    if clause.has("moved") and clause.has("new", "change", *FIELDS):
        pair_or_hit = clause.near("moved", ("new", "change", *FIELDS), within=12)
        if pair_or_hit:
            yield found(clause, Intent.RECTIFY, weigh(MAYBE + 6, mood) if not mood.past else MAYBE + 6, *pair_or_hit)


def _is_fault(clause: Clause, mood: Mood) -> bool:
    """Whether "wrong" tells a fault of what we hold."""
    return not mood.question and not mood.condition and (is_own(clause) or clause.has(*HERE) or clause.size() < 7)


def _change(clause: Clause, mood: Mood, pair: tuple[Hit, Hit]) -> Iterator[Finding]:
    score = SURE if pair[0].idea == "rectify" or pair[1].idea != "data" else LIKELY
    if not is_own(clause) and pair[0].idea == "change" and not mood.wish:
        score = MAYBE
    yield found(clause, Intent.RECTIFY, weigh(score, mood), *pair)
