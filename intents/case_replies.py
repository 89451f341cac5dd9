"""What a reply inside a running case says: its code, cancel, status, not me, details, thanks."""

from collections.abc import Mapping, Sequence

from intents.cutting import Sentence
from intents.rights import RIGHTS, CaseReply, Intent

_MOST_WORDS = {
    CaseReply.NOT_ME: 150, CaseReply.CANCEL: 150, CaseReply.STATUS: 300, CaseReply.DETAILS: 80, CaseReply.THANKS: 40,
}  # fmt: skip
"""A longer letter is more than a reply of this kind."""
_WEAK = frozenset((CaseReply.DETAILS, CaseReply.THANKS))
"""Kinds that say nothing beside a right."""
_SAID = 50
_SAID_WITH_PHRASE = 22
"""Enough where the phrase file knows the words too."""
_SAID_BESIDE_RIGHT = 60
_SAID_AFRESH = 68
"""Enough in a letter with a subject of its own, which answers none of ours."""
_WEAK_WORDS_AFRESH = 15
_CORRECTED = frozenset((Intent.RECTIFY,))
"""What a detail in an answer may look like: "the name is spelt with two l's"."""
_RIGHTS = frozenset(RIGHTS)
_BARE = frozenset(
    ("stop", "please", "polite", "it", "i", "want", "forever", "no_more", "unsub", "neg", "close", "end", "cancel")
)
_BARE_WORDS = 4


def bare_stop(sentences: Sequence[Sentence]) -> bool:
    """Whether all that was written is "stop": inside a case it calls off, outside it unsubscribes."""
    words = sum(len(sentence.words) for sentence in sentences)
    ideas = frozenset(idea for sentence in sentences for idea in sentence.ideas)
    return 0 < words <= _BARE_WORDS and "stop" in ideas and ideas <= _BARE


def case_reply(
    sentences: Sequence[Sentence],
    opinions: Mapping[str, int],
    *,
    code: bool,
    asked: Sequence[Intent],
    fresh: bool = False,
) -> CaseReply | None:
    """The kind of reply, or None. `fresh`: the letter has a subject of its own, and is no answer to one of ours."""
    if code:
        return CaseReply.CODE
    if bare_stop(sentences):
        return CaseReply.CANCEL
    words = sum(len(sentence.words) for sentence in sentences)
    ideas = frozenset(idea for sentence in sentences for idea in sentence.ideas)
    best: tuple[int, CaseReply] | None = None
    for kind, most in _MOST_WORDS.items():
        score = opinions[f"reply_{kind}"]
        needed = _SAID_WITH_PHRASE if f"reply_{kind}" in ideas else _SAID
        if fresh:
            needed = _SAID_AFRESH
        if not _RIGHTS.isdisjoint(asked):
            needed = max(needed, _SAID_BESIDE_RIGHT)
        longest = _WEAK_WORDS_AFRESH if fresh and kind in _WEAK else most
        if words <= longest and score >= needed and _speaks(kind, asked, fresh) and (best is None or score > best[0]):
            best = (score, kind)
    return best[1] if best else None


def _speaks(kind: CaseReply, asked: Sequence[Intent], fresh: bool) -> bool:
    """Details and thanks say nothing beside a right or question, but a detail may look like a correction."""
    if kind not in _WEAK or Intent.OTHER in asked:
        return True
    return kind is CaseReply.DETAILS and not fresh and _CORRECTED.issuperset(asked)


def wants_code(sentences: Sequence[Sentence], opinions: Mapping[str, int], *, code: bool) -> bool:
    """Whether the writer asks for a new code, having typed none."""
    if code or sum(len(sentence.words) for sentence in sentences) > 80:
        return False
    spoken = any("code_word" in sentence.ideas for sentence in sentences)
    return opinions["reply_again"] >= (_SAID_WITH_PHRASE if spoken else 70)
