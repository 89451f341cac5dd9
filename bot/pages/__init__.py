"""Our own HTML pages: Jinja2 with autoescape, no script, nothing fetched from anywhere."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def pages() -> Environment:
    """The pages of this folder; a name that is not given is an error."""
    return Environment(
        loader=PackageLoader("bot", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
