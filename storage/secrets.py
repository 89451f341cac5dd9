"""Keys, sealing, look-up hashes, mail tokens and one-time codes.

AES-256-GCM (NIST SP 800-38D) with the place of use as associated data, so that a ciphertext can't be moved to another
row. Each ticket has its own key, wrapped by the master key; dropping the wrapped key makes the ticket unreadable in
every copy of the database. HMAC-SHA256 with separate keys for look-ups, mail tokens and codes.
"""

import base64
import hmac
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
NAME = 8
"""Length of a master key's public name, in front of whatever it wraps."""
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Readable aloud: no I, L, O, U, 0 or 1."""
CODE_LENGTH = 12
"""Characters of a code: 12 of 30 signs are 58 bits."""
TOKEN_BYTES = 10


class WrongKey(Exception):
    """The master key is not the one this was sealed with, or the sealed bytes were changed or moved."""


def seal(key: bytes, plain: bytes, place: str) -> bytes:
    """`plain` encrypted for `place`, with its nonce in front."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """The reverse of `seal`. Raises WrongKey."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place.encode())
    except InvalidTag as error:
        raise WrongKey(f"cannot be opened: {place}") from error


def new_key() -> bytes:
    """A fresh 256-bit key."""
    return AESGCM.generate_key(256)


def key_name(key: bytes) -> str:
    """A short public name of a master key, to tell keys apart."""
    return sha256(b"rightsdesk key name" + key).hexdigest()[:NAME]


@dataclass(frozen=True)
class Keeper:
    """Holds the master key and our own root key. Nothing of it is ever logged; its repr shows no key."""

    master: bytes
    root: bytes
    older: tuple[bytes, ...] = ()
    """Master keys that were in use before: they only open, nothing new is sealed with them."""
    brand: str | None = None
    """Whose look-up hashes, mail tokens and codes these are: those of one brand mean nothing in another. None looks at
    all brands, and writes for the one without a name, ""."""

    def __repr__(self) -> str:
        return f"Keeper({key_name(self.master)})"

    @cached_property
    def _look_up(self) -> bytes:
        return self._derived("look-up")

    @cached_property
    def _mail_token(self) -> bytes:
        return self._derived("mail token")

    @cached_property
    def _one_time_code(self) -> bytes:
        return self._derived("one-time code")

    def _derived(self, purpose: str) -> bytes:
        text = f"{purpose} of {self.brand}" if self.brand else purpose
        return hmac.digest(self.root, text.encode(), "sha256")

    def mine(self) -> dict[str, str]:
        """What narrows a query down to the rows of this brand; nothing for all of them."""
        return {} if self.brand is None else {"brand": self.brand}

    @cached_property
    def _master_name(self) -> bytes:
        return key_name(self.master).encode()

    def wrap(self, key: bytes, place: str) -> bytes:
        """`key` under the master key, with the master key's name in front."""
        return self._master_name + seal(self.master, key, f"key:{place}")

    def unwrap(self, wrapped: bytes, place: str) -> bytes:
        """The reverse of `wrap`, also under an older master key. Raises WrongKey."""
        name, sealed = bytes(wrapped[:NAME]), wrapped[NAME:]
        if name == self._master_name:
            return unseal(self.master, sealed, f"key:{place}")
        for master in self.older:
            if name == key_name(master).encode():
                return unseal(master, sealed, f"key:{place}")
        words = name.decode("ascii", "replace")
        raise WrongKey(f"sealed with master key {words}, but {self._master_name.decode()} was given")

    def is_current(self, wrapped: bytes) -> bool:
        """Whether a wrapped key is under the master key that is used now."""
        return wrapped[:NAME] == self._master_name

    def blind(self, value: str) -> str:
        """A keyed hash to look a value up by: the same value, the same 64 hex digits."""
        return hmac.digest(self._look_up, value.encode(), "sha256").hex()

    def address_hash(self, address: str) -> str:
        """The look-up hash of a mail address: compared without regard to case, dots and tags left alone."""
        return self.blind("address:" + address.casefold())

    def mailbox_hash(self, address: str) -> str:
        """The hash that limits are counted by: tags are folded too, since anna+1@ and anna+2@ fill one mailbox."""
        local, _, domain = address.rpartition("@")
        return self.address_hash(f"{local.partition('+')[0] or local}@{domain}")

    def token(self, text: str) -> str:
        """16 characters of HMAC that prove `text` is ours: 80 bits, lower-case base32."""
        digest = hmac.digest(self._mail_token, text.encode(), "sha256")[:TOKEN_BYTES]
        return base64.b32encode(digest).decode().lower()

    def token_fits(self, text: str, token: str) -> bool:
        """Whether `token` belongs to `text`; in constant time."""
        return hmac.compare_digest(self.token(text).encode(), token.encode("ascii", "replace"))

    def code_hash(self, code: str, *, ticket: int, address: str, purpose: str) -> str:
        """The keyed hash of a code, bound to what it is for."""
        bound = f"{plain_code(code)}|{ticket}|{address.casefold()}|{purpose}"
        return hmac.digest(self._one_time_code, bound.encode(), "sha256").hex()


def new_root(master: bytes) -> tuple[Keeper, bytes]:
    """A keeper with a fresh root key, and the root key wrapped for storing."""
    keeper = Keeper(master, new_key())
    return keeper, keeper.wrap(keeper.root, "root")


def open_root(master: bytes, wrapped: bytes, older: tuple[bytes, ...] = ()) -> Keeper:
    """The keeper of a database. Raises WrongKey where the master key is another one."""
    return Keeper(master, Keeper(master, b"", older).unwrap(wrapped, "root"), older)


def new_code() -> str:
    """A fresh one-time code, grouped for reading aloud: K7QM-2XFD-9RTA.

    It has a digit: twelve letters that somebody types in lower case could be three words.
    """
    signs = ""
    while not any(sign.isdigit() for sign in signs):
        signs = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(signs[i : i + 4] for i in range(0, CODE_LENGTH, 4))


def plain_code(code: str) -> str:
    """A code as it is compared: without spaces and dashes, in upper case."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def same(one: str, other: str) -> bool:
    """Whether two hashes are equal; in constant time."""
    return hmac.compare_digest(one, other)
