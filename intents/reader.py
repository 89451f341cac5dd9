"""The reading of a letter: from its newly typed text to the set of intents, with the words that decided it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from intents.alarm import asks_openly, may_ask, names_privacy
from intents.case_replies import bare_stop, case_reply, wants_code
from intents.codes import code_in
from intents.draft import Draft, draft
from intents.fields import read_fields
from intents.findings import Finding
from intents.fold import clean, fold
from intents.language import UNDETERMINED, candidates
from intents.letter import Channel, Letter, Sender
from intents.lexicon import load
from intents.marketing import about_marketing
from intents.opinion import Opinion, opinion
from intents.reading import Reading, Why
from intents.residence import residence
from intents.rights import ORDER, Intent
from intents.risks import read_risks
from intents.templates import fingerprint
from intents.triage import machine_signs
from intents.typed import typed_text
from intents.verdict import DECIDED, certainly, verdict

__all__ = ["machine_reading", "read_letter", "read_text"]

READ_AT_MOST = 40_000
"""Characters of newly typed text that are read; nobody writes a longer request."""


def read_text(subject: str, body: str, channel: Channel = Channel.EMAIL) -> Reading:
    """The reading of a bare subject and body, where words alone tell machine mail; see `read_letter`."""
    signs = tuple(machine_signs({}, subject, body, ()))
    letter = Letter(channel=channel, subject=subject, body=body, sender=Sender(None), auto_signs=signs)
    return read_letter(letter)


def read_letter(letter: Letter) -> Reading:
    """What `letter` asks. Pure and linear in its length; hidden text only ever raises a risk.

    A letter that only passes another one on is read, but a person decides, and no code or command in it counts.
    """
    typed = typed_text(letter)
    text = clean(typed.text)[:READ_AT_MOST]
    found, language = best_draft(text)
    thought = opinion(found)
    privacy = names_privacy(found, *thought.windows.get(Intent.QUESTION, (0, 0)))
    decided = verdict(
        _scores(found.findings),
        thought.scores,
        alarm=may_ask(found),
        openly=asks_openly(found),
        privacy=privacy,
        words=_length(found),
    )
    if bare_stop(found.sentences):
        decided = certainly(Intent.UNSUBSCRIBE, decided)
    if letter.auto_signs:
        decided = certainly(Intent.OTHER, decided)
    reading = Reading(
        language=language,
        intents=decided.intents,
        scores=decided.scores,
        why=_why(found, thought, decided.intents, text),
        auto=bool(letter.auto_signs),
        risks=read_risks(text, found.sentences, hidden=letter.hidden),
        unsure=decided.unsure or (typed.forwarded and decided.intents != (Intent.OTHER,)),
        text=text,
        laws=found.laws,
        country=residence(text),
        marketing=about_marketing(found, decided.intents),
    )
    fresh = bool(letter.subject.strip()) and not typed.is_reply
    reading = _as_reply(reading, found, thought, counts=not (typed.forwarded or letter.auto_signs), fresh=fresh)
    if reading.unsure or reading.intents != (Intent.OTHER,):  # nobody asks for the template of other letters
        reading = replace(reading, template=fingerprint(found.sentences))
    return reading


def machine_reading() -> Reading:
    """What `read_letter` makes of machine mail as far as anybody acts on it, without reading the text."""
    scores = dict.fromkeys(ORDER, 0) | {Intent.OTHER: 100}
    return Reading(language=UNDETERMINED, intents=(Intent.OTHER,), scores=scores, why=(), auto=True)


def _as_reply(reading: Reading, found: Draft, thought: Opinion, *, counts: bool, fresh: bool) -> Reading:
    """`reading` with what it says inside a case and its fields; without code and command where they do not count."""
    code = code_in(reading.text, found.sentences) if counts else None
    fields = read_fields(reading.text, found.sentences, code=code, language=found.language)
    if not counts:
        return replace(reading, fields=fields)
    return replace(
        reading,
        fields=fields,
        case_reply=case_reply(
            found.sentences, thought.scores, code=code is not None, asked=reading.intents, fresh=fresh
        ),
        wants_code=wants_code(found.sentences, thought.scores, code=code is not None),
    )


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


def _length(found: Draft) -> int:
    return sum(len(sentence.words) for sentence in found.sentences)


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
