"""Answers from the company's own privacy policy: passages word for word, and whether they may be quoted unseen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from intents.policy_rank import Index, Question, weights
from intents.policy_text import parts

_LONGEST_QUESTION = 2_000
_ASKED = re.compile(r"[^.!?\n]*\?")


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or list item of the policy, word for word. `heading` may be empty; `score` runs from 0 to 100."""

    text: str
    heading: str
    score: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The best passages, best first. They may be quoted to the person only where `sure`; else a person answers."""

    sure: bool
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy, read once, ready for questions."""

    index: Index = field(repr=False)

    @staticmethod
    def parse(text: str) -> "Policy":
        """Read a policy in plain text or Markdown. The same text again costs nothing."""
        return _parse(text)

    def answer(self, question: str, *, top: int = 3, language: str | None = None) -> Answer:
        """The `top` passages nearest to `question`, in whichever of the eight full languages it is asked.

        `language` (ISO 639-1) helps where the caller knows it. Fewer passages come back only from a shorter policy.
        """
        asked = self.index.ask(_what_is_asked(question), language)
        chosen = self.index.best(asked, top)
        perfect = self.index.perfect(asked)
        passages = tuple(
            Passage(part.text, part.heading, max(0, min(100, round(100 * score / perfect))))
            for score, part in ((score, self.index.parts[at]) for score, at in chosen)
        )
        return Answer(_sure(self.index, asked, [at for _, at in chosen]), passages)


@lru_cache(maxsize=16)
def _parse(text: str) -> Policy:
    return Policy(Index(parts(text)))


def _what_is_asked(text: str) -> str:
    """The sentences with a question mark where there are some, else the whole text; at most 2,000 characters."""
    text = text[:_LONGEST_QUESTION]
    return " ".join(_ASKED.findall(text)) or text


def _sure(index: Index, question: Question, chosen: list[int]) -> bool:
    """Whether the question names a practice, says nothing vague or unknown, and the best passage carries it."""
    scale = weights()
    asked = question.direct.keys()
    if not scale.practices & asked or scale.vague & asked or not chosen or index.missing(question, chosen):
        return False
    return index.coverage(question, chosen[0]) >= scale.coverage and index.unknown(question, chosen) < scale.unknown


def ask_line(policy: Policy, line: Mapping[str, Any]) -> dict[str, Any]:
    """One line of `rightsdesk ask --jsonl`: `{"id","question"}` in, `{"id","sure","passages"}` out (a contract)."""
    answer = policy.answer(str(line["question"]))
    passages = [{"text": p.text, "heading": p.heading, "score": p.score} for p in answer.passages]
    return {"id": line["id"], "sure": answer.sure, "passages": passages}
