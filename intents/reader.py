"""The reading of a letter: from its newly typed text to the set of intents, with the words that decided it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from intents.articles import Article, articles, laws
from intents.case_replies import case_reply
from intents.clues import mood
from intents.corrections import Example, closest_example
from intents.fields import read_fields
from intents.findings import Finding
from intents.fold import clean, fold
from intents.language import UNDETERMINED, candidates
from intents.letter import Channel, Letter, Sender
from intents.lexicon import Lexicon, load
from intents.match import closest_phrase
from intents.reading import Reading, Why
from intents.rights import ORDER, RIGHTS, Intent
from intents.risks import read_risks
from intents.rules import RULES
from intents.sentences import Sentence, clauses, read_ideas, sentences
from intents.typed import typed_text

__all__ = ["Example", "read_letter", "read_text"]

DECIDED = 60
"""An intent is read from this score on."""
CONFIDENT = 70
"""Below this, a decided intent is still shown to a person."""
DOUBTED = 40
"""A right with at least this score that is not decided makes the reading unsure."""
READ_AT_MOST = 60_000
"""Characters of newly typed text that are read; nobody writes a longer request."""
_DATA = frozenset(("data", "personal", "privacy", "law"))
_PHRASE_WORDS = 12
_PHRASE_ALIKE = 88


@dataclass(slots=True)
class _Draft:
    """What one language's words find in the text."""

    language: str
    findings: list[Finding]
    sentences: list[Sentence]

    def worth(self) -> tuple[int, int]:
        return (max((f.score for f in self.findings), default=0), sum(len(s.hits) for s in self.sentences))


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
    folded = fold(text)
    guesses = candidates(text)
    drafts = [_draft(folded, load(language)) for language in _worth_trying(guesses)]
    draft = max(drafts, key=_Draft.worth)
    named = laws(folded)
    about_data = any(not sentence.ideas.isdisjoint(_DATA) for sentence in draft.sentences)
    findings = [*draft.findings, *_by_article(articles(folded, certain=bool(named) or about_data), draft)]
    scores = _scores(findings)
    reply = case_reply(text, draft.sentences, asks_right=any(scores[i] >= DECIDED for i in RIGHTS))
    reading = Reading(
        language=guesses[0][0] if guesses and guesses[0][1] > 0.3 else UNDETERMINED,
        intents=(Intent.OTHER,),
        scores=scores,
        why=_why(findings, text),
        case_reply=reply,
        fields=read_fields(text, draft.sentences),
        auto=bool(letter.auto_signs),
        risks=read_risks(text, draft.sentences),
        text=text,
        laws=named,
    )
    return _with_examples(_decided(reading), examples)


def _worth_trying(guesses: Sequence[tuple[str, float]]) -> list[str]:
    """The one likely language, or up to three where the text is too short to tell."""
    if not guesses:
        return ["en"]
    likely = [name for name, share in guesses if share >= 0.1][:3] or [guesses[0][0]]
    if guesses[0][1] > 0.8:
        likely = likely[:1]
    return likely if "en" in likely or guesses[0][1] > 0.8 else [*likely, "en"]


def _draft(folded: str, lexicon: Lexicon) -> _Draft:
    found = sentences(folded)
    findings: list[Finding] = []
    for sentence in found:
        read_ideas(sentence, lexicon)
        if sentence.ideas:
            for clause in clauses(sentence):
                meant = mood(clause)
                findings.extend(f for rule in RULES for f in rule(clause, meant) if f.score)
    findings.extend(_by_phrase(folded, found, lexicon))
    return _Draft(lexicon.language, findings, found)


def _by_phrase(folded: str, found: Sequence[Sentence], lexicon: Lexicon) -> Iterable[Finding]:
    """Whole short messages that the phrase file knows."""
    for sentence in found[:6]:
        if len(sentence.words) > _PHRASE_WORDS:
            continue
        said = " ".join(word.text for word in sentence.words)
        for name, phrases in lexicon.folded_phrases.items():
            match = closest_phrase(said, phrases, at_least=_PHRASE_ALIKE)
            if match and sentence.end != "?":
                yield Finding(Intent(name), match[1], sentence.start, sentence.stop)


def _by_article(named: Sequence[Article], draft: _Draft) -> Iterable[Finding]:
    """An article speaks for its right, unless the sentence only lists several."""
    for sentence in draft.sentences:
        inside = [article for article in named if sentence.start <= article.start < sentence.stop + 12]
        if not inside or len({article.intent for article in inside}) > 2 or sentence.end == "?":
            continue
        wish = sentence.ideas & {"want", "hereby", "please", "polite", "request_word"} or len(sentence.words) < 16
        for article in inside:
            yield Finding(article.intent, 78 if wish else 50, article.start, article.end, article.name)


def _scores(findings: Iterable[Finding]) -> dict[Intent, int]:
    scores = dict.fromkeys(ORDER, 0)
    for finding in findings:
        scores[finding.intent] = max(scores[finding.intent], finding.score)
    return scores


def _why(findings: Iterable[Finding], text: str) -> tuple[Why, ...]:
    best: dict[tuple[Intent, int], Finding] = {}
    for finding in sorted(findings, key=lambda f: (-f.score, f.start)):
        best.setdefault((finding.intent, finding.start), finding)
    kept = sorted(best.values(), key=lambda f: (ORDER.index(f.intent), -f.score, f.start))
    return tuple(Why(f.intent, text[f.start : f.end], f.score, f.start, f.end, f.article) for f in kept[:40])


def _decided(reading: Reading) -> Reading:
    """The set of intents and whether a person should look, from the scores."""
    scores = dict(reading.scores)
    rights: list[Intent] = [intent for intent in RIGHTS if scores[intent] >= DECIDED]
    intents: set[Intent] = set(rights)
    if not intents and scores[Intent.QUESTION] >= DECIDED:
        intents = {Intent.QUESTION}
    doubts = [intent for intent in RIGHTS if DOUBTED <= scores[intent] < CONFIDENT and intent not in intents]
    weak = [intent for intent in intents if scores[intent] < CONFIDENT]
    scores[Intent.OTHER] = 100 - max(scores.values())
    ordered = tuple(intent for intent in ORDER if intent in (intents or {Intent.OTHER}))
    return replace(reading, intents=ordered, scores=scores, unsure=bool(weak or doubts))


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
        scores[intent] = max(scores[intent], min(likeness, CONFIDENT - 1))
    added = set(reading.intents) | seen
    if added - {Intent.OTHER}:
        added.discard(Intent.OTHER)
    return replace(reading, scores=scores, intents=tuple(i for i in ORDER if i in added), unsure=True)
