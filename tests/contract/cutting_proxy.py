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


@dataclass
class AtStatement:
    """Choose the message that has the server do the Nth statement; `count` is how many there were."""

    wanted: int = 0
    count: int = 0

    def __call__(self, number: int, message: bytes) -> bool:
        """Count the simple queries, and the ends of what the extended protocol says in several messages."""
        del number
        if message[:1] not in {b"Q", b"S"}:
            return False
        self.count += 1
        return self.count == self.wanted


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
        muted, answered = threading.Event(), threading.Event()
        answers = threading.Thread(target=_forward, args=(server, client, muted, answered), daemon=True)
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
                        # What the server answers is read, and dropped, by the other thread.
                        answered.wait(_SECONDS_TO_ANSWER)
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


_SECONDS_TO_ANSWER = 2.0
_READY = b"Z\0\0\0\5"


def _forward(server: socket.socket, client: socket.socket, muted: threading.Event, answered: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while data := server.recv(65536):
            if not muted.is_set():
                client.sendall(data)
            elif data[-6:-1] == _READY:
                answered.set()
        # Who asks for a cancellation waits for the server to hang up.
        client.shutdown(socket.SHUT_RDWR)


def _exactly(source: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = source.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data
