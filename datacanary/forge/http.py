"""HTTP with patience: time-outs, the retries that a host's limits allow, and no secret in any message."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Protocol, TypeVar

import httpx

from datacanary.errors import ForgeError
from datacanary.version import __version__

TRIES = 5
"""A request is sent so often at most."""
BUDGET = 180.0
"""All requests of a delivery may take so long together, in seconds."""
BETWEEN_WRITES = 1.0
"""GitHub asks for a second between two writes."""
WHEN_LIMITED = 60.0
"""GitHub asks for a minute after its secondary limit, where it does not say for how long."""
TIMEOUT = 30.0
"""A host may be silent for so long, in seconds."""
MOST_PAGES = 300
_LONGEST_MESSAGE = 200
_PASSING = frozenset({408, 500, 502, 503, 504})
_TOO_MANY, _FORBIDDEN, _UNKNOWN, _UNAUTHORISED = 429, 403, 404, 401

T = TypeVar("T")


class Denied(ForgeError):  # noqa: N818 -- as Refused
    """The token is not valid, or lacks the right."""


class Missing(ForgeError):  # noqa: N818 -- as Refused
    """What is asked for is not there, or the token may not know of it."""


class Rejected(ForgeError):  # noqa: N818 -- as Refused
    """The host does not take what was sent."""


class Clock(Protocol):
    """What waits."""

    def now(self) -> float:
        """Return the seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The clock of this machine."""

    def now(self) -> float:
        """Return the seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Cures:
    """What to do when a host refuses: a token that it does not know, one without the right, or a thing not found."""

    token: str
    right: str
    missing: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answered; `body` is read from JSON, None if it is none."""

    status: int
    headers: Mapping[str, str]
    body: object


class _Passing(Exception):  # noqa: N818 -- not a mistake: it goes by
    """A trouble that may go by; `wait` is how long the host asks for, None if it does not say."""

    def __init__(self, trouble: str, wait: float | None = None) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.wait = wait


class Client:
    """Requests to one host's API. The time of all of them together is bounded (`BUDGET`)."""

    def __init__(self, api: str, headers: Mapping[str, str], name: str, cures: Cures, clock: Clock) -> None:
        self._api = api.rstrip("/")
        self._name = name
        self._cures = cures
        self._clock = clock
        self._secrets = tuple(value.rpartition(" ")[2] for value in headers.values() if value)
        self._started = clock.now()
        self._last_write = float("-inf")
        ours = {"User-Agent": f"datacanary/{__version__}", **headers}
        # A redirect would take the token to another place.
        self._http = httpx.Client(headers=ours, timeout=TIMEOUT, follow_redirects=False, verify=_trusted())

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def get(self, path: str, **params: str | int) -> Answer:
        """Read; raises ForgeError."""
        return self._patiently(lambda: self._once("GET", path, None, params))

    def send(self, method: str, path: str, body: object = None) -> Answer:
        """Write what may be written twice without harm; raises ForgeError."""
        return self._patiently(lambda: self._write(method, path, body))

    def post(self, path: str, body: object, read: Callable[[object], T], landed: Callable[[], T | None]) -> T:
        """Write what must not be written twice: before it is sent again, `landed` looks whether it is there.

        Raises ForgeError.
        """
        return self._patiently(lambda: read(self._write("POST", path, body).body), landed)

    def pages(self, path: str, has_next: Callable[[Answer], bool], **params: str | int) -> Iterator[Answer]:
        """Read all pages; raises ForgeError. Addresses that a host names are not followed: they could be anywhere."""
        for page in range(1, MOST_PAGES + 1):
            answer = self.get(path, **params, page=page)
            yield answer
            if not has_next(answer):
                return

    def _patiently(self, once: Callable[[], T], landed: Callable[[], T | None] = lambda: None) -> T:
        for attempt in range(1, TRIES + 1):
            try:
                return once()
            except _Passing as passing:
                self._pause(passing, attempt)
            found = landed()
            if found is not None:
                return found
        raise AssertionError("the last pause raises")

    def _pause(self, passing: _Passing, attempt: int) -> None:
        wait = float(2**attempt) if passing.wait is None else passing.wait
        left = BUDGET - (self._clock.now() - self._started)
        if attempt < TRIES and wait <= left:
            self._clock.sleep(wait)
            return
        tries = "once" if attempt == 1 else f"{attempt} times"
        asks = f" and asks to wait for {wait:.0f} s" if passing.wait is not None and wait > left else ""
        raise ForgeError(
            f"{self._name} {passing.trouble}{asks}; tried {tries}.",
            hint="The verdict stands. Deliver the report later with: datacanary comment last",
        ) from None

    def _write(self, method: str, path: str, body: object) -> Answer:
        since = self._clock.now() - self._last_write
        if since < BETWEEN_WRITES:
            self._clock.sleep(BETWEEN_WRITES - since)
        try:
            return self._once(method, path, body, {})
        finally:
            self._last_write = self._clock.now()

    def _once(self, method: str, path: str, body: object, params: Mapping[str, str | int]) -> Answer:
        url = path if path.startswith(("https://", "http://")) else f"{self._api}{path}"
        content = {} if body is None else {"json": body}
        try:
            found = self._http.request(method, url, params=params or None, **content)  # type: ignore[arg-type]
        except httpx.TimeoutException:
            raise _Passing("did not answer in time") from None
        except httpx.TransportError as error:
            raise _Passing(f"could not be reached ({type(error).__name__})") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            problem = f"{self._name} cannot be asked: {type(error).__name__}."
            raise ForgeError(problem, hint="Look at the address of its API.") from None
        answer = Answer(found.status_code, {k.lower(): v for k, v in found.headers.items()}, _json(found))
        if found.is_success:
            return answer
        raise self._trouble(answer, method, path)

    def _trouble(self, answer: Answer, method: str, path: str) -> Exception:
        status = answer.status
        if status == _TOO_MANY or (status == _FORBIDDEN and _is_limit(answer)):
            return _Passing("limits how often it is asked", _asked_wait(answer, self._clock.now(), WHEN_LIMITED))
        if status in _PASSING:
            return _Passing(f"answers {status}", _asked_wait(answer, self._clock.now(), None))
        said = self._said(answer)
        if status == _UNAUTHORISED:
            return Denied(f"{self._name} does not accept the token (401){said}.", hint=self._cures.token)
        if status == _FORBIDDEN:
            return Denied(f"The token lacks the right to do this on {self._name} (403){said}.", hint=self._cures.right)
        if status == _UNKNOWN:
            return Missing(f"{self._name} does not know {_place(path)} (404){said}.", hint=self._cures.missing)
        return Rejected(f"{self._name} refuses {method} {_place(path)} ({status}){said}.", hint=self._cures.missing)

    def _said(self, answer: Answer) -> str:
        """Return the host's own words, short and without our token, should it repeat it."""
        body = answer.body
        message = body.get("message") or body.get("error") if isinstance(body, dict) else None
        if not isinstance(message, str):
            return ""
        for secret in self._secrets:
            message = message.replace(secret, "***")
        return f": {' '.join(message.split())[:_LONGEST_MESSAGE].rstrip('.')}"


@cache
def _trusted() -> ssl.SSLContext:
    """Read the certificates that are trusted, which takes a tenth of a second, once."""
    return httpx.create_ssl_context()


def _place(path: str) -> str:
    return path.partition("?")[0]


def _json(found: httpx.Response) -> object:
    try:
        body: object = found.json()
    except ValueError:
        return None
    return body


def _is_limit(answer: Answer) -> bool:
    """Tell a limit from a missing right, which GitHub answers with the same number."""
    said = answer.body.get("message", "") if isinstance(answer.body, dict) else ""
    return (
        "retry-after" in answer.headers
        or answer.headers.get("x-ratelimit-remaining") == "0"
        or "rate limit" in str(said).lower()
    )


def _asked_wait(answer: Answer, now: float, otherwise: float | None) -> float | None:
    """Return for how many seconds a host asks to wait.

    Source: RFC 9110 section 10.2.3 (`retry-after` is seconds or a date), and GitHub's `x-ratelimit-reset`, in seconds
    since 1970, which means something where nothing remains.

    >>> _asked_wait(Answer(429, {"retry-after": "7"}, None), 0, 60.0)
    7.0
    >>> _asked_wait(Answer(403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "130"}, None), 100, 60.0)
    31.0
    >>> _asked_wait(Answer(403, {}, None), 100, 60.0)
    60.0
    """
    after = answer.headers.get("retry-after", "")
    if after.isdecimal():
        return float(after)
    if after:
        try:
            moment = parsedate_to_datetime(after)
        except ValueError:
            return otherwise
        return max(0.0, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - now)
    reset = answer.headers.get("x-ratelimit-reset") or answer.headers.get("ratelimit-reset") or ""
    if reset.isdecimal() and answer.headers.get("x-ratelimit-remaining", "0") == "0":
        return max(0.0, float(reset) - now) + 1.0
    return otherwise
