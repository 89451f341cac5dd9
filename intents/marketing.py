"""Is what the letter objects to direct marketing (GDPR art. 21(2))? Then it is simply stopped, and no code is asked."""

from collections.abc import Sequence

from intents.draft import Draft
from intents.rights import Intent

_MARKETING = frozenset(("marketing", "list", "unsub"))
_OBJECTS = frozenset(("object", "object_right", "consent_back", "opt_out"))
_MORE = frozenset(("profiling", "object_right"))


def about_marketing(draft: Draft, intents: Sequence[Intent]) -> bool:
    """Whether every sentence that objects is about advertising, or the letter only unsubscribes.

    Also of a letter that is not understood: staff may find that it objects.
    """
    objecting = [s for s in draft.sentences if not _OBJECTS.isdisjoint(s.ideas)]
    if objecting:
        return all(_MARKETING & s.ideas and not _MORE & s.ideas for s in objecting)
    return Intent.UNSUBSCRIBE in intents and Intent.OBJECT not in intents
