"""The rules: which ideas together in one clause ask for which right. One function a right, shared by all languages."""

from collections.abc import Callable, Iterator

from intents.clues import Mood, negated
from intents.cutting import Hit
from intents.findings import Finding
from intents.rights import Intent
from intents.sentences import Clause

SURE = 92
LIKELY = 80
MAYBE = 66
DOUBT = 48
"""Below `reader.DECIDED`: raises a doubt, and decides nothing."""

_OWN = ("data", "account", "everything", "record", "mail_value", "field", "me")
_FIELDS = ("field", "f_name", "f_address", "f_mail", "f_phone", "f_birth", "f_other")
_HERE = ("place", "you")

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


def erase(clause: Clause, mood: Mood) -> Iterator[Finding]:
    """GDPR art. 17, CCPA 1798.105: data, account or person to disappear."""
    if clause.has("undelete"):
        return
    for hit in clause.of("forget")[:3]:
        if not negated(clause, hit) and not clause.has("list", "right_list"):
            yield found(clause, Intent.ERASE, weigh(SURE, mood), hit)
    for hit in clause.of("delete")[:4]:
        if not negated(clause, hit):
            yield from _deletion(clause, mood, hit)
    pair = clause.near("close", "account")
    if pair and not negated(clause, pair[0]) and not clause.has("plan") and not _theirs(clause, pair[1]):
        yield found(clause, Intent.ERASE, weigh(LIKELY + 4, mood), *pair)
    if pair := _unwanted(clause):
        yield found(clause, Intent.ERASE, weigh(LIKELY, mood), *pair)


def _theirs(clause: Clause, target: Hit) -> bool:
    """ "your data" in a letter to the company is not the writer's: newsletters and fraud speak so."""
    if target.idea not in ("data", "account", "record") or clause.has("me", "my", "about_me", "i"):
        return False
    return any(0 <= target.first - hit.last <= 2 for hit in clause.of("you"))


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
    if _theirs(clause, target):
        return
    item = _nearest(clause, verb, ("item", "order", "plan"))
    if (
        item is not None
        and _gap(verb, item) < _gap(verb, target)
        and target.idea not in ("everything", "account", "data")
    ):
        return
    if item is not None and _gap(verb, item) < _gap(verb, target):
        yield found(clause, Intent.ERASE, weigh(DOUBT, mood), verb, target)
        return
    yield found(clause, Intent.ERASE, weigh(SURE, mood), verb, target)


def _target(clause: Clause, verb: Hit) -> Hit | None:
    near = _nearest(clause, verb, ("data", "account", "everything", "record", *_FIELDS, "mail_value"), within=10)
    if near is not None:
        return near
    person = _nearest(clause, verb, ("me",), within=3)
    if person is not None and not clause.has("item", "order", "plan", "marketing"):
        return person
    return _nearest(clause, verb, ("place", "it"), within=6)


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
        return clause.near(("want", "need"), "account", within=5)
    return None


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
    given = clause.near("share", ("data", "my", *_FIELDS), within=3)  # "stop giving my number to ad firms"
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
        yield found(clause, Intent.OPTOUT_SALE, weigh(SURE, mood), hit)
    ended = ("neg", "stop", "no_more", "object", "opt_out", "unsub", "consent_back")
    if pair := clause.near(ended, "sell", within=8):
        if clause.has("data", "me", "record", "field", "everything", *_FIELDS) or mood.wish:
            yield found(clause, Intent.OPTOUT_SALE, weigh(SURE, mood), *pair)
    elif (pair := clause.near(ended, "share", within=8)) and clause.has("data", "me", "record", *_FIELDS):
        score = LIKELY if clause.has("third_party") else MAYBE
        yield found(clause, Intent.OPTOUT_SALE, weigh(score, mood), *pair)


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
        (pair := clause.near(ended, "processing", within=5)) and clause.has("data", "me", "record", *_FIELDS)
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
        if not (clause.has("item", "order") and not clause.has("data", "everything", "record")):
            yield found(clause, Intent.ACCESS, _asked(SURE if _own(clause) else LIKELY, mood), *pair)
    elif pair := clause.near("get", ("data", "record"), within=8):
        if _own(clause) and not clause.has("change", "wrong") and not mood.question and not _theirs(clause, pair[1]):
            yield found(clause, Intent.ACCESS, weigh(LIKELY + 4, mood), *pair)
    elif (
        (pair := clause.near("who", "share", within=9))
        and clause.has("my", "me")
        and clause.has("past", "passed", "get", "copy")
    ):
        yield found(clause, Intent.ACCESS, LIKELY, *pair)


def _asked(score: int, mood: Mood) -> int:
    """ "Can I have a copy of my data?" is a wish, not a question about rules."""
    if mood.question and mood.own_ability:
        return MAYBE + 6
    return weigh(score, mood)


def _own(clause: Clause) -> bool:
    return clause.has("me", "my", "about_me", "personal", "i")


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
    if pair := clause.near(("port", "format"), ("data", "record", "everything", "account", "it", "copy"), within=9):
        yield found(clause, Intent.PORTABILITY, _asked(SURE, mood), *pair)
        return
    pair = clause.near(("transfer", "get", "share"), "provider", within=10)
    if pair and clause.has("data", "record", "everything", "it", "account"):
        yield found(clause, Intent.PORTABILITY, _asked(LIKELY, mood), *pair)


def rectify(clause: Clause, mood: Mood) -> Iterator[Finding]:
    """GDPR art. 16: what is held is wrong, and how it is right."""
    for hit in clause.of("rectify_right")[:2]:
        if not clause.has("right_list"):
            yield found(clause, Intent.RECTIFY, weigh(SURE, mood), hit)
    if clause.has("order", "plan", "item") and not clause.has("data", "record", "account"):
        return
    objects = (*_FIELDS, "data", "record")
    if pair := clause.near(("rectify", "change"), objects, within=7):
        if not negated(clause, pair[0]):
            yield from _change(clause, mood, pair)
    elif (pair := clause.near("wrong", objects, within=7)) and _is_fault(clause, mood):
        yield found(clause, Intent.RECTIFY, LIKELY + 4, *pair)
    if clause.has("moved") and clause.has("new", "change", *_FIELDS):
        pair_or_hit = clause.near("moved", ("new", "change", *_FIELDS), within=12)
        if pair_or_hit:
            yield found(clause, Intent.RECTIFY, weigh(MAYBE + 6, mood) if not mood.past else MAYBE + 6, *pair_or_hit)


def _is_fault(clause: Clause, mood: Mood) -> bool:
    """Whether "wrong" tells a fault of what we hold."""
    return not mood.question and not mood.condition and (_own(clause) or clause.has(*_HERE) or clause.size() < 7)


def _change(clause: Clause, mood: Mood, pair: tuple[Hit, Hit]) -> Iterator[Finding]:
    score = SURE if pair[0].idea == "rectify" or pair[1].idea != "data" else LIKELY
    if not _own(clause) and pair[0].idea == "change" and not mood.wish:
        score = MAYBE
    yield found(clause, Intent.RECTIFY, weigh(score, mood), *pair)


def question(clause: Clause, mood: Mood) -> Iterator[Finding]:
    """A question about privacy, that the policy may answer."""
    if not mood.question and not clause.has("wonder"):
        return
    words = clause.sentence
    topics = clause.of(
        "privacy",
        "data",
        "sell",
        "share",
        "collect",
        "processing",
        "profiling",
        "secure",
        "how_long",
        "record",
        "personal",
        "third_party",
        "about_me",
        "track",
    )
    acts = clause.of(
        "delete", "forget", "close", "unsub", "access", "rectify", "restrict", "port", "object", "consent_back"
    )
    if clause.has("privacy") or len({hit.idea for hit in topics}) >= 2 or (topics and _own(clause)):
        yield found(clause, Intent.QUESTION, LIKELY + 8, *(topics or clause.hits[:1]))
    elif topics:
        yield found(clause, Intent.QUESTION, MAYBE + 4, *topics)
    elif acts and (clause.has("account", "me", "my") or len(words.words) < 12):
        yield found(clause, Intent.QUESTION, MAYBE, *acts)


RULES: tuple[Rule, ...] = (
    unsubscribe,
    optout_sale,
    objection,
    restrict,
    access,
    portability,
    rectify,
    erase,
    question,
)
