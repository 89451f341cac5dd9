"""Where a key of the configuration stands in its file."""

import re


def at_line(text: str, place: tuple[str, ...]) -> str:
    """ " (line 12)" for a key of the TOML, or "" where it is not found."""
    wanted_index = next((int(part) for part in place if part.isdigit()), 0)
    names = [part for part in place if not part.isdigit()]
    table = ""
    array_index: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]", line)
        if header:
            table = header[2]
            if header[1] == "[[":
                array_index[table] = array_index.get(table, -1) + 1
        key = re.match(r"\s*([\w\-]+)\s*=", line)
        index = array_index.get(table.partition(".")[0], 0)
        path = [*table.split("."), key[1]] if key and table else table.split(".") if header else [key[1]] if key else []
        if path and path == names[: len(path)] and len(path) == len(names) and index == wanted_index:
            return f" (line {number})"
    return ""
