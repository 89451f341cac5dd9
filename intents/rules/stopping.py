"""The rules of what shall stop: advertising, sale, a use of data, every use for a while."""

from collections.abc import Iterator

from intents.clues import Mood, negated
from intents.cutting import Hit
from intents.findings import Finding
from intents.rights import Intent
from intents.rules.common import FIELDS, LIKELY, MAYBE, SURE, found, weigh
from intents.sentences import Clause


def unsubscribe(clause: Clause, mood: Mood) -> Iterator[Finding]:
    """15 USC 7704, GDPR art. 21(2): no more advertising, newsletters or contact."""
    paid = clause.has("plan", "account", "order") and not clause.has("marketing", "list")
    for hit in clause.of("unsub")[:2]:
        if not negated(clause, hit) and not paid:
            yield found(clause, Intent.UNSUBSCRIBE, weigh(SURE, mood), hit)
    for hit in clause.of("opt_out")[:2]:
        if not clause.has("sell", "share", "profiling", "dont_sell", "processing") and not paid:
            yield found(
                clause,
                Intent.UNSUBSCRIBE,
                weigh(SURE if clause.has("marketing", "list", "contact") else MAYBE, mood),
                hit,
            )
    if pair := _ended(clause):
        yield found(clause, Intent.UNSUBSCRIBE, weigh(SURE, mood), *pair)
    if (pair := clause.near(("object", "consent_back"), ("marketing", "list"), within=14)) and not mood.past:
        yield found(clause, Intent.UNSUBSCRIBE, weigh(SURE, mood), *pair)


def _ended(clause: Clause) -> tuple[Hit, Hit] | None:
    """What ends and what is ended: "stop … emails", "no more … ads", "take me off … list"."""
    if pair := clause.near(("delete", "cancel", "close", "leave", "stop"), ("list",), within=9):
        return None if negated(clause, pair[0]) or clause.has("keep") else pair
    pair = clause.near(("stop", "no_more", "cancel"), ("marketing",), within=8)
    given = clause.near("share", ("data", "my", *FIELDS), within=3)  # "stop giving my number to ad firms"
    if pair and not negated(clause, pair[0]) and not clause.has("sell") and not given:
        return pair
    if not given and (pair := clause.near(("stop", "no_more"), ("contact",), within=5)):
        return None if negated(clause, pair[0]) or clause.has("item", "order") else pair
    if clause.has("neg") and not clause.has("delete", "data", "account"):
        if (pair := clause.near("neg", ("contact",), within=3)) and clause.has(
            "me", "want", "please", "marketing", "forever"
        ):
            return pair
        if (pair := clause.near("neg", "marketing", within=6)) and clause.has(
            "want", "please", "contact", "get", "need"
        ):
            return pair
    return None


def optout_sale(clause: Clause, mood: Mood) -> Iterator[Finding]:
    """CCPA 1798.120: not to be sold or shared."""
    for hit in clause.of("dont_sell")[:2]:
        order = (
            not mood.question or clause.sentence.end != "?"
        )  # "verkaufen Sie meine Daten nicht" opens like a question
        yield found(clause, Intent.OPTOUT_SALE, SURE if order else weigh(SURE, mood), hit)
    ended = ("neg", "stop", "no_more", "object", "opt_out", "unsub", "consent_back")
    if pair := clause.near(ended, "sell", within=8):
        if not _sold_to(clause, pair) and (clause.has("data", "me", "record", "everything", *FIELDS) or mood.wish):
            yield found(clause, Intent.OPTOUT_SALE, weigh(SURE, mood), *pair)
    elif (pair := clause.near(ended, "share", within=8)) and clause.has("data", "me", "record", *FIELDS):
        score = LIKELY if clause.has("third_party") else MAYBE
        yield found(clause, Intent.OPTOUT_SALE, weigh(score, mood), *pair)


def _sold_to(clause: Clause, pair: tuple[Hit, Hit]) -> bool:
    """ "Stop calling me to sell me things": the writer is the buyer."""
    after = pair[1].last + 1
    mine = any(hit.first == after for hit in clause.of("my"))  # Spanish "mi" is both
    return not mine and any(hit.first == after for hit in clause.of("me"))


def objection(clause: Clause, mood: Mood) -> Iterator[Finding]:
    """GDPR art. 21(1), 22, 7(3): against a use of data; direct marketing is `unsubscribe`."""
    if clause.has("marketing", "list", "sell", "right_list"):
        return
    for hit in clause.of("object_right")[:1]:
        yield found(clause, Intent.OBJECT, weigh(LIKELY, mood), hit)
    pair = clause.near(("object", "opt_out"), ("processing", "profiling", "data", "record"), within=10)
    if pair and not negated(clause, pair[0]):
        yield found(clause, Intent.OBJECT, weigh(SURE, mood), *pair)
    for hit in clause.of("consent_back")[:1]:
        if not negated(clause, hit):
            yield found(clause, Intent.OBJECT, weigh(LIKELY, mood), hit)
    ended = ("stop", "no_more", "neg")
    if clause.has("restrict", "delete", "until", "restrict_right"):
        return
    if (pair := clause.near(ended, "profiling", within=6)) or (
        (pair := clause.near(ended, "processing", within=5)) and clause.has("data", "me", "record", *FIELDS)
    ):
        yield found(clause, Intent.OBJECT, weigh(LIKELY, mood), *pair)


def restrict(clause: Clause, mood: Mood) -> Iterator[Finding]:
    """GDPR art. 18: keep, but do not use."""
    for hit in clause.of("restrict_right")[:2]:
        if not clause.has("right_list") and not negated(clause, hit):
            yield found(clause, Intent.RESTRICT, weigh(SURE, mood), hit)
    pair = clause.near("restrict", ("processing", "data", "record"), within=6)
    if pair and not negated(clause, pair[0]) and not clause.has("marketing", "sell"):
        yield found(clause, Intent.RESTRICT, weigh(SURE, mood), *pair)
    pair = clause.near(("processing",), ("data", "record", "it", "me"), within=6)
    if pair and clause.has("until", "meanwhile") and clause.has("neg", "stop", "no_more"):
        yield found(clause, Intent.RESTRICT, weigh(LIKELY, mood), *pair)
