"""Is what the letter objects to direct marketing (GDPR art. 21(2))? Then it is simply stopped, and no code is asked."""

from collections.abc import Sequence

from intents.draft import Draft
from intents.rights import Intent

_MARKETING = frozenset(("marketing", "list", "unsub"))
_OBJECTS = frozenset(("object", "object_right", "consent_back", "opt_out"))
_MORE = frozenset(("profiling", "object_right"))


def about_marketing(draft: Draft, intents: Sequence[Intent]) -> bool:
    """Whether every sentence that objects is about advertising, or the letter only unsubscribes."""
    if Intent.OBJECT not in intents:
        return Intent.UNSUBSCRIBE in intents
    objecting = [
        s for s in draft.sentences if not s.ideas.isdisjoint(("object", "object_right", "consent_back", "opt_out"))
    ]
    return bool(objecting) and all(_MARKETING & s.ideas and not _MORE & s.ideas for s in objecting)
