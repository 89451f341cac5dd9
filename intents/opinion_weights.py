"""The weights of the second opinion, as they are kept in `data/opinion.bin` and in memory.

The file: a line of JSON, the sorted CRC-32s of the features, a row of signed bytes (one a label) for each.
In memory a row is one integer with a lane of 32 bits for each label; sums of rows are sums of lanes.
"""

import json
import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from zlib import crc32

from intents.rights import Intent

FILE = Path(__file__).parent / "data" / "opinion.bin"
LABELS = (
    *(str(intent) for intent in Intent if intent is not Intent.OTHER),
    "reply_cancel", "reply_not_me", "reply_status", "reply_details", "reply_thanks", "reply_again",
)  # fmt: skip
WIDTH = len(LABELS)
_LANE = 4
"""Bytes."""
MIDDLE = 1 << 31
"""Added to each lane, so that none is below zero."""
_MIDDLES = sum(1 << (8 * _LANE * label + 31) for label in range(WIDTH))
_BYTE_MIDDLE = sum(128 << (8 * _LANE * label) for label in range(WIDTH))
_SIGN = bytes((byte + 128) % 256 for byte in range(256))
_MOST_KNOWN = 20_000
_MARK_SHIFT = 12


@dataclass(frozen=True, slots=True)
class Weights:
    """`scale` is how many units make one log-odd; `bias` is in log-odds."""

    keys: Sequence[int]
    """Sorted; the row of a feature stands where its key does."""
    rows: bytes
    bias: tuple[float, ...]
    scale: float
    marks: bytes
    """One byte for each beginning of a key, 1 where there is such a key: most unknown features end here."""
    known: dict[int, int] = field(default_factory=dict)

    def total(self, features: Iterable[str]) -> int:
        """The sum of the rows of `features`, in lanes; unknown ones count nothing."""
        marks = self.marks
        keys = [key for key in map(crc32, map(str.encode, features)) if marks[key >> _MARK_SHIFT]]
        rows = [*map(self.known.get, keys)]
        return sum(rows) if None not in rows else sum(map(self._row, keys))  # type: ignore[arg-type]

    def _row(self, key: int) -> int:
        row = self.known.get(key)
        if row is None:
            place = bisect_left(self.keys, key)
            is_there = place < len(self.keys) and self.keys[place] == key
            row = _spread(self.rows[place * WIDTH : (place + 1) * WIDTH]) if is_there else 0
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()
            self.known[key] = row
        return row


def _spread(row: bytes) -> int:
    wide = bytearray(_LANE * WIDTH)
    wide[::_LANE] = row.translate(_SIGN)
    return int.from_bytes(wide, "little") - _BYTE_MIDDLE


def columns(rows: Sequence[int]) -> list[tuple[int, ...]]:
    """For each label its values in several sums of rows, each plus `MIDDLE`."""
    packed = b"".join([(row + _MIDDLES).to_bytes(_LANE * WIDTH, "little") for row in rows])
    values = struct.unpack(f"<{WIDTH * len(rows)}I", packed)
    return [values[label::WIDTH] for label in range(WIDTH)]


@cache
def weights() -> Weights:
    """The shipped weights."""
    return parse(FILE.read_bytes())


def parse(packed: bytes) -> Weights:
    """Weights from the bytes of their file."""
    head, _, data = packed.partition(b"\n")
    about = json.loads(head)
    count = about["rows"]
    keys = array("I", data[: 4 * count])
    if sys.byteorder == "big":
        keys.byteswap()
    marks = bytearray(1 << (32 - _MARK_SHIFT))
    for key in keys:
        marks[key >> _MARK_SHIFT] = 1
    return Weights(keys, data[4 * count :], tuple(about["bias"]), about["scale"], bytes(marks))
