"""The HTML twin of a letter's text: paragraphs, lists, quotes and links, and nothing else."""

import html
import re
from itertools import groupby

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_TAGS = {"- ": ("<ul>", "</ul>"), "> ": ("<blockquote>", "</blockquote>"), "": ("<p>", "</p>")}


def to_html(text: str, language: str) -> str:
    """A whole page. Every character of the text is escaped first; nothing is loaded from elsewhere."""
    body = "\n".join(_paragraph(part) for part in re.split(r"\n{2,}", text.strip("\n")))
    head = f'<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8"></head>'
    return f"{head}\n<body>\n{body}\n</body>\n</html>\n"


def _paragraph(part: str) -> str:
    return "\n".join(_run(kind, list(lines)) for kind, lines in groupby(part.split("\n"), key=_kind))


def _kind(line: str) -> str:
    return "> " if line == ">" else line[:2] if line[:2] in _TAGS else ""


def _run(kind: str, lines: list[str]) -> str:
    """Neighbouring lines of one kind as one element."""
    start, end = _TAGS[kind]
    inner = [_inline(line[len(kind) :]) for line in lines]
    if kind == "- ":
        return start + "".join(f"<li>{item}</li>" for item in inner) + end
    return start + "<br>\n".join(inner) + end


def _inline(line: str) -> str:
    """A line escaped, with its web addresses as links. Addresses are found before escaping, so none ends in half an
    entity."""
    if "://" not in line:
        return html.escape(line)
    parts, at = [], 0
    for found in _LINK.finditer(line):
        address = html.escape(found[0])
        parts += [html.escape(line[at : found.start()]), f'<a href="{address}">{address}</a>']
        at = found.end()
    return "".join([*parts, html.escape(line[at:])])
