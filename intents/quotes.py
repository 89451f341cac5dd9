"""What the writer typed anew in this letter, apart from quoted mails, signatures, disclaimers and footers.

A scanner of lines: each line is looked at a fixed number of times, so no text can hang it. Where a line may be
either, it counts as quoted, since a code or a command in our own quoted mail must never come back as the writer's word.
"""

from dataclasses import dataclass
from functools import lru_cache

from intents import quote_marks as marks

MAX_SIGNATURE_LINES = 15
MAX_ATTRIBUTION = 400
"""Characters."""
_WRAPPED = 50
"""A quoted line this long may have been broken by a mail program, its rest standing below without a mark."""


@dataclass(frozen=True, slots=True)
class Typed:
    """`text` is newly typed; `quoted` the earlier mails; `signature` also holds disclaimers and footers.

    `forwarded`: nothing was typed and the mail passes another one on. Then `text` is that mail, and a code in it is no
    code of the writer's.
    """

    text: str
    quoted: str = ""
    signature: str = ""
    forwarded: bool = False


@lru_cache(maxsize=1)  # a letter is asked for twice: for the signs of machines, and for its reading
def new_text(body: str, subject: str = "") -> Typed:
    """Take a letter apart. `subject` tells a reply from a forward where the body does not. Linear in the body."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").split("\n")
    scan = _Scan(lines)
    scan.run()
    typed, ends = _without_ends(scan.typed)
    text = _joined(typed)
    quoted = _joined(scan.quoted)
    if not text and quoted and _passes_on(scan, subject):
        return Typed(_joined(_unquoted(scan.quoted)), quoted, _joined(ends), forwarded=True)
    return Typed(text, quoted, _joined(ends))


class _Scan:
    """Sorts the lines of one body into typed and quoted."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.ends_in_colon = [line.rstrip(" \t\r*_").endswith((":", "：")) for line in lines]
        self.typed: list[str] = []
        self.quoted: list[str] = []
        self.forward = False
        self.header_block = False

    def run(self) -> None:
        place, count = 0, len(self.lines)
        while place < count:
            line = self.lines[place]
            if marks.is_quoted(line):
                place = self._quoted_run(place)
                continue
            mark = self._mark(place, line)
            if mark == 0:
                self.typed.append(line)
                place += 1
            elif mark > 0:
                self.quoted += self.lines[place : place + mark]
                place += mark
            else:
                self.quoted += self.lines[place:]
                return

    def _mark(self, place: int, line: str) -> int:
        """Lines that introduce marked (">") quotes from here; -1 if all that follows is quoted; 0 for a typed line."""
        if not line.strip() or len(line) > 2_000:
            return 0
        kind = marks.separator(line)
        block = marks.header_block_length(self.lines, place + 1 if kind else place)
        self.forward = self.forward or kind == "forward"
        self.header_block = self.header_block or block > 0
        if kind or block:
            length = 1 + (block or marks.label_lines(self.lines, place + 1)) if kind else block
            return length if self._next_is_quoted(place + length) else -1
        return self._attribution(place)

    def _attribution(self, place: int) -> int:
        """The length of a line that introduces a quote, broken into up to four by programs, if it begins here."""
        ends = self.ends_in_colon[place : place + 4]
        if True not in ends:
            return 0
        parts = [line.strip() for line in self.lines[place : place + ends.index(True) + 1]]
        if not all(parts) or any(map(marks.is_quoted, parts)) or sum(map(len, parts)) > MAX_ATTRIBUTION:
            return 0
        marked = self._next_is_quoted(place + len(parts))
        if marks.introduction_start(parts, strict=not marked) != 0:
            return 0
        return len(parts) if marked else -1

    def _next_is_quoted(self, place: int) -> bool:
        for line in self.lines[place : place + 3]:
            if line.strip():
                return marks.is_quoted(line)
        return False

    def _quoted_run(self, place: int) -> int:
        """A run of ">" lines and the rests of those that were broken."""
        count = len(self.lines)
        while place < count and marks.is_quoted(self.lines[place]):
            line = self.lines[place]
            self.forward = self.forward or marks.separator(line.lstrip("> ")) == "forward"
            self.quoted.append(line)
            place += 1
            if place < count and _is_rest(line, self.lines[place]):
                self.quoted.append(self.lines[place])
                place += 1
        return place


def _is_rest(quoted: str, line: str) -> bool:
    if not line.strip() or marks.is_quoted(line):
        return False
    return len(quoted) >= _WRAPPED and quoted.rstrip()[-1:] not in ".!?:;…"


def _passes_on(scan: _Scan, subject: str) -> bool:
    if scan.forward:
        return True
    return scan.header_block and marks.subject_kind(subject) != "reply"


def _unquoted(lines: list[str]) -> list[str]:
    return [line.lstrip("> ") if marks.is_quoted(line) else line for line in lines]


def _without_ends(lines: list[str]) -> tuple[list[str], list[str]]:
    """Typed lines without signature, program lines, disclaimers and footers; and those."""
    kept: list[str] = []
    ends: list[str] = []
    skipping = False
    after_blank = False
    first = True
    for place, line in enumerate(lines):
        words = line.strip()
        if not words:
            skipping, after_blank = False, True
            kept.append("")
            continue
        if (
            marks.is_signature_line(line)
            and len(lines[place + 1 : place + 2 + MAX_SIGNATURE_LINES]) <= MAX_SIGNATURE_LINES
        ):
            ends += lines[place:]
            break
        skipping = skipping or (after_blank and not first and marks.is_small_print(words))
        is_end = skipping or marks.is_program_line(words)
        (ends if is_end else kept).append(line)
        first = first and is_end
        after_blank = False
    return kept, ends


def _joined(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")
