"""The reader's figures on labelled letters: per language and intent, with the confusion matrix and the wrong ones.

`python -m tests.bench.evaluate [--split dev|held|all] [--set own|shared|all] [--wrong N] [--lang LANG…] [--html FILE]`
Wrong ones are only shown of letters that may be looked at.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from intents import opinion_weights
from tests.bench.evaluate_html import write_html
from tests.bench.scored import NAMES, Line, replies, rows, scored, tally_of

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests/samples/labelled"
SHARED = ROOT / "../shared/letters/letters.jsonl"
SHARES = ("exact", "acted_wrongly", "missed", "unsure", "unsure_other")


def table(name: str, lines: Sequence[Line]) -> None:
    print(f"\n== {name}: {len(lines)} letters")
    head = f"{'lang':8}{'n':>5}{'macroF1':>9}" + "".join(f"{what[-8:]:>9}" for what in SHARES)
    print(head + "  " + " ".join(f"{intent[:7]:>7}" for intent in NAMES))
    for row in rows(lines):
        shares = "".join(f"{row.shares[what]:9.1%}" for what in SHARES)
        f1 = " ".join(f"{value:7.2f}" if value is not None else "      -" for value in row.f1)
        print(f"{row.name:8}{row.count:5}{row.macro:9.3f}{shares}  {f1}")
    seconds = sorted(line.seconds for line in lines)
    median, late = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)]
    print(f"ms of CPU a letter: median {median * 1e3:.2f}, p99 {late * 1e3:.2f}")
    print("case replies (right/wanted, false):", ", ".join(f"{k} {r}/{w}, {f}" for k, r, w, f in replies(lines)))


def matrix(lines: Sequence[Line]) -> None:
    """Wanted downwards, read across; "nothing" where nothing wrong was read in its place."""
    confused = tally_of(lines).confused
    print("\nwanted \\ read" + "".join(f"{intent[:7]:>9}" for intent in [*NAMES, "nothing"]))
    for wanted in NAMES:
        print(f"{wanted:13}" + "".join(f"{confused[wanted, read] or '.':>9}" for read in [*NAMES, "nothing"]))


def show_wrong(lines: Sequence[Line], count: int, languages: Sequence[str]) -> None:
    wrong = [line for line in lines if not line.exact and (not languages or line.lang in languages)]
    for line in wrong[:count]:
        sets = f"wanted {sorted(line.wanted)} fair {sorted(line.fair)} read {sorted(line.read)}"
        print(f"\n{line.id} [{line.lang}~{line.reading.language}] {sets} unsure={line.reading.unsure}")
        print("   ", (line.subject + " || " + line.body)[:500].replace("\n", " / "))
        print("   ", [(str(w.intent), w.score, w.text[:60]) for w in line.reading.why][:6])


def show_replies(lines: Sequence[Line]) -> None:
    for line in lines:
        if line.reading.case_reply != line.reply:
            text = line.body[:200].replace("\n", " / ")
            print("reply", line.id, "wanted", line.reply, "got", line.reading.case_reply, "|", text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="all", choices=("dev", "held", "all"))
    parser.add_argument("--set", default="all", dest="which", choices=("own", "shared", "all"))
    parser.add_argument("--wrong", type=int, default=0)
    parser.add_argument("--lang", nargs="*", default=[])
    parser.add_argument("--replies", action="store_true", help="show wrong case replies")
    parser.add_argument("--html", type=Path, help="write a report with the wrong ones")
    parser.add_argument("--weights", type=Path, help="other weights of the second opinion")
    args = parser.parse_args()
    if args.weights:
        opinion_weights.FILE = args.weights
    sets: dict[str, tuple[list[Line], bool]] = {}
    if args.which in ("own", "all"):
        lines = [line for path in sorted(OWN.glob("*.jsonl")) for line in scored(path, args.split)]
        sets[f"own, {args.split}"] = (lines, args.split == "dev")
    if args.which in ("shared", "all") and SHARED.exists():
        sets["shared"] = (list(scored(SHARED, "all")), args.which == "shared")
    for name, (lines, shown) in sets.items():
        table(name, lines)
        matrix(lines)
        if shown:
            show_wrong(lines, args.wrong, args.lang)
        if shown and args.replies:
            show_replies(lines)
    if args.html:
        write_html(args.html, sets)


if __name__ == "__main__":
    main()
