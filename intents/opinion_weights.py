"""The weights of the second opinion, as they are kept in `data/opinion.bin` and in memory.

The file: a line of JSON, the sorted CRC-32s of the features, a row of signed bytes (one a label) for each.
In memory a row is one integer with a lane of 32 bits for each label; sums of rows are sums of lanes.
"""

import json
import struct
from collections.abc import Collection, Mapping
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
_UNPACK = struct.Struct(f"<{WIDTH}I").unpack
_SIGN = bytes((byte + 128) % 256 for byte in range(256))
_MOST_KNOWN = 200_000


@dataclass(frozen=True, slots=True)
class Weights:
    """`scale` is how many units make one log-odd; `bias` is in log-odds."""

    places: Mapping[int, int]
    rows: bytes
    bias: tuple[float, ...]
    scale: float
    known: dict[str, int] = field(default_factory=dict)

    def total(self, features: Collection[str]) -> int:
        """The sum of the rows of `features`, in lanes; unknown ones count nothing."""
        rows = [*map(self.known.get, features)]
        if None in rows:
            rows = [self._row(feature) for feature in features]
        return sum(rows)  # type: ignore[arg-type]  # none is missing now

    def _row(self, feature: str) -> int:
        row = self.known.get(feature)
        if row is None:
            place = self.places.get(crc32(feature.encode()))
            row = 0 if place is None else _spread(self.rows[place * WIDTH : (place + 1) * WIDTH])
            if len(self.known) < _MOST_KNOWN:
                self.known[feature] = row
        return row


def _spread(row: bytes) -> int:
    wide = bytearray(_LANE * WIDTH)
    wide[::_LANE] = row.translate(_SIGN)
    return int.from_bytes(wide, "little") - _BYTE_MIDDLE


def lanes(row: int) -> tuple[int, ...]:
    """The value of each label in a sum of rows, plus `MIDDLE`."""
    unpacked: tuple[int, ...] = _UNPACK((row + _MIDDLES).to_bytes(_LANE * WIDTH, "little"))
    return unpacked


@cache
def weights() -> Weights:
    """The shipped weights."""
    return parse(FILE.read_bytes())


def parse(packed: bytes) -> Weights:
    """Weights from the bytes of their file."""
    head, _, data = packed.partition(b"\n")
    about = json.loads(head)
    count = about["rows"]
    keys = struct.unpack_from(f"<{count}I", data)
    return Weights(dict(zip(keys, range(count), strict=True)), data[4 * count :], tuple(about["bias"]), about["scale"])
