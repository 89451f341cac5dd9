"""Signs in a letter that call for a person's eye before anything happens. Text is data: a sign never acts."""

from collections.abc import Sequence

from intents.reading import RiskSign
from intents.rights import Risk
from intents.sentences import Sentence

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


def read_risks(text: str, sentences: Sequence[Sentence]) -> tuple[RiskSign, ...]:
    """The risks the sentences show, gravest first, one sign each."""
    signs: dict[Risk, RiskSign] = {}
    for sentence in sentences:
        if sentence.ideas.isdisjoint(_IDEAS):
            continue
        for hit in sentence.hits:
            risk = _IDEAS.get(hit.idea)
            if risk is not None and risk not in signs:
                start, end = sentence.words[hit.first].start, sentence.words[hit.last].end
                signs[risk] = RiskSign(risk, text[start:end], start, end)
    return tuple(signs[risk] for risk in _IDEAS.values() if risk in signs)
