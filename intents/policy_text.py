"""A privacy policy as passages: sentences and list items word for word, each with the heading above it."""

import re
from collections.abc import Iterator
from itertools import pairwise, zip_longest
from typing import NamedTuple

_HASHES = re.compile(r"\s{0,3}#{1,6}\s+(?=\S)")
_BOLD_LINE = re.compile(r"(\*\*|__)(?=\S)([^*_]+)\1 ?:?$")
_UNDERLINE = re.compile(r"\s{0,3}(=+|-{3,})\s*$")
_BULLET = re.compile(r"(\s*)(?:[-*+•◦▪‣·–]|\d{1,3}[.)]|\(?[a-z]{1,2}\)|[ivx]{1,4}[.)])\s+(?=\S)")
_CLOSERS = "\"'”’»)]*_"
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]*_]*\s+(?=[\"'“„«¿¡(\[*_]*[^\W\d_a-zà-ÿ]|[\"'“„«]*\d)")
_LAST_WORD = re.compile(r"(\S+?)[.!?…][\"'”’»)\]*_]*$")
_ABBREVIATIONS = frozenset(
    """eg e.g ie i.e etc inc ltd llc corp co no nr art sec st dr mr mrs ms prof vs al approx cf abs bzw ca usw ggf z.b
    d.h u.a p.ex ex n° sra dra núm sig dott pag par m.in np tzn ul tel bijv o.a d.w.z u.s e.u u.k p.o gmbh s.a s.r.l
    """.split()  # noqa: SIM905 - a list of forty strings reads worse
)

_LIST_LINES = 5
_LIST_BLOCKS = 20
_HEADING_WORDS = 12
_HEADING_CHARS = 90
_CAPITAL_WORDS = 6
"""How many words a heading may have that ends as a sentence does."""
_SMALL_WORDS = 4
"""Words so short need no capital in a heading such as "Changes to this Policy"."""


class Part(NamedTuple):
    """One passage. `lead` is the sentence that opens its list ("We collect:"), or empty."""

    text: str
    heading: str = ""
    lead: str = ""


class _Line(NamedTuple):
    text: str
    indent: int
    bullet: bool
    numbered: bool
    after_blank: bool


def parts(text: str) -> tuple[Part, ...]:
    """The passages of a policy in its own order. White space is made single; otherwise no character is changed.

    A file that holds one sentence a line gives exactly those lines back, without headings.
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    lines = text.split("\n")
    if _is_sentence_list(lines):
        return tuple(Part(_squeeze(line)) for line in lines if line.strip())
    return tuple(_walk(_read(lines)))


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _ends_sentence(line: str) -> bool:
    return line.rstrip(_CLOSERS + " ").endswith((".", "!", "?", ";", ":", "…"))


def _is_sentence_list(lines: list[str]) -> bool:
    """Whether each line is one sentence: nothing but lines, or blank lines between single sentences throughout."""
    filled = [line for line in lines if line.strip()]
    if len(filled) < _LIST_LINES or any(_HASHES.match(line) or _UNDERLINE.match(line) for line in filled):
        return False
    ended = sum(_ends_sentence(line) for line in filled)
    if len(filled) == len("\n".join(lines).strip("\n").split("\n")):
        return ended >= 0.6 * len(filled)
    single = sum(_ends_sentence(line) and len(sentences(line)) == 1 for line in filled)
    alone = all(not a.strip() or not b.strip() for a, b in pairwise(lines))
    return alone and len(filled) >= _LIST_BLOCKS and single >= 0.85 * len(filled)


def _read(lines: list[str]) -> list[_Line]:
    """Lines with their marks read; a wrapped line is joined to the one before it, a rule under a line makes it `#`."""
    out: list[_Line] = []
    blank = True
    for raw in lines:
        if not raw.strip():
            blank = True
            continue
        if _UNDERLINE.match(raw):
            if out and not blank:
                out[-1] = out[-1]._replace(text=f"# {out[-1].text}")
            blank = True
            continue
        mark = _BULLET.match(raw)
        body = _squeeze(raw[mark.end() :] if mark else raw)
        indent = len(mark.group(1)) if mark else len(raw) - len(raw.lstrip())
        if mark is None and not blank and out and _continues(out[-1], raw, body):
            out[-1] = out[-1]._replace(text=f"{out[-1].text} {body}")
        else:
            out.append(_Line(body, indent, mark is not None, bool(mark and mark.group().strip()[0].isdigit()), blank))
        blank = bool(_HASHES.match(raw))
    return out


def _continues(before: _Line, raw: str, body: str) -> bool:
    """Whether `body` is the rest of a line that was wrapped, and neither a heading nor a new sentence under one."""
    if _HASHES.match(raw) or _BOLD_LINE.match(body) or _BOLD_LINE.match(before.text):
        return False
    return not _ends_sentence(before.text) and (body[0].islower() or len(before.text) > 55 or not _titled(before.text))


def _walk(lines: list[_Line]) -> Iterator[Part]:
    heading = lead = ""
    for line, following in zip_longest(lines, lines[1:]):
        title = _heading(line, following)
        if title:
            heading, lead = title, ""
            continue
        if not line.bullet:
            lead = ""
        for sentence in sentences(line.text):
            if len(sentence.split()) > 2:
                yield Part(sentence, heading, lead)
        if line.text.endswith(":"):
            lead = sentences(line.text)[-1]


def _heading(line: _Line, following: _Line | None) -> str:
    """The words of a heading without marks, or empty."""
    marked = _HASHES.match(line.text)
    if marked:
        return line.text[marked.end() :].rstrip("# ").strip("*_ ")
    bold = _BOLD_LINE.match(line.text)
    if bold:
        return bold.group(2).strip().rstrip(":")
    if following is None or not _titled(line.text):
        return ""
    if line.bullet:
        deeper = following.indent > line.indent or not following.bullet
        asked = deeper and line.text.endswith(("?", ":"))
        numbered = line.numbered and not following.bullet and following.after_blank and not _ends_sentence(line.text)
        return line.text.rstrip(":") if asked or numbered else ""
    return line.text.rstrip(":") if line.after_blank else ""


def _titled(text: str) -> bool:
    """Whether `text` looks like a heading: short, not a sentence, no address or number list."""
    count = text.split()
    if (
        len(count) > _HEADING_WORDS
        or len(text) > _HEADING_CHARS
        or "@" in text
        or "://" in text
        or not text[0].isalnum()
    ):
        return False
    if text.endswith((".", ":")):
        return len(count) <= _CAPITAL_WORDS and _capitalised(count)
    return not text.endswith((",", ";")) and not text[0].islower()


def _capitalised(title: list[str]) -> bool:
    """Whether the words are written as in a title: "Do Not Track Signals", "Changes to this Policy"."""
    ends = title[0][0].isupper() and title[-1][0].isupper()
    return ends and all(word[0].isupper() or len(word) <= _SMALL_WORDS for word in title)


def sentences(text: str) -> list[str]:
    """The sentences of one paragraph, word for word. Abbreviations and single initials end none."""
    out: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        last = _LAST_WORD.search(text[max(start, end.end() - 40) : end.end()].strip())
        word = last.group(1).lstrip("(\"'“„").casefold() if last else ""
        numbered = word.isdigit() and end.start() - start <= len(word)
        if word in _ABBREVIATIONS or len(word) == 1 or numbered:
            continue
        out.append(text[start : end.end()].strip())
        start = end.end()
    rest = text[start:].strip()
    return [*out, rest] if rest else out
