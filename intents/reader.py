"""The reading of a letter: from its newly typed text to the set of intents, with the words that decided it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from intents.case_replies import case_reply
from intents.corrections import Example, closest_example
from intents.draft import Draft, draft
from intents.fields import read_fields
from intents.findings import Finding
from intents.fold import clean, fold
from intents.language import UNDETERMINED, candidates
from intents.letter import Channel, Letter, Sender
from intents.lexicon import load
from intents.opinion import Opinion, opinion
from intents.reading import Reading, Why
from intents.rights import ORDER, RIGHTS, Intent
from intents.risks import read_risks
from intents.typed import typed_text
from intents.verdict import DECIDED, verdict

__all__ = ["Example", "read_letter", "read_text"]

READ_AT_MOST = 60_000
"""Characters of newly typed text that are read; nobody writes a longer request."""


def read_text(
    subject: str, body: str, channel: Channel = Channel.EMAIL, *, examples: Sequence[Example] = ()
) -> Reading:
    """The reading of a bare subject and body; see `read_letter`."""
    return read_letter(Letter(channel=channel, subject=subject, body=body, sender=Sender(None)), examples=examples)


def read_letter(letter: Letter, *, examples: Sequence[Example] = ()) -> Reading:
    """What `letter` asks. Pure and linear in its length; hidden text only ever raises a risk.

    `examples` are corrections by staff: they may add a reading or a doubt, and never switch a deletion on for certain.
    """
    text = clean(typed_text(letter).text)[:READ_AT_MOST]
    found, language = best_draft(text)
    thought = opinion(found)
    rules = _scores(found.findings)
    decided = verdict(rules, thought.scores)
    reply = case_reply(text, found.sentences, asks_right=any(i in RIGHTS for i in decided.intents))
    reading = Reading(
        language=language,
        intents=decided.intents,
        scores=decided.scores,
        why=_why(found, thought, decided.intents, text),
        case_reply=reply,
        fields=read_fields(text, found.sentences),
        auto=bool(letter.auto_signs),
        risks=read_risks(text, found.sentences),
        unsure=decided.unsure,
        text=text,
        laws=found.laws,
    )
    return _with_examples(reading, examples)


def best_draft(text: str) -> tuple[Draft, str]:
    """The draft that understood most among the likely languages, and the language of the text."""
    guesses = candidates(text)
    folded = fold(text)
    drafts = [draft(folded, load(language)) for language in _worth_trying(guesses)]
    best = max(drafts, key=Draft.worth)
    return best, guesses[0][0] if guesses and guesses[0][1] > 0.3 else UNDETERMINED


def _worth_trying(guesses: Sequence[tuple[str, float]]) -> list[str]:
    """The one likely language, or up to three where the text is too short to tell."""
    if not guesses:
        return ["en"]
    likely = [name for name, share in guesses if share >= 0.1][:3] or [guesses[0][0]]
    if guesses[0][1] > 0.8:
        likely = likely[:1]
    return likely if "en" in likely or guesses[0][1] > 0.8 else [*likely, "en"]


def _scores(findings: Iterable[Finding]) -> dict[Intent, int]:
    scores = dict.fromkeys(ORDER, 0)
    for finding in findings:
        scores[finding.intent] = max(scores[finding.intent], finding.score)
    return scores


def _why(found: Draft, thought: Opinion, intents: Sequence[Intent], text: str) -> tuple[Why, ...]:
    """The findings of the rules, and the sentences that the model decided by where no rule did."""
    findings = list(found.findings)
    for intent in intents:
        if intent is not Intent.OTHER and not any(f.intent is intent and f.score >= DECIDED for f in findings):
            first, last = thought.windows[str(intent)]
            start, end = found.sentences[first].start, found.sentences[last].stop
            findings.append(Finding(intent, thought.scores[str(intent)], start, end))
    best: dict[tuple[Intent, int], Finding] = {}
    for finding in sorted(findings, key=lambda f: (-f.score, f.start)):
        best.setdefault((finding.intent, finding.start), finding)
    kept = sorted(best.values(), key=lambda f: (ORDER.index(f.intent), -f.score, f.start))
    return tuple(Why(f.intent, text[f.start : f.end], f.score, f.start, f.end, f.article) for f in kept[:40])


def _with_examples(reading: Reading, examples: Sequence[Example]) -> Reading:
    """A corrected letter much like this one adds what staff saw in it, as a doubt where it is grave."""
    close = closest_example(reading.text, examples)
    if close is None:
        return reading
    example, likeness = close
    seen = set(example.intents)
    if seen == set(reading.intents):
        return reading
    scores = dict(reading.scores)
    for intent in seen - {Intent.OTHER}:
        scores[intent] = max(scores[intent], likeness)
    added = set(reading.intents) | seen
    if added - {Intent.OTHER}:
        added.discard(Intent.OTHER)
    return replace(reading, scores=scores, intents=tuple(i for i in ORDER if i in added), unsure=True)
