"""The child that reads mails: bytes in, letters and readings out over a socket, under limits of CPU and memory.

Answers are JSON and never pickles, so that a child that hostile bytes have taken over cannot act in its parent. It is
forked by a process that has loaded all it needs (`bot.mail.nursery`), with no environment and no other open files, and
may write none. Kept free of asyncio and of all heavy imports.
"""

import contextlib
import dataclasses
import gc
import json
import math
import os
import resource
import socket
import struct
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO

from bot.mail.reading_json import reading_from, values_of
from intents.letter import AuthResult, Channel, Letter, Sender
from intents.message import Unreadable, read_message
from intents.reading import Reading

LENGTH = struct.Struct("!I")
"""Before each mail and each answer: its bytes."""

NUMBER = struct.Struct("!i")
"""What goes between nursery and process: zero for "ready" and for "one more", and the numbers of children."""

_READY = b"From: ready@rightsdesk.example\n\nready\n"
_FIELDS = tuple(field.name for field in dataclasses.fields(Letter))


def letter_to_json(letter: Letter, reading: Reading | None = None) -> bytes:
    """All of a letter, in the order of its fields, and what was understood of it."""
    values = {name: getattr(letter, name) for name in _FIELDS}
    sender = letter.sender
    values["sender"] = [sender.address, sender.display_name, sender.defect, sender.auth]
    values["date"] = letter.date.isoformat() if letter.date else None
    if reading is not None:
        values["reading"] = values_of(reading)
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def letter_from_json(data: bytes) -> Letter:
    """The letter again. Raises ValueError, KeyError or TypeError for anything that is none."""
    return both_from_json(data)[0]


def both_from_json(data: bytes) -> tuple[Letter, Reading | None]:
    """The letter, and its reading if the child was asked for one. Raises like `letter_from_json`."""
    values: dict[str, Any] = json.loads(data)
    read = values.pop("reading", None)
    address, name, defect, auth = values["sender"]
    values["sender"] = Sender(address, name, defect, AuthResult(auth))
    values["channel"] = Channel(values["channel"])
    values["date"] = datetime.fromisoformat(values["date"]) if values["date"] else None
    for key in ("to", "reply_to", "references", "auto_signs", "attachments", "defects"):
        values[key] = tuple(values[key])
    return Letter(**values), reading_from(read) if read is not None else None


def main() -> None:
    """Load all, say so (a zero), then fork a child for each socket that comes, until the parent closes its own.

    Arguments: seconds of CPU per mail, bytes of memory, authserv-id or "", "read" or "", the number of the socket.
    A child's number that comes over it is of one that was killed, and is waited for.
    """
    cpu_seconds, memory, authserv_id = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] or None
    understand = _reader() if sys.argv[4] else None
    ready = read_message(_READY)  # loads what is read once
    if understand is not None:
        understand(ready)
    gc.collect()
    gc.freeze()  # pages that no collection touches stay shared
    control = socket.socket(fileno=int(sys.argv[5]))
    control.sendall(NUMBER.pack(0))
    while True:
        message, sockets, _, _ = socket.recv_fds(control, NUMBER.size, 1)
        if not message:
            return
        if not sockets:
            os.waitpid(NUMBER.unpack(message)[0], 0)
            continue
        pid = os.fork()
        if pid == 0:
            control.close()
            try:
                _limit(memory)
                serve(socket.socket(fileno=sockets[0]), cpu_seconds, authserv_id, understand)
            finally:
                os._exit(1)
        os.close(sockets[0])
        control.sendall(NUMBER.pack(pid))


def serve(
    parent: socket.socket, cpu_seconds: int, authserv_id: str | None, understand: Callable[[Letter], Reading] | None
) -> None:
    """Answer mails until the parent closes the socket."""
    source, sink = parent.makefile("rb", 256 * 1024), parent.makefile("wb")
    while head := source.read(LENGTH.size):
        raw = source.read(LENGTH.unpack(head)[0])
        _limit_cpu(cpu_seconds)
        _answer(sink, raw, authserv_id, understand)
        del raw


def _reader() -> Callable[[Letter], Reading]:
    """The understanding of letters: imported only where it is asked for, as it takes its time."""
    from intents.lexicon import load_all
    from intents.reader import machine_reading, read_letter

    load_all()
    return lambda letter: machine_reading() if letter.auto_signs else read_letter(letter)


def _answer(
    sink: BinaryIO, raw: bytes, authserv_id: str | None, understand: Callable[[Letter], Reading] | None
) -> None:
    try:
        letter = read_message(raw, authserv_id=authserv_id)
        answer = letter_to_json(letter, understand(letter) if understand is not None else None)
    except Unreadable as reason:
        answer = b"!" + reason.reason.encode("utf-8")
    except MemoryError:
        os._exit(77)
    sink.write(LENGTH.pack(len(answer)))
    sink.write(answer)
    sink.flush()


def _limit(memory: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # macOS knows no limit of address space
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold letters
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _limit_cpu(seconds: int) -> None:
    """The kernel kills at the soft limit, which counts from the start of the process: moved up for each mail."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + seconds, hard))


if __name__ == "__main__":
    main()
