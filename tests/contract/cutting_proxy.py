"""A proxy in front of a PostgreSQL that cuts a connection at a message of choice, as a broken network does.

It listens on 127.0.0.1 and leads to a server on TCP or on a unix socket; without TLS. Messages are those that the
client sends after the start-up, counted over all connections from 1: statements mostly, each of the simple protocol's
or the several of the extended one's.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

When = Literal["before", "after"]
Choice = Callable[[int, bytes], bool]
_HEADER = 5


def at_commit(number: int, message: bytes) -> bool:
    """Choose the message that commits."""
    del number
    return b"COMMIT\0" in message


def at_message(wanted: int) -> Choice:
    """Choose the message of this number."""

    def choose(number: int, message: bytes) -> bool:
        del message
        return number == wanted

    return choose


def never(number: int, message: bytes) -> bool:
    """Choose none: messages are only counted."""
    del number, message
    return False


@dataclass
class CuttingProxy:
    """`when` the chosen message is cut: before the server has it, or after it has answered what the client never sees.

    Both sides' connections are closed then. Every later one is refused while `closed_afterwards`.
    """

    server: Mapping[str, str]
    chosen: Choice = never
    when: When = "before"
    closed_afterwards: bool = False
    messages: int = 0
    cut: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def running(self) -> Iterator[dict[str, str]]:
        """Serve while the block runs; gives what libpq connects by."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            threading.Thread(target=self._accept, args=(listening,), daemon=True).start()
            port = str(listening.getsockname()[1])
            yield {**self.server, "host": "127.0.0.1", "port": port, "sslmode": "disable", "gssencmode": "disable"}
            listening.shutdown(socket.SHUT_RDWR)

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listening.accept()
                if self.cut and self.closed_afterwards:
                    client.close()
                    continue
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = self._connect()
        muted = threading.Event()
        answers = threading.Thread(target=_forward, args=(server, client, muted), daemon=True)
        with client, server, contextlib.suppress(OSError, EOFError):
            length = _exactly(client, 4)
            server.sendall(length + _exactly(client, struct.unpack("!I", length)[0] - 4))
            answers.start()
            while True:
                header = _exactly(client, _HEADER)
                message = header + _exactly(client, struct.unpack("!I", header[1:])[0] - 4)
                if self._is_chosen(message):
                    if self.when == "after":
                        muted.set()
                        server.sendall(message)
                        _wait_until_quiet(server)
                    break
                server.sendall(message)
            for one in (server, client):
                one.shutdown(socket.SHUT_RDWR)

    def _is_chosen(self, message: bytes) -> bool:
        with self._lock:
            self.messages += 1
            if self.cut or not self.chosen(self.messages, message):
                return False
            self.cut = True
            return True

    def _connect(self) -> socket.socket:
        host, port = self.server.get("host", "127.0.0.1"), self.server.get("port", "5432")
        if not host.startswith("/"):
            return socket.create_connection((host, int(port)))
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.connect(str(Path(host) / f".s.PGSQL.{port}"))
        return made


_QUIET = 0.3


def _wait_until_quiet(server: socket.socket) -> None:
    """Let the server finish; what it answers is read, and dropped, by the other thread."""
    del server
    threading.Event().wait(_QUIET)


def _forward(server: socket.socket, client: socket.socket, muted: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while data := server.recv(65536):
            if not muted.is_set():
                client.sendall(data)


def _exactly(source: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = source.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data
