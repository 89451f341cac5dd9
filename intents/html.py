"""HTML mail as the text a person sees, and apart from it the text nobody sees.

Quoted earlier mails become lines that begin with "> ", as in plain mail, so that `intents.quotes` finds them.
"""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from intents.html_style import hides, hiding_names, is_dark, is_white, names_of, squeezed
from intents.html_tags import BLOCKS, MAX_STEPS, SILENT, steps_to_parse
from intents.mime import Unreadable

MAX_HTML = 2_000_000
"""Characters read; real newsletters stay below 500,000."""
MAX_NODES = 150_000
MAX_HIDDEN = 20_000
MAX_QUOTES = 9

_QUOTE_CLASSES = frozenset({"yahoo_quoted"})
_SPACES = re.compile(r"[ \t\n\r\f]+")


@dataclass(slots=True)
class HtmlText:
    """`text` as seen, `hidden` as not seen (comments, scripts, invisible elements), cut to 20,000 characters."""

    text: str
    hidden: str
    defects: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _State:
    """What an element hands down to what stands in it."""

    hidden: bool = False
    quotes: int = 0
    coloured: bool = False
    """On a ground that is not white, so that white letters can be read."""
    preformatted: bool = False


def html_to_text(html: str) -> HtmlText:
    """What is seen and what is not. Raises `Unreadable` for HTML nested so deeply that a parser would choke on it."""
    if steps_to_parse(html[:MAX_HTML]) > MAX_STEPS:
        raise Unreadable("the HTML of the mail is nested too deeply")
    defects = [f"HTML cut to {MAX_HTML} of {len(html)} characters"] if len(html) > MAX_HTML else []
    element = LexborHTMLParser(html[:MAX_HTML]).root
    if element is None:
        return HtmlText("", "", defects)
    root = element.parent or element  # comments may stand before the element <html>
    writer = _Writer(hiding_names(sheet.text(deep=True) for sheet in root.css("style")[:20]))
    if not _walk(root, writer):
        defects.append(f"HTML cut after {MAX_NODES} elements")
    text = writer.text()
    if writer.hidden_words and not text.strip():
        defects.append("all text of the HTML is hidden from the eye")
    return HtmlText(text, " ".join(" ".join(writer.hidden).split())[:MAX_HIDDEN], defects)


def _walk(root: LexborNode, writer: "_Writer") -> bool:
    """Visit all nodes without recursion, however deep they are nested; False if there were too many."""
    node: LexborNode | None = root
    states = [_State()]
    for _ in range(MAX_NODES):
        if node is None:
            return True
        child = writer.enter(node, states)
        if child is not None:
            node = child
            continue
        while node is not None and node.next is None:
            node = node.parent
            if node is None or node.mem_id == root.mem_id:
                return True
            writer.leave(states.pop(), node.tag or "")
        node = node.next if node is not None else None
    return node is None


class _Writer:
    """Gathers lines while the tree is walked."""

    def __init__(self, hiding: frozenset[str]) -> None:
        self.hiding = hiding
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.hidden: list[str] = []
        self.hidden_length = 0
        self.hidden_words = False

    def enter(self, node: LexborNode, states: list[_State]) -> LexborNode | None:
        """Write one node; the first child to go on with, or None."""
        state = states[-1]
        tag = node.tag or ""
        if tag == "-text":
            self._words(node.text_content or "", state)
            return None
        if tag in ("-comment", "script"):
            self._hide(node.comment_content or "" if tag == "-comment" else node.text(deep=True))
            return None
        if tag == "br" and not state.hidden:
            self._break(state.quotes)
        elif tag in BLOCKS:
            self._end_line(state.quotes)
        if tag == "img":
            self._words(_image_words(node), state)
        child = None if tag in SILENT and tag != "head" else node.child
        if child is not None:
            inner = self._inside(node, tag, state)
            states.append(inner)
            self._begin(tag, inner)
        return child

    def leave(self, state: _State, tag: str) -> None:
        if tag in ("td", "th"):
            self.line.append(" ")
        elif tag in BLOCKS:
            self._end_line(state.quotes)
            if tag in ("p", "h1", "h2", "h3", "h4", "table", "ul", "ol", "blockquote"):
                self._blank(state.quotes)

    def text(self) -> str:
        self._end_line(0)
        return "\n".join(self.lines).strip("\n")

    def _begin(self, tag: str, state: _State) -> None:
        if tag == "li" and not state.hidden:
            self.line.append("- ")
        if tag == "p":
            self._blank(state.quotes)

    def _inside(self, node: LexborNode, tag: str, outer: _State) -> _State:
        attributes = node.attributes
        if not attributes and tag not in ("blockquote", "pre"):
            return outer if tag != "head" else _State(hidden=True)
        style = squeezed(attributes.get("style"))
        names = names_of(attributes)
        coloured = outer.coloured or is_dark(attributes, style)
        hidden = (
            outer.hidden
            or "hidden" in attributes
            or hides(style)
            or not self.hiding.isdisjoint(names)
            or (not coloured and is_white(attributes, style))
        )
        quotes = min(MAX_QUOTES, outer.quotes + _is_quote(tag, attributes, names, style))
        return _State(hidden, quotes, coloured, outer.preformatted or tag == "pre")

    def _words(self, words: str, state: _State) -> None:
        if state.hidden:
            self.hidden_words = self.hidden_words or bool(words.strip())
            self._hide(words)
            return
        if state.quotes != self.quotes and words.strip():
            self._end_line(self.quotes)
            self.quotes = state.quotes
        if state.preformatted:
            first, *more = words.split("\n")
            self.line.append(first)
            for line in more:
                self._break(state.quotes)
                self.line.append(line)
        else:
            self.line.append(_SPACES.sub(" ", words))

    def _hide(self, words: str) -> None:
        words = words.strip()
        if words and self.hidden_length < MAX_HIDDEN:
            self.hidden.append(words[:MAX_HIDDEN])
            self.hidden_length += len(words)

    def _end_line(self, quotes: int) -> None:
        """Finish the line if anything is on it; what follows is quoted `quotes` deep."""
        line = "".join(self.line).replace("\xa0", " ").rstrip()
        if line.strip():
            self.lines.append("> " * self.quotes + (line if line.startswith("  ") else line.strip()))
        self.line = []
        self.quotes = quotes

    def _break(self, quotes: int) -> None:
        """A forced line end: on an empty line it leaves a blank one."""
        if "".join(self.line).strip():
            self._end_line(quotes)
        else:
            self._blank(quotes)

    def _blank(self, quotes: int) -> None:
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append(">" * quotes)


def _image_words(node: LexborNode) -> str:
    words = (node.attributes.get("alt") or "").strip()
    return f"[{words}]" if 0 < len(words) < 80 else ""


def _is_quote(tag: str, attributes: dict[str, str | None], names: list[str], style: str) -> bool:
    """Whether this element holds an earlier mail. A blockquote without a border is how Gmail indents."""
    if tag == "blockquote":
        return not ("border:none" in style and "border-left" not in style)
    if tag != "div":
        return False
    return attributes.get("name") == "quote" or any(name[1:].removeprefix("x_") in _QUOTE_CLASSES for name in names)
