"""What a letter is about at all, so that no request is left unseen because it was put oddly."""

from intents.draft import Draft

_ABOUT = frozenset(("data", "personal", "about_me", "record", "everything", "account", "me", "my", "place"))
_ASKING = frozenset(
    ("want", "please", "polite", "hereby", "neg", "no_more", "stop", "request_word", "delete", "forget", "get",
     "object", "restrict", "wrong", "change", "rectify", "unsub", "marketing", "contact")
)  # fmt: skip
_ORDINARY = frozenset(("item", "order", "plan"))
_DATA = frozenset(("data", "privacy", "personal", "law"))
_PRIVACY = frozenset(
    ("privacy", "data", "personal", "secure", "about_me", "law", "profiling", "sell", "share", "collect", "record",
     "third_party", "track", "delete", "forget", "unsub", "access", "rectify_right", "restrict", "restrict_right",
     "port", "port_right", "object", "object_right", "consent_back", "opt_out", "hold", "how_long", "place",
     "marketing", "list", "close", "f_name", "f_address", "f_mail", "f_phone", "f_birth")
)  # fmt: skip


def may_ask(draft: Draft) -> bool:
    """Whether a sentence that is no question speaks of the writer or the data, and asks or refuses something."""
    return any(
        _ABOUT & sentence.ideas and _ASKING & sentence.ideas and not _ORDINARY & sentence.ideas and sentence.end != "?"
        for sentence in draft.sentences
    )


def asks_openly(draft: Draft) -> bool:
    """Whether somebody only says to have a request about data: where no rule finds which, a person asks."""
    return any(
        {"request_word", "hold"} <= s.ideas and _DATA & s.ideas and not _ORDINARY & s.ideas and s.end != "?"
        for s in draft.sentences
    )


def names_privacy(draft: Draft, first: int, last: int) -> bool:
    """Whether the sentences `first` to `last` or their neighbours have a word of data, privacy or a right."""
    near = draft.sentences[max(first - 1, 0) : last + 2]
    return any(not _PRIVACY.isdisjoint(sentence.ideas) for sentence in near)
