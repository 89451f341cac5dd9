"""Signs in a letter that call for a person's eye before anything happens. Text is data: a sign never acts."""

from collections.abc import Sequence

from intents.cutting import Sentence, sentences
from intents.fold import clean, fold
from intents.lexicon import load
from intents.reading import RiskSign
from intents.rights import Risk
from intents.sentences import read_ideas

_IDEAS = {
    "inject": Risk.INJECTION,
    "phish": Risk.PHISHING,
    "deceased": Risk.DECEASED,
    "minor": Risk.MINOR,
    "agent": Risk.AGENT,
    "third_person": Risk.THIRD_PARTY,
    "legal": Risk.LEGAL,
}
"""Gravest first; `Reading.risk` is the first sign."""
HIDDEN_AT_MOST = 4_000
"""Characters of hidden text that are looked at."""
_COMMANDS = frozenset(("inject", "delete", "get", "forget", "access", "rectify", "change", "code_word"))
_OBJECTS = frozenset(("data", "account", "everything", "record", "me", "code_word"))


def read_risks(text: str, found: Sequence[Sentence], *, hidden: str = "") -> tuple[RiskSign, ...]:
    """The risks the sentences show, gravest first, one sign each.

    A command in `hidden` text is an injection; its sign has offsets 0 and 0, since `text` does not hold it.
    """
    signs: dict[Risk, RiskSign] = {}
    if hidden and (words := _hidden_command(hidden[:HIDDEN_AT_MOST])):
        signs[Risk.INJECTION] = RiskSign(Risk.INJECTION, words, 0, 0)
    for sentence in found:
        if sentence.ideas.isdisjoint(_IDEAS):
            continue
        for hit in sentence.hits:
            risk = _IDEAS.get(hit.idea)
            if risk is not None and risk not in signs:
                start, end = sentence.words[hit.first].start, sentence.words[hit.last].end
                signs[risk] = RiskSign(risk, text[start:end], start, end)
    return tuple(signs[risk] for risk in _IDEAS.values() if risk in signs)


def _hidden_command(hidden: str) -> str | None:
    """The first hidden sentence that orders something, in English words: what programs are addressed in."""
    for sentence in sentences(fold(clean(hidden))):
        read_ideas(sentence, load("en"))
        ordered = "inject" in sentence.ideas or (sentence.ideas & _COMMANDS and sentence.ideas & _OBJECTS)
        if ordered:
            return hidden[sentence.start : sentence.stop][:200]
    return None
