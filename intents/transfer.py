"""Transfer encodings (RFC 2045 section 6), undone as far as they can be; never raises."""

import binascii
import re

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PADDED_END = re.compile(rb"=+[ \t\r]*\n")


def transfer_decoded(body: bytes, encoding: bytes | None) -> bytes:
    """The bytes that were encoded; the body itself where the encoding is unknown or untrue."""
    name = (encoding or b"").split(b";")[0].split(b"(")[0].strip().lower()
    if name == b"base64":
        return _base64(body)
    if name == b"quoted-printable":
        return binascii.a2b_qp(body)
    if name in (b"x-uuencode", b"uuencode", b"uue", b"x-uue"):
        return _uuencoded(body)
    return body


def _base64(body: bytes) -> bytes:
    """Decoded up to the padding; what follows it (a list's footer) is kept as it stands if it is no more base64."""
    match = _PADDED_END.search(body)
    coded, rest = (body[: match.start()], body[match.end() :]) if match else (body, b"")
    letters = coded.translate(None, b" \t\r\n=")
    pure = letters.translate(None, letters.translate(None, _ALPHABET))
    if len(pure) < len(letters) * 0.95 or _reads_as_words(coded):
        return body
    pure = pure[: len(pure) - (len(pure) % 4 == 1)]
    decoded = binascii.a2b_base64(pure + b"=" * (-len(pure) % 4))
    if not rest.strip() or not decoded:
        return decoded
    return decoded + (b"\n" + rest if _reads_as_words(rest) else b"")


def _reads_as_words(data: bytes) -> bool:
    """Whether spaces stand within the lines, as they do in text and never in base64."""
    head = data[:2_000].strip()
    return head.count(b" ") * 20 > len(head)


def _uuencoded(body: bytes) -> bytes:
    decoded = []
    for line in body.split(b"\n"):
        if line.startswith((b"begin ", b"end")) or not line.strip():
            continue
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            return body
    return b"".join(decoded)
