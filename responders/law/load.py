"""The laws, read once from `data/*.toml`. An unknown key or value stops with the file's name.

A file holds one law, several (`[[law]]`), or the American states: one `[pattern]`, and a `[[state]]` for each state
with what differs.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from intents.rights import Intent
from responders.law.regime import (
    Appeal,
    Binding,
    Calendar,
    Count,
    FurtherRight,
    Ground,
    IdentityRule,
    Law,
    Level,
    Period,
    Right,
    Rule,
    Start,
    Unverified,
)

DATA = Path(__file__).parent / "data"
LEVELS = {level.name.lower(): level for level in Level}
NOT_A_LAW = frozenset({"authorities.toml"})


@lru_cache(maxsize=1)
def laws() -> Mapping[str, Law]:
    """Every law by its name. Raises ValueError, naming the file, where a file is not as it should be."""
    found: dict[str, Law] = {}
    for path in sorted(DATA.glob("*.toml")):
        if path.name in NOT_A_LAW:
            continue
        for raw in _raw_laws(tomllib.loads(path.read_text(encoding="utf-8"))):
            try:
                law = _law(dict(raw))
            except (KeyError, ValueError, TypeError) as error:
                raise ValueError(f"{path.name}, {raw.get('name')}: {error!r}") from error
            found[law.name] = law
    return found


def right_of(value: str) -> Right:
    """The right with exactly this value. Raises ValueError."""
    return FurtherRight(value) if value in set(FurtherRight) else Intent(value)


def _raw_laws(data: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if "state" in data:
        return [_from_pattern(data["pattern"], state) for state in data["state"]]
    several: list[dict[str, Any]] = data.get("law", [data])
    return several


def _from_pattern(pattern: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    """A state's law: the pattern's rule with the state's own figures, then the state's further rules."""
    known = {"code", "title", "from", "source", "number", "extend", "without", "appeal", "rule", "ground", "note"}
    _refuse_unknown(state, known)
    common = pattern["rule"] | {
        key: state[key] for key in ("number", "extend", "source", "from", "note") if key in state
    }
    common["rights"] = [right for right in common["rights"] if right not in state.get("without", [])]
    rules = [*state.get("rule", []), common] if common["rights"] else state.get("rule", [])
    appeal = state.get("appeal")
    if appeal and appeal.get("days"):
        rules = [*rules, _appeal_rule(appeal, state["from"])]
    code = state["code"].lower()
    return {
        "name": f"us-{code}",
        "title": state["title"],
        "also": [code],
        "countries": [f"US-{state['code']}"],
        "authority": f"us-{code}",
        "source": state["source"],
        "rule": rules,
        "appeal": appeal,
        "identity": pattern["identity"],
        "unverified": pattern["unverified"],
        "ground": [*state.get("ground", []), *pattern["ground"]],
    }


def _appeal_rule(appeal: dict[str, Any], since: object) -> dict[str, Any]:
    rule = {"rights": ["appeal"], "from": since, "count": "days", "number": appeal["days"], "source": appeal["source"]}
    if appeal.get("extension_days"):
        rule |= {"extend": appeal["extension_days"], "extend_source": appeal["source"]}
    return rule


def _law(raw: dict[str, Any]) -> Law:
    binding = Binding(raw.pop("binding", "law"))
    law = Law(
        name=raw.pop("name"),
        title=raw.pop("title"),
        also=tuple(raw.pop("also", ())),
        binding=binding,
        countries=tuple(raw.pop("countries", ())),
        source=raw.pop("source"),
        authority=raw.pop("authority", ""),
        rules=tuple(_rule(dict(rule), binding) for rule in raw.pop("rule", ())),
        identity=tuple(_identity(dict(row)) for row in raw.pop("identity", ())),
        grounds=tuple(_ground(dict(row)) for row in raw.pop("ground", ())),
        appeal=_appeal(raw.pop("appeal", None)),
        unverified=tuple(_unverified(dict(row)) for row in raw.pop("unverified", ())),
    )
    _refuse_unknown(raw, set())
    return law


def _rule(raw: dict[str, Any], binding: Binding) -> Rule:
    count = Count(raw.pop("count", "days"))
    number, source = raw.pop("number", None), raw.pop("source")
    extend, ack = raw.pop("extend", None), raw.pop("ack", None)
    ack_count, calendar = Count(raw.pop("ack_count", "days")), Calendar(raw.pop("calendar", "none"))
    rule = Rule(
        rights=_rights(raw),
        from_day=raw.pop("from", None),
        until=raw.pop("until", None),
        period=None if number is None else Period(count, number, source),
        extend=None if extend is None else Period(count, extend, raw.pop("extend_source", source)),
        ack=None if ack is None else Period(ack_count, ack, raw.pop("ack_source")),
        calendar=calendar,
        ack_calendar=Calendar(raw.pop("ack_calendar", calendar)),
        roll=bool(raw.get("roll_source")),
        roll_source=raw.pop("roll_source", ""),
        remind_less=raw.pop("remind_less", 0),
        start=Start(raw.pop("start", "receipt")),
        start_source=raw.pop("start_source", ""),
        pausing=bool(raw.get("pause_source")),
        pause_source=raw.pop("pause_source", ""),
        alternative=raw.pop("alternative", ""),
        cease=bool(raw.get("cease_source")),
        cease_source=raw.pop("cease_source", ""),
        verify=raw.pop("verify", ""),
        silence=raw.pop("silence", ""),
        note=raw.pop("note", ""),
        binding=Binding(raw.pop("binding", binding)),
    )
    raw.pop("extend_source", None)
    _refuse_unknown(raw, set())
    return rule


def _rights(raw: dict[str, Any]) -> tuple[Right, ...]:
    return tuple(right_of(value) for value in raw.pop("rights"))


def _identity(raw: dict[str, Any]) -> IdentityRule:
    level = LEVELS[raw.pop("level")]
    account = LEVELS[raw.pop("account")] if "account" in raw else level
    return IdentityRule(rights=_rights(raw), level=level, account=account, note=raw.pop("note", ""), **raw)


def _ground(raw: dict[str, Any]) -> Ground:
    return Ground(rights=_rights(raw), from_day=raw.pop("from", None), until=raw.pop("until", None), **raw)


def _appeal(raw: dict[str, Any] | None) -> Appeal | None:
    if raw is None:
        return None
    raw = dict(raw)
    return Appeal(days=raw.pop("days", None), extension_days=raw.pop("extension_days", None), **raw)


def _unverified(raw: dict[str, Any]) -> Unverified:
    return Unverified(rights=_rights(raw), **raw)


def _refuse_unknown(raw: Mapping[str, object], known: set[str]) -> None:
    unknown = set(raw) - known
    if unknown:
        raise ValueError(f"unknown key {sorted(unknown)[0]!r}")
