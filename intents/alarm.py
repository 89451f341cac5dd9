"""The alarm: words of data and of asking side by side, so that no request is left unseen because it was put oddly."""

from intents.draft import Draft

_ABOUT = frozenset(("data", "personal", "about_me", "record", "everything", "account", "me", "my", "place"))
_ASKING = frozenset(
    ("want", "please", "polite", "hereby", "neg", "no_more", "stop", "request_word", "delete", "forget", "get",
     "object", "restrict", "wrong", "change", "rectify", "unsub", "marketing", "contact")
)  # fmt: skip
_ORDINARY = frozenset(("item", "order", "plan"))


def may_ask(draft: Draft) -> bool:
    """Whether a sentence that is no question speaks of the writer or the data, and asks or refuses something."""
    return any(
        _ABOUT & sentence.ideas and _ASKING & sentence.ideas and not _ORDINARY & sentence.ideas and sentence.end != "?"
        for sentence in draft.sentences
    )
