"""Which addresses we write to: plain ASCII ones that every server reads the same way (RFC 5321, 4.1.2)."""

import re

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}"  # dots anywhere: some providers issue names like a..b@
_QUOTED = r'"(?:[ !#-\[\]-~]|\\[ -~]){1,62}"'
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?:{_ATEXT}|{_QUOTED})@(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]{{2,45}}\])")


def plain_address(address: str) -> str:
    """`address` itself. ValueError unless it is one bare mailbox: no display name, no list, no route, no control."""
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        raise ValueError("not a plain mail address")
    return address
