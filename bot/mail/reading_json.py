"""A reading as JSON, between the child that reads and its parent: plain values only, nothing that could act."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from intents.reading import Fields, Reading, RiskSign, Why
from intents.rights import CaseReply, Intent, Risk

_FIELDS = tuple(field.name for field in fields(Fields))
_MADE = ("intents", "scores", "why", "case_reply", "fields", "risks", "laws")
_PLAIN = tuple(field.name for field in fields(Reading) if field.name not in _MADE)
"""Words, numbers and yes or no: they go over as they are."""


def values_of(reading: Reading) -> dict[str, Any]:
    """All of a reading, as json.dumps takes it."""
    values = {name: getattr(reading, name) for name in _PLAIN}
    return values | {
        "intents": reading.intents,
        "scores": {intent.value: score for intent, score in reading.scores.items()},
        "why": [[why.intent, why.text, why.score, why.start, why.end, why.article] for why in reading.why],
        "case_reply": reading.case_reply,
        "fields": [getattr(reading.fields, name) for name in _FIELDS],
        "risks": [[sign.risk, sign.text, sign.start, sign.end] for sign in reading.risks],
        "laws": reading.laws,
    }


def reading_from(values: Mapping[str, Any]) -> Reading:
    """The reading again. Raises ValueError, KeyError or TypeError for anything that is none."""
    claims = dict(zip(_FIELDS, values["fields"], strict=True))
    claims["references"] = tuple(claims["references"])
    return Reading(
        **{name: values[name] for name in _PLAIN},
        intents=tuple(Intent(name) for name in values["intents"]),
        scores={Intent(name): score for name, score in values["scores"].items()},
        why=tuple(Why(Intent(intent), *rest) for intent, *rest in values["why"]),
        case_reply=CaseReply(values["case_reply"]) if values["case_reply"] else None,
        fields=Fields(**claims),
        risks=tuple(RiskSign(Risk(risk), *rest) for risk, *rest in values["risks"]),
        laws=tuple(values["laws"]),
    )
