"""The reader's figures on labelled letters: per language and intent, with the confusion matrix and the wrong ones.

`python -m tests.bench.evaluate [--split dev|held|all] [--set own|shared|all] [--wrong N] [--html FILE]`
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from intents import opinion_weights
from intents.letter import Channel
from intents.reader import read_text
from intents.reading import Reading
from intents.rights import RIGHTS, Intent

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests/samples/labelled"
SHARED = ROOT / "../shared/letters/letters.jsonl"
GRAVE = {"erase", "rectify", "restrict", "object"}
FULL = ("en", "de", "fr", "es", "it", "nl", "pt", "pl")


@dataclass
class Line:
    """One labelled letter and what was read of it."""

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
    def counted(self) -> set[str]:
        """What was read, without what is neither rewarded nor punished."""
        extra = self.read - self.fair - self.wanted
        kept = (self.read & self.wanted) | extra
        return kept

    @property
    def exact(self) -> bool:
        missing = self.wanted - self.read
        if missing and (self.wanted & self.fair):
            missing -= self.fair
        return not (self.read - self.wanted - self.fair) and (
            not missing or (self.read <= self.fair and bool(self.read))
        )

    @property
    def acted_wrongly(self) -> bool:
        return bool((self.read & GRAVE) - self.wanted - self.fair) and not self.reading.unsure

    @property
    def missed(self) -> bool:
        rights = self.wanted & {str(r) for r in RIGHTS}
        return bool(rights) and self.read == {"other"} and "other" not in self.fair and not self.reading.unsure


@dataclass
class Tally:
    hit: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)

    def add(self, line: Line) -> None:
        fair_read = bool(line.read) and line.read <= line.fair
        for intent in line.wanted:
            if intent in line.read:
                self.hit[intent] += 1
            elif not fair_read and intent not in line.fair:
                self.missing[intent] += 1
        for intent in line.read - line.wanted - line.fair:
            self.extra[intent] += 1

    def f1(self, intent: str) -> float | None:
        total = 2 * self.hit[intent] + self.extra[intent] + self.missing[intent]
        return 2 * self.hit[intent] / total if total else None

    def macro(self) -> float:
        values = [f for f in (self.f1(str(i)) for i in Intent) if f is not None]
        return sum(values) / len(values) if values else 0.0


def lines(path: Path, split: str) -> Iterable[Line]:
    for raw in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(raw)
        if split != "all" and row.get("split", split) != split:
            continue
        start = time.process_time()
        reading = read_text(row["subject"], row["body"], Channel(row["channel"]))
        yield Line(
            row["id"], row["lang"], row["subject"], row["body"], set(row["intents"]), set(row.get("also_fair") or ()),
            row.get("case_reply"), reading, time.process_time() - start,
        )  # fmt: skip


def table(name: str, rows: Sequence[Line]) -> None:
    by_lang: dict[str, list[Line]] = defaultdict(list)
    for line in rows:
        by_lang[line.lang].append(line)
    groups = [
        *sorted(by_lang.items()),
        ("en", by_lang.get("en", [])),
        ("full-en", [r for r in rows if r.lang in FULL[1:]]),
        ("all", list(rows)),
    ]
    print(f"\n== {name}: {len(rows)} letters")
    print(
        f"{'lang':8}{'n':>5}{'macroF1':>9}{'exact':>7}{'wrongly':>9}{'missed':>8}{'unsure':>8}  "
        + " ".join(f"{str(i)[:7]:>8}" for i in Intent)
    )
    for lang, group in groups:
        if not group:
            continue
        tally = Tally()
        for line in group:
            tally.add(line)
        n = len(group)
        share = [sum(getattr(line, what) for line in group) / n for what in ("exact", "acted_wrongly", "missed")]
        unsure = sum(line.reading.unsure for line in group) / n
        f1s = " ".join(f"{f:8.2f}" if (f := tally.f1(str(i))) is not None else "       -" for i in Intent)
        print(f"{lang:8}{n:5}{tally.macro():9.3f}{share[0]:7.1%}{share[1]:9.1%}{share[2]:8.1%}{unsure:8.1%}  {f1s}")
    seconds = sorted(line.seconds for line in rows)
    print(
        f"ms per letter: median {seconds[len(seconds) // 2] * 1e3:.2f}, p99 {seconds[int(len(seconds) * 0.99)] * 1e3:.2f}"
    )


def show_wrong(rows: Sequence[Line], count: int, langs: Sequence[str]) -> None:
    wrong = [r for r in rows if not r.exact and (not langs or r.lang in langs)]
    for line in wrong[:count]:
        print(
            f"\n{line.id} [{line.lang}~{line.reading.language}] wanted {sorted(line.wanted)} fair {sorted(line.fair)} read {sorted(line.read)} unsure={line.reading.unsure}"
        )
        print("   ", (line.subject + " || " + line.body)[:500].replace("\n", " / "))
        print("   ", [(str(w.intent), w.score, w.text[:60]) for w in line.reading.why][:6])


def replies(rows: Sequence[Line], show: bool) -> None:
    wanted: Counter[str] = Counter()
    right: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for line in rows:
        got = line.reading.case_reply
        if line.reply:
            wanted[line.reply] += 1
            right[line.reply] += got == line.reply
        if got != line.reply:
            if got:
                false[str(got)] += 1
            if show:
                print("reply", line.id, "wanted", line.reply, "got", got, "|", line.body[:200].replace("\n", " / "))
    print("case replies:", {k: f"{right[k]}/{wanted[k]}" for k in sorted(wanted)}, "false:", dict(false))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="all")
    parser.add_argument("--set", default="all", dest="which")
    parser.add_argument("--wrong", type=int, default=0)
    parser.add_argument("--lang", nargs="*", default=[])
    parser.add_argument("--replies", action="store_true")
    parser.add_argument("--weights", type=Path, help="other weights of the second opinion")
    args = parser.parse_args()
    if args.weights:
        opinion_weights.FILE = args.weights
    if args.which in ("own", "all"):
        rows = [line for path in sorted(OWN.glob("*.jsonl")) for line in lines(path, args.split)]
        table(f"own, {args.split}", rows)
        replies(rows, args.replies and args.split == "dev")
        if args.wrong and args.split == "dev":
            show_wrong(rows, args.wrong, args.lang)
    if args.which in ("shared", "all") and SHARED.exists():
        rows = list(lines(SHARED, "all"))
        table("shared", rows)
        if args.wrong and args.which == "shared":
            show_wrong(rows, args.wrong, args.lang)


if __name__ == "__main__":
    main()
