"""The rule of questions: about privacy, that the policy may answer."""

from collections.abc import Iterator

from intents.clues import Mood
from intents.findings import Finding
from intents.rights import Intent
from intents.rules.common import LIKELY, MAYBE, found, is_own
from intents.sentences import Clause

_PRIVACY = ("privacy", "data", "personal", "secure", "about_me", "law", "profiling")
"""Ideas that make a question one about privacy."""
_USES = ("sell", "share", "collect", "processing", "how_long", "record", "third_party", "track")
"""Ideas that stand in any question, and speak of privacy only two together."""
_ACTS = ("delete", "forget", "close", "unsub", "access", "rectify", "restrict", "port", "object", "consent_back")
TOPICS = (*_PRIVACY, *_USES, *_ACTS)


def question(clause: Clause, mood: Mood) -> Iterator[Finding]:
    """A question about privacy, that the policy may answer."""
    if not mood.question and not clause.has("wonder"):
        return
    topics, uses = clause.of(*_PRIVACY), clause.of(*_USES)
    kinds = len({hit.idea for hit in (*topics, *uses)})
    if clause.has("privacy", "law") or (topics and (kinds > 1 or is_own(clause))):
        yield found(clause, Intent.QUESTION, LIKELY + 8, *topics, *uses)
    elif topics or kinds > 2 or (kinds > 1 and is_own(clause)):
        yield found(clause, Intent.QUESTION, MAYBE + 4, *topics, *uses)
    elif (acts := clause.of(*_ACTS)) and clause.has("account", "me", "my"):
        yield found(clause, Intent.QUESTION, MAYBE, *acts)
