"""Waiting that other threads can end: a bell beside the socket one listens to."""

import contextlib
import selectors
import socket


class Bell:
    """ring() from any thread; wait() from one. `rung` counts the returns from wait()."""

    def __init__(self) -> None:
        self._in, self._out = socket.socketpair()
        self._in.setblocking(False)
        self._out.setblocking(False)
        self.rung = 0

    def ring(self) -> None:
        with contextlib.suppress(OSError):  # full: it rings already; closed: nobody waits
            self._in.send(b"!")

    def wait(self, seconds: float, sock: socket.socket | None = None) -> bool:
        """Until the bell rings, `sock` can be read, or the time is over; whether it was `sock`."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            if sock is not None:
                selector.register(sock, selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select(seconds)]
        self.rung += 1
        with contextlib.suppress(BlockingIOError):
            self._out.recv(4096)
        return sock is not None and sock in ready

    def close(self) -> None:
        self._in.close()
        self._out.close()
