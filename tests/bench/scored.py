"""Labelled letters with what was read of them, and the figures counted from them."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from intents.letter import Channel
from intents.reader import read_text
from intents.reading import Reading
from intents.rights import RIGHTS, Intent

GRAVE = {"erase", "rectify", "restrict", "object"}
FULL = ("en", "de", "fr", "es", "it", "nl", "pt", "pl")
NAMES = [str(intent) for intent in Intent]


@dataclass
class Line:
    """One labelled letter and what was read of it; `seconds` is CPU time."""

    id: str
    lang: str
    subject: str
    body: str
    wanted: set[str]
    fair: set[str]
    reply: str | None
    reading: Reading
    seconds: float

    @property
    def read(self) -> set[str]:
        return {str(intent) for intent in self.reading.intents}

    @property
    def exact(self) -> bool:
        """Whether the set is right; what is "also fair" is neither rewarded nor punished."""
        missing = self.wanted - self.read
        if missing and (self.wanted & self.fair):
            missing -= self.fair
        if self.read - self.wanted - self.fair:
            return False
        return not missing or (self.read <= self.fair and bool(self.read))

    @property
    def acted_wrongly(self) -> bool:
        return bool((self.read & GRAVE) - self.wanted - self.fair) and not self.reading.unsure

    @property
    def missed(self) -> bool:
        rights = self.wanted & {str(r) for r in RIGHTS}
        return bool(rights) and self.read == {"other"} and "other" not in self.fair and not self.reading.unsure


@dataclass
class Tally:
    """Hits, extras and misses by intent, and what was read instead of what."""

    hit: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, line: Line) -> None:
        fair_read = bool(line.read) and line.read <= line.fair
        extras = line.read - line.wanted - line.fair
        for intent in line.wanted:
            if intent in line.read:
                self.hit[intent] += 1
                self.confused[intent, intent] += 1
            elif not fair_read and intent not in line.fair:
                self.missing[intent] += 1
                self.confused.update((intent, read) for read in extras or ["nothing"])
        for intent in extras:
            self.extra[intent] += 1

    def f1(self, intent: str) -> float | None:
        total = 2 * self.hit[intent] + self.extra[intent] + self.missing[intent]
        return 2 * self.hit[intent] / total if total else None

    def macro(self) -> float:
        values = [f for f in map(self.f1, NAMES) if f is not None]
        return sum(values) / len(values) if values else 0.0


@dataclass
class Row:
    """The figures of one group of letters."""

    name: str
    count: int
    macro: float
    shares: dict[str, float]
    f1: list[float | None]


def tally_of(lines: Iterable[Line]) -> Tally:
    tally = Tally()
    for line in lines:
        tally.add(line)
    return tally


def row(name: str, lines: Sequence[Line]) -> Row:
    tally = tally_of(lines)
    count = max(len(lines), 1)
    others = [line for line in lines if line.wanted == {"other"} and line.reply is None]
    shares = {what: sum(getattr(line, what) for line in lines) / count for what in ("exact", "acted_wrongly", "missed")}
    shares["unsure"] = sum(line.reading.unsure for line in lines) / count
    shares["unsure_other"] = sum(line.reading.unsure for line in others) / max(len(others), 1)
    return Row(name, len(lines), tally.macro(), shares, [tally.f1(name) for name in NAMES])


def rows(lines: Sequence[Line]) -> list[Row]:
    """A row a language, then the groups that the figures to reach are set for."""
    languages = sorted({line.lang for line in lines})
    groups = [(lang, [line for line in lines if line.lang == lang]) for lang in languages]
    groups.append(("full-en", [line for line in lines if line.lang in FULL[1:]]))
    groups.append(("usable", [line for line in lines if line.lang not in FULL]))
    return [row(name, group) for name, group in [*groups, ("all", list(lines))] if group]


def scored(path: Path, split: str) -> Iterable[Line]:
    for raw in path.read_text(encoding="utf-8").splitlines():
        told = json.loads(raw)
        if split != "all" and told.get("split", split) != split:
            continue
        start = time.process_time()
        reading = read_text(told["subject"], told["body"], Channel(told["channel"]))
        seconds = time.process_time() - start
        wanted, fair = set(told["intents"]), set(told.get("also_fair") or ())
        texts = (told["id"], told["lang"], told["subject"], told["body"])
        yield Line(*texts, wanted, fair, told.get("case_reply"), reading, seconds)


def replies(lines: Sequence[Line]) -> list[tuple[str, int, int, int]]:
    """(kind, right, wanted, read where another or none was wanted) for each kind of case reply."""
    wanted: Counter[str] = Counter()
    right: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for line in lines:
        got = str(line.reading.case_reply) if line.reading.case_reply else None
        if line.reply:
            wanted[line.reply] += 1
            right[line.reply] += got == line.reply
        if got and got != line.reply:
            false[got] += 1
    return [(kind, right[kind], wanted[kind], false[kind]) for kind in sorted(wanted | false)]
