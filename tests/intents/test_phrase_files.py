"""The quick reader of phrase files says what the standard one says."""

import tomllib
from pathlib import Path

import pytest

from intents.phrase_files import parse

FILES = sorted((Path(__file__).parents[2] / "intents" / "phrases").glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_file_is_read_as_toml(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert parse(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        'a = 1\n[ideas]\none = ["x", "y\\t\\u00e9"]  # why\n',
        "[ideas]\none = ['x']\n",
        '[ideas]\none = ["x",]\n',
        '[ideas]\none = [\n"x"]\ntwo = "y"\n',
        "[ideas]\none = [1, 2]\n[ideas.more]\ntwo = []\n",
    ],
)
def test_other_forms_of_toml_are_read_too(text: str) -> None:
    assert parse(text) == tomllib.loads(text)


@pytest.mark.parametrize("text", ['[a]\nx = ["1"]\nx = ["2"]\n', "[a]\n[a]\n", '[a]\nx = ["1"\n', "[a]\nx = [nan0]\n"])
def test_mistakes_are_named_as_the_standard_reader_names_them(text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        parse(text)
