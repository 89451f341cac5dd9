"""Train the second opinion anew from our own sentences: the same sentences give the same file, bit for bit.

`python -m tests.bench.train [--without-dev] [--out FILE]`
"""

import argparse
import json
import random
import re
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from intents.fold import clean
from intents.letter import Channel, Letter, Sender
from intents.opinion_weights import FILE, LABELS
from intents.reader import READ_AT_MOST, best_draft
from intents.typed import typed_text
from tests.bench.composing import Text, composed
from tests.bench.learning import PROCESSES, Learner, Lesson, learn, pack

ROOT = Path(__file__).parents[2]
SENTENCES = ROOT / "tests/samples/training"
LETTERS = ROOT / "tests/samples/labelled"
_HEADER = re.compile(r"^\[([^\]]*)\]\s*$")
REPLIES = frozenset(label for label in LABELS if label.startswith("reply_"))

OFTEN = 6
"""How many times more letters are put together in English than in any other language."""
PART = 2_000
"""Texts that one process reads at a time."""
LONGEST_IN_HASTE = 160
"""Characters; longer texts are learnt from only once."""


def sentences() -> Iterator[Text]:
    """All of `training/*.txt`."""
    for path in sorted(SENTENCES.glob("*.txt")):
        yield from sentences_of(path)


def sentences_of(path: Path) -> Iterator[Text]:
    """Under a line "[erase access ~question]" one text a line; "~" marks what does not matter."""
    wanted: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    for line in path.read_text(encoding="utf-8").splitlines():
        if header := _HEADER.match(line):
            names = header.group(1).split()
            wanted = frozenset(n for n in names if not n.startswith("~") and n != "other")
            ignored = frozenset(n[1:] for n in names if n.startswith("~"))
            unknown = (wanted | ignored) - set(LABELS) - {"other"}
            if unknown:
                raise ValueError(f"{path.name}: {unknown}")
        elif line.strip() and not line.startswith("#"):
            yield line.strip().replace(" / ", "\n"), wanted, ignored - {"other"}


def longer(chance: random.Random) -> Iterator[Text]:
    """Longer letters put together from the sentences of each language."""
    languages: dict[str, list[Text]] = {}
    for path in sorted(SENTENCES.glob("*.txt")):
        if len(language := path.stem.split("_")[0]) == 2:
            languages.setdefault(language, []).extend(sentences_of(path))
    for language, texts in languages.items():
        yield from composed(texts, chance, times=OFTEN if language == "en" else 1)


def letters() -> Iterator[Text]:
    """The labelled letters that may be looked at."""
    for path in sorted(LETTERS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["split"] != "dev":
                continue
            letter = Letter(Channel(row["channel"]), row["subject"], row["body"], Sender(None))
            wanted = {intent for intent in row["intents"] if intent != "other"}
            if row["case_reply"] not in (None, "code"):
                wanted.add("reply_" + row["case_reply"])
            ignored = set(row["also_fair"]) - {"other"}
            if path.stem != "replies" and row["case_reply"] is None:
                ignored |= {"reply_thanks", "reply_details"}
            yield typed_text(letter).text, frozenset(wanted), frozenset(ignored - wanted)


def hasty(text: str, chance: random.Random) -> str:
    """The same text typed in haste: small letters, few marks, slips of the finger."""
    text = text.lower()
    if chance.random() < 0.6:
        text = re.sub(r"[.,;:!'’]", "", text)
    letters = list(text)
    for _ in range(max(1, len(letters) // 40)):
        at = chance.randrange(len(letters))
        if len(letters) > 8 and letters[at].isalpha():
            kind = chance.random()
            if kind < 0.35:
                del letters[at]
            elif kind < 0.65 and at + 1 < len(letters):
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            elif kind < 0.85:
                letters.insert(at, letters[at])
            else:
                letters[at] = chance.choice("etaoinsrhl")
    return "".join(letters)


Marked = tuple[str, frozenset[int], frozenset[int]]
"""What was typed, with the numbers of the wanted labels and of those that do not matter."""


def lessons(learner: Learner, *, with_letters: bool) -> list[Lesson]:
    """Every text, and every short one a second time as it is typed in haste; read in several processes."""
    chance = random.Random(11)
    texts = [*sentences(), *longer(chance), *(letters() if with_letters else ())]
    typed = list(_typed(texts, chance))
    parts = [typed[at : at + PART] for at in range(0, len(typed), PART)]
    with get_context("fork").Pool(PROCESSES) as pool:
        return [lesson for part in pool.imap(_read, parts) for lesson in learner.join(*part)]


def _typed(texts: list[Text], chance: random.Random) -> Iterator[Marked]:
    number = {label: place for place, label in enumerate(LABELS)}
    for text, wanted, ignored in texts:
        marks = frozenset(number[w] for w in wanted), frozenset(number[i] for i in ignored)
        in_haste = hasty(text, chance) if len(text) <= LONGEST_IN_HASTE else text
        for typed in dict.fromkeys((text, in_haste)):
            yield (typed, *marks)


def _read(part: list[Marked]) -> tuple[Learner, list[Lesson]]:
    learner = Learner()
    drafts = ((best_draft(clean(typed)[:READ_AT_MOST])[0], *marks) for typed, *marks in part)
    return learner, [learner.lesson(*drafted) for drafted in drafts]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-dev", action="store_true", help="for an honest figure on the dev letters")
    parser.add_argument("--out", type=Path, default=FILE)
    args = parser.parse_args()
    start = time.perf_counter()
    learner = Learner()
    taught = lessons(learner, with_letters=not args.without_dev)
    print(f"{len(taught)} lessons, {len(learner.names)} features, {time.perf_counter() - start:.0f} s")
    packed = pack(learner, learn(learner, taught))
    args.out.write_bytes(packed)
    print(f"{args.out}: {len(packed) / 1e6:.2f} MB, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
