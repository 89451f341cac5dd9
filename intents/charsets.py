"""Bytes to text: charsets that are missing, wrong or unknown, and text that any database, JSON and screen can take."""

import codecs
import encodings.aliases
import re
from functools import lru_cache

_NOT_TEXT = frozenset(
    [
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "quopri_codec",
        "rot_13",
        "uu_codec",
        "zlib_codec",
        "idna",
        "punycode",
        "undefined",
        "mbcs",
        "oem",
    ]
)
_WIDER = {
    "ascii": "cp1252", "latin_1": "cp1252", "iso8859_1": "cp1252", "iso8859_9": "cp1254", "iso8859_11": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
    "iso2022_jp": "iso2022_jp_ext",
}  # fmt: skip
"""Senders name the standard and write its vendor's extension (WHATWG Encoding, labels)."""

_ODD_NAMES = {
    "x_sjis": "cp932", "ks_c_5601_1987": "cp949", "unicode_1_1_utf_7": "utf_7", "utf8mb4": "utf_8", "x_gbk": "gb18030",
    "x_euc_jp": "euc_jp", "x_user_defined": "cp1252", "ansi": "cp1252", "iso_8859_8_i": "iso8859_8",
    "x_mac_roman": "mac_roman",
    "cp_850": "cp850", "windows_31j": "cp932", "x_big5": "big5hkscs", "utf8": "utf_8", "utf_8": "utf_8",
}  # fmt: skip
_KNOWN = {name for name in encodings.aliases.aliases.values() if name not in _NOT_TEXT}
_SHIFTED = ("iso2022", "utf_7", "utf_16", "utf_32", "hz")
"""Charsets whose bytes may all look like ASCII, so that the label must be believed first."""
_MANY_BYTES = ("gb", "cp93", "cp94", "cp95", "big5", "euc", "johab", "shift")
_BOMS = ((codecs.BOM_UTF8, "utf_8"), (codecs.BOM_UTF16_LE, "utf_16"), (codecs.BOM_UTF16_BE, "utf_16"))

_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters, lone surrogates, and marks that show nothing but split words or turn the line round."""
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_TOO_MANY_WRONG = 2_000


def _cp1252_for_wrong_bytes(error: UnicodeError) -> tuple[str, int]:
    """An error handler: the bytes that are no UTF-8 are read as Windows wrote them."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "ignore") or wrong.decode("latin-1"), error.end


codecs.register_error("rightsdesk_cp1252", _cp1252_for_wrong_bytes)


@lru_cache(maxsize=256)
def known_charset(name: str) -> str | None:
    """Python's name of a text charset, widened to what senders mean; None where unknown. Looks up no foreign names."""
    key = re.sub(r"[^a-z0-9]+", "_", name.lower()[:60]).strip("_")
    found = _ODD_NAMES.get(key) or encodings.aliases.aliases.get(key) or (key if key in _KNOWN else None)
    if found is None or found in _NOT_TEXT:
        return None
    return _WIDER.get(found, found)


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`, whatever its label says; never raises.

    Shifted and many-byte charsets are believed where they fit. Otherwise UTF-8, then the label, then Windows-1252.
    """
    for mark, charset in _BOMS:
        if data.startswith(mark):
            return data[len(mark) if charset == "utf_8" else 0 :].decode(charset, "replace")
    charset_named = known_charset(declared) if declared else None
    if charset_named and charset_named.startswith(_SHIFTED):
        return _decode_shifted(data, charset_named)
    if data.isascii():
        return data.decode("ascii")
    if charset_named and charset_named.startswith(_MANY_BYTES):
        strict = _try(data, charset_named)
        if strict is not None:
            return strict
    return _decode_loose(data, charset_named)


def _decode_shifted(data: bytes, charset: str) -> str:
    strict = _try(data, charset)
    if strict is not None:
        return strict
    if charset.startswith("iso2022_jp"):
        return data.decode("iso2022_jp_ext", "ignore")
    if charset.startswith("utf_7") or (data.isascii() and b"\0" not in data):
        return data.decode("utf_8", "rightsdesk_cp1252")
    return data.decode(charset, "ignore")


def _decode_loose(data: bytes, charset: str | None) -> str:
    strict = _try(data, "utf_8")
    if strict is not None:
        return strict
    if charset and charset != "utf_8":
        strict = _try(data, charset)
        if strict is not None:
            return strict
        if charset.startswith(_MANY_BYTES):
            return data.decode(charset, "ignore")
    if charset == "utf_8" or _mostly_utf8(data):
        return data.decode("utf_8", "rightsdesk_cp1252")
    return data.decode("cp1252", "rightsdesk_latin1")


def _mostly_utf8(data: bytes) -> bool:
    return len(data.decode("utf_8", "ignore").encode("utf_8")) > len(data) - min(len(data) // 20, _TOO_MANY_WRONG)


def _latin1_for_wrong_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("rightsdesk_latin1", _latin1_for_wrong_bytes)


def _try(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset)
    except (UnicodeError, LookupError):
        return None


def clean(text: str) -> str:
    r"""Text with "\n" line ends, without NUL, control characters, surrogates and invisible marks."""
    if text.isascii() and text.isprintable():
        return text
    if _LINE_ENDS.search(text):
        text = _LINE_ENDS.sub("\n", text)
    return _UNWANTED.sub("", text)


def clean_line(text: str) -> str:
    """`clean`, on one line: every run of white space is one space."""
    return " ".join(clean(text).split())
