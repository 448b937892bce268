"""A host's API over loopback HTTP: routes, tokens, and faults that a test orders."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any

    @property
    def page(self) -> int:
        """Which page is asked for."""
        return int(self.query.get("page", "1"))


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` requests of a kind: before anything is done, or after it was done.

    `status` 0 stands for no answer at all: the connection is closed. `first` is called before all that; with
    `only_wait` nothing else is out of order. `silent` is for how many seconds nothing comes after that.
    """

    method: str
    path: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = "out of order"
    when: Literal["before", "after"] = "before"
    times: int = 1
    first: Callable[[], object] | None = None
    only_wait: bool = False
    silent: float = 0.0

    def fits(self, request: Request) -> bool:
        """Tell whether it is about this request."""
        return self.times > 0 and self.method == request.method and bool(re.search(self.path, request.path))


Handler = Callable[[Request, "re.Match[str]"], Reply]


class Standin:
    """The part that all hosts share: pull requests and statuses, who asks, what goes wrong, what was asked."""

    missing = Reply(404, {"message": "Not Found"})

    def __init__(self) -> None:
        self.routes: list[tuple[str, str, Handler]] = []
        self.pulls: dict[int, dict[str, Any]] = {}
        self.statuses: list[dict[str, Any]] = []
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.lock = threading.RLock()
        self.url = ""
        self._last_id = 100

    def new_id(self) -> int:
        """Return a number that is higher than all before."""
        self._last_id += 1
        return self._last_id

    def pull(self, _: Request, match: "re.Match[str]") -> Reply:
        """Answer with a pull request as the host has it."""
        found = self.pulls.get(int(match[1]))
        return self.missing if found is None else Reply(200, found)

    def asked(self, method: str, path: str = "") -> list[Request]:
        """Return the requests of a kind."""
        return [one for one in self.requests if one.method == method and re.search(path, one.path)]

    def answer(self, request: Request) -> Reply | None:
        """Do what is asked; None for no answer at all."""
        with self.lock:
            self.requests.append(request)
            fault = next((one for one in self.faults if one.fits(request)), None)
            if fault is not None:
                fault.times -= 1
        if fault is None:
            return self._done(request)
        if fault.first is not None:
            fault.first()
        done = self._done(request) if fault.only_wait or fault.when == "after" else None
        if done is not None and fault.only_wait:
            return done
        time.sleep(fault.silent)
        return Reply(fault.status, {"message": fault.message}, fault.headers) if fault.status else None

    def _done(self, request: Request) -> Reply:
        with self.lock:
            refused = self.refuses(request)
            if refused is not None:
                return refused
            for method, pattern, handler in self.routes:
                match = re.fullmatch(pattern, request.path)
                if match is not None and method == request.method:
                    return handler(request, match)
            return self.missing

    def refuses(self, request: Request) -> Reply | None:
        """Answer who may not ask; None for who may."""
        raise NotImplementedError

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Listen on loopback while the block runs."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _listener(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _listener(standin: Standin) -> type[BaseHTTPRequestHandler]:
    """Return what turns HTTP into requests to a stand-in, and its replies into HTTP."""

    class Listener(BaseHTTPRequestHandler):
        """Turns HTTP into requests and replies."""

        protocol_version = "HTTP/1.1"
        # Head and body in one packet, or each reply waits for the other side's acknowledgement.
        wbufsize = 65_536

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("content-length") or 0)
            content = self.rfile.read(size)
            request = Request(
                self.command,
                unquote(parts.path),
                dict(parse_qsl(parts.query)),
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(content) if content else None,
            )
            reply = standin.answer(request)
            if reply is None:
                self.close_connection = True
                return
            text = b"" if reply.body is None else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-type", "application/json; charset=utf-8")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 -- the library's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Listener


def paged(found: list[Any], request: Request, size_name: str = "per_page") -> tuple[list[Any], bool]:
    """Return one page, and whether there is another one."""
    size = min(int(request.query.get(size_name, "30")), 100)
    start = (request.page - 1) * size
    return found[start : start + size], start + size < len(found)
