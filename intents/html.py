"""HTML mail as the text a person sees, and apart from it the text nobody sees.

Quoted earlier mails become lines that begin with "> ", as in plain mail, so that `intents.quotes` finds them.
"""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_HTML = 2_000_000
"""Characters read; real newsletters stay below 500,000."""
MAX_NODES = 150_000
MAX_HIDDEN = 20_000

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset(
    [
        "style",
        "head",
        "title",
        "meta",
        "link",
        "base",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "select",
        "textarea",
        "audio",
        "video",
    ]
)
_HIDING = re.compile(
    r"(?:^|;)(?:display:none|visibility:hidden|opacity:0(?:\.0\d*)?(?:;|$)|mso-hide:all|font-size:(?:0|1px|0?\.\d)|"
    r"max-height:0(?:px)?(?:;|$)|text-indent:-\d{3,}|(?:left|top):-\d{3,})"
)
_COLOUR = re.compile(r"(?:^|;)color:([^;]{1,40})")
_GROUND = re.compile(r"(?:^|;)background(?:-color|-image)?:([^;]{1,80})")
_WHITE = re.compile(
    r"(?:white|#fff(?:fff)?|#f[d-f]f[d-f]f[d-f]|rgba?\(25[3-5],25[3-5],25[3-5].{0,6}\)|transparent|rgba\(\d+,\d+,\d+,0\))"
    r"(?:!important)?"
)
_QUOTE_CLASSES = frozenset({"yahoo_quoted", "moz-forward-container"})
_SIMPLE_RULE = re.compile(r"([.#][\w-]{1,80})$")
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
    """Linear in the length of the HTML."""
    defects = [f"HTML cut to {MAX_HTML} of {len(html)} characters"] if len(html) > MAX_HTML else []
    root = LexborHTMLParser(html[:MAX_HTML]).root
    if root is None:
        return HtmlText("", "", defects)
    writer = _Writer(_hiding_names(root))
    if not _walk(root, writer):
        defects.append(f"HTML cut after {MAX_NODES} elements")
    return HtmlText(writer.text(), " ".join(" ".join(writer.hidden).split())[:MAX_HIDDEN], defects)


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
        elif tag in _BLOCKS:
            self._end_line(state.quotes)
        if tag == "img":
            self._words(_image_words(node), state)
        child = None if tag in _SILENT and tag != "head" else node.child
        if child is not None:
            inner = self._inside(node, tag, state)
            states.append(inner)
            self._begin(tag, inner)
        return child

    def leave(self, state: _State, tag: str) -> None:
        if tag in ("td", "th"):
            self.line.append(" ")
        elif tag in _BLOCKS:
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
        style = (attributes.get("style") or "").lower().replace(" ", "").replace("\n", "") if attributes else ""
        names = _names(attributes)
        ground = _GROUND.search(style)
        dark = bool(ground and not _WHITE.match(ground[1])) or (attributes.get("bgcolor") or "#fff").lower() not in (
            "#fff",
            "#ffffff",
            "white",
        )
        coloured = outer.coloured or dark
        hidden = (
            outer.hidden
            or "hidden" in attributes
            or (bool(style) and bool(_HIDING.search(style)))
            or (bool(names) and not self.hiding.isdisjoint(names))
            or (not coloured and _is_white(attributes, style))
        )
        quotes = outer.quotes + _is_quote(tag, attributes, names, style)
        return _State(hidden, quotes, coloured, outer.preformatted or tag == "pre")

    def _words(self, words: str, state: _State) -> None:
        if state.hidden:
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


def _names(attributes: dict[str, str | None]) -> list[str]:
    """Classes as ".x" and the id as "#x"; new and old Outlook put "x_" before names of a quoted mail."""
    names = [f".{name}" for name in (attributes.get("class") or "").split()[:20]]
    identity = attributes.get("id")
    return [*names, f"#{identity}"] if identity else names


def _is_white(attributes: dict[str, str | None], style: str) -> bool:
    colour = _COLOUR.search(style)
    value = colour[1] if colour else (attributes.get("color") or "").lower().replace(" ", "")
    return bool(value and _WHITE.fullmatch(value))


def _is_quote(tag: str, attributes: dict[str, str | None], names: list[str], style: str) -> bool:
    """Whether this element holds an earlier mail. A blockquote without a border is how Gmail indents."""
    if tag == "blockquote":
        return not ("border:none" in style and "border-left" not in style)
    if tag != "div":
        return False
    return attributes.get("name") == "quote" or any(name[1:].removeprefix("x_") in _QUOTE_CLASSES for name in names)


def _hiding_names(root: LexborNode) -> frozenset[str]:
    """Classes and ids that a style sheet hides outside of any @media block."""
    hiding: set[str] = set()
    for sheet in root.css("style")[:20]:
        depth, selector = 0, ""
        for piece in re.split(r"([{}])", sheet.text(deep=True)[:200_000]):
            if piece == "{":
                depth += 1
            elif piece == "}":
                depth = max(0, depth - 1)
            elif depth == 0:
                selector = piece
            elif (
                depth == 1 and "@" not in selector and _HIDING.search(piece.lower().replace(" ", "").replace("\n", ""))
            ):
                found = (_SIMPLE_RULE.search(one.strip()) for one in selector.split(",")[:50])
                hiding.update(match[1] for match in found if match and match[0] == match[1])
    return frozenset(hiding)
