"""Letter templates and blocks as they lie in their files.

A file has a head, one blank line, and paragraphs. The head's lines are `# key: value`:

- `subject` (letters only): the true subject, without placeholders;
- `reviewed`: "no" until a lawyer has read the text, then who and when;
- `needs`, `unless` (blocks only): the block appears only if that placeholder has, or has no, value.

A paragraph may begin with `#: ACK-1 ACK-4`: the elements of `checklist.toml` it stands for. A paragraph that is only
`${block_name}` or `${law_name}` stands for the paragraphs of that block.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template

ROOT = Path(__file__).parent
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl")
HEAD_KEYS = frozenset({"subject", "reviewed", "needs", "unless"})
_INCLUDE = re.compile(r"\$\{(block|law)_([a-z_]+)\}")


class BadTemplate(ValueError):
    """A template file that breaks the rules above; the text names the file."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some lines of a template. `include` is ("block", "footer") where they stand for a block's paragraphs."""

    text: str
    elements: tuple[str, ...] = ()
    include: tuple[str, str] | None = None

    @property
    def placeholders(self) -> tuple[str, ...]:
        return () if self.include else tuple(Template(self.text).get_identifiers())


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One file, read. `reviewed` is False while the head says "no"."""

    subject: str
    reviewed: bool
    paragraphs: tuple[Paragraph, ...]
    needs: frozenset[str] = field(default_factory=frozenset)
    unless: frozenset[str] = field(default_factory=frozenset)


def parse(text: str, where: str) -> TemplateFile:
    """Read one file's text. Raises BadTemplate naming `where`."""
    head, _, body = text.partition("\n\n")
    keys = dict(_head_line(line, where) for line in head.splitlines())
    paragraphs = tuple(_paragraph(part, where) for part in re.split(r"\n{2,}", body.strip("\n")) if part)
    if "$" in keys.get("subject", ""):
        raise BadTemplate(f"{where}: a subject takes no placeholder")
    return TemplateFile(
        subject=keys.get("subject", ""),
        reviewed=keys.get("reviewed", "no") != "no",
        paragraphs=paragraphs,
        needs=frozenset(keys.get("needs", "").split()),
        unless=frozenset(keys.get("unless", "").split()),
    )


def _head_line(line: str, where: str) -> tuple[str, str]:
    found = re.fullmatch(r"# (\w+): (.+)", line)
    if not found or found[1] not in HEAD_KEYS:
        raise BadTemplate(f"{where}: {line!r} is no line of a head (`# subject: …`, then a blank line before the text)")
    return found[1], found[2].strip()


def _paragraph(part: str, where: str) -> Paragraph:
    elements: tuple[str, ...] = ()
    if part.startswith("#:"):
        first, _, part = part.partition("\n")
        elements = tuple(first[2:].split())
    if not Template(part).is_valid() or not part.strip():
        raise BadTemplate(f"{where}: empty paragraph or stray '$' in {part!r}")
    found = _INCLUDE.fullmatch(part)
    if not found and _INCLUDE.search(part):
        raise BadTemplate(f"{where}: a block stands alone in its paragraph: {part!r}")
    return Paragraph(part, elements, (found[1], found[2]) if found else None)


@cache
def load(language: str, name: str) -> TemplateFile | None:
    """The file `<language>/<name>.txt`, read once; None where there is none."""
    path = ROOT / language / f"{name}.txt"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return parse(text, f"{language}/{name}.txt")


@cache
def names(language: str = "en") -> tuple[str, ...]:
    """Names of the letters ("erase.done"), without blocks, sorted."""
    found = (path.name.removesuffix(".txt") for path in (ROOT / language).glob("*.txt"))
    return tuple(sorted(name for name in found if not name.startswith(("block.", "law."))))
