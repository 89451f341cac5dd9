"""How well policy questions are answered: a table per policy beside plain BM25. Run it, it takes seconds.

`python tests/bench/policy_retrieval.py [FILE] [-v]`; FILE holds a policy a line: `{"policy","sentences","questions"}`,
each question with its text and the numbers of the relevant sentences (none: the policy does not answer it).
`hit`: a relevant sentence among the first three. `sure` is right where there is a hit.
"""

import json
import math
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from intents.policy import Policy

SHARED = Path(__file__).parents[2] / "../shared/letters/policy_questions.jsonl"


def bm25(sentences: list[str], question: str, k1: float = 1.5, b: float = 0.75) -> list[int]:
    """The numbers of the sentences, best first, by Okapi BM25 over lower-case words."""
    docs = [Counter(re.findall(r"\w+", s.lower())) for s in sentences]
    mean = sum(d.total() for d in docs) / len(docs)
    held = Counter(w for d in docs for w in d)

    def score(doc: Counter[str]) -> float:
        norm = k1 * (1 - b + b * doc.total() / mean)
        return sum(
            math.log(1 + (len(docs) - held[w] + 0.5) / (held[w] + 0.5)) * doc[w] * (k1 + 1) / (doc[w] + norm)
            for w in re.findall(r"\w+", question.lower())
            if doc[w]
        )

    scores = [score(doc) for doc in docs]
    return sorted(range(len(docs)), key=lambda at: -scores[at])


def measure(entry: dict[str, Any], *, verbose: bool = False) -> Counter[str]:
    """Counts over the questions of one policy."""
    sentences: list[str] = entry["sentences"]
    policy = Policy.parse("\n".join(sentences))
    numbers = {" ".join(s.split()): at for at, s in enumerate(sentences)}
    found: Counter[str] = Counter()
    for question in entry["questions"]:
        relevant = set(question["relevant"])
        answer = policy.answer(question["question"])
        top = [numbers[p.text] for p in answer.passages]
        hit = bool(relevant & set(top))
        found["asked"] += 1
        found["answerable"] += bool(relevant)
        found["top1"] += top[0] in relevant
        found["top3"] += hit
        found["sure"] += answer.sure
        found["sure_right"] += answer.sure and hit
        found["agree"] += answer.sure == hit
        baseline = bm25(sentences, question["question"])
        found["bm25_top1"] += baseline[0] in relevant
        found["bm25_top3"] += bool(relevant & set(baseline[:3]))
        if verbose and answer.sure != hit:
            print(f"  {'sure, wrong' if answer.sure else 'unsure, hit'}: {question['question']}")
    return found


def row(name: str, n: Counter[str]) -> str:
    """One line of the table, in per cent."""

    def share(part: str, of: str) -> str:
        return f"{100 * n[part] / n[of]:5.0f}" if n[of] else "    -"

    cells = [("bm25_top1", "answerable"), ("bm25_top3", "answerable"), ("top1", "answerable"), ("top3", "answerable")]
    cells += [("sure_right", "sure"), ("sure_right", "top3"), ("sure", "asked"), ("agree", "asked")]
    return f"{name:18}{n['asked']:5}{n['answerable']:6}" + "".join(f"{share(*cell):>8}" for cell in cells)


def main() -> None:
    files = [arg for arg in sys.argv[1:] if not arg.startswith("-")]
    path = Path(files[0]) if files else SHARED
    print(f"{'policy':18}{'asked':>5}{'answ.':>6}  bm25@1  bm25@3   top@1   top@3  sure:ok recall  is sure   agree")
    total: Counter[str] = Counter()
    for text in path.read_text("utf-8").splitlines():
        entry = json.loads(text)
        found = measure(entry, verbose="-v" in sys.argv)
        total += found
        print(row(entry["policy"], found))
    print(row("all", total))


if __name__ == "__main__":
    main()
