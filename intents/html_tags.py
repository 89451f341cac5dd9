"""Kinds of HTML elements, and how much work nesting them makes for a parser."""

import re

MAX_STEPS = 100_000_000
"""About half a second. 100,000 tags nested 900 deep stay below it."""

BLOCKS = frozenset(
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
"""Elements that stand on lines of their own."""
SILENT = frozenset(
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
"""Elements whose content is not shown as text."""
_CLOSED_BY_ITSELF = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "colgroup",
        "html",
        "head",
        "body",
        "o",
        "v",
    ]
)
"""Void elements, and those that the next of their kind closes."""
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})")


def steps_to_parse(html: str) -> int:
    """An upper bound of a parser's work: at each tag it may search all open elements (WHATWG HTML 13.2.4.2)."""
    depth = steps = 0
    for match in _TAG.finditer(html):
        steps += depth + 1
        if steps > MAX_STEPS:
            break
        if match[2].lower() not in _CLOSED_BY_ITSELF:
            depth = depth + 1 if not match[1] else max(0, depth - 1)
    return steps
