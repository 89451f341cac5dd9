"""A reading: what we understood of one letter, with the words that decided it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from intents.rights import CaseReply, Intent, Risk


@dataclass(frozen=True, slots=True)
class Why:
    """Words of the letter that spoke for an intent.

    `start` and `end` are character offsets into `Reading.text`; `score` runs from 0 to 100;
    `article` is the article of law the words name ("Art. 15 GDPR"), or None.
    """

    intent: Intent
    text: str
    score: int
    start: int
    end: int
    article: str | None = None


@dataclass(frozen=True, slots=True)
class RiskSign:
    """Words that call for a person's eye; offsets as in `Why`."""

    risk: Risk
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fields:
    """What the letter says about the request. Every field is the writer's claim, never a fact.

    `references` are the person's own ("My reference: …"), to be echoed in the answer.
    """

    email: str | None = None
    name: str | None = None
    code: str | None = None
    field: str | None = None
    old_value: str | None = None
    new_value: str | None = None
    on_behalf_of: str | None = None
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What we understood of one letter.

    `text` is the newly typed text (without quotes, signature and footers) that all offsets point into.
    `language` is ISO 639-1, or "und" where the text is too short to tell.
    `intents` is in the order of `rights.ORDER`, never empty: `(Intent.OTHER,)` where nothing was found.
    `scores` run from 0 to 100 for every intent. `unsure` means a person decides.
    `auto` means machine mail: never answered. `article` laws named are in `laws` ("gdpr", "ccpa", …).
    `template` is the fingerprint of a long letter's wording without names and numbers (`templates`), or None: letters
    of one app or agent come in waves. `marketing`: what is objected to is direct marketing (GDPR art. 21(2)).
    `wants_code`: the writer asks for a new code.
    """

    language: str
    intents: tuple[Intent, ...]
    scores: Mapping[Intent, int]
    why: tuple[Why, ...] = ()
    case_reply: CaseReply | None = None
    fields: Fields = field(default_factory=Fields)
    auto: bool = False
    risks: tuple[RiskSign, ...] = ()
    unsure: bool = False
    text: str = ""
    laws: tuple[str, ...] = ()
    country: str | None = None
    template: str | None = None
    marketing: bool = False
    wants_code: bool = False

    @property
    def risk(self) -> Risk | None:
        """The gravest risk, or None."""
        return self.risks[0].risk if self.risks else None
