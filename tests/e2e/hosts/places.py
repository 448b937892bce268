"""Each host with one pull request, number 7, and what a job of it knows; a clock that does not wait."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from datacanary.forge.event import Place
from datacanary.forge.posting import open_forge
from datacanary.forge.protocol import Forge, HostKind
from hosts import azure_host, bitbucket_host, github_host, gitlab_host
from hosts.server import Fault, Request

SHA = "4f1c9e2a77b00000000000000000000000000001"
NEXT_SHA = "a07d113c55e00000000000000000000000000002"
HOSTS: tuple[HostKind, ...] = ("github", "gitlab", "bitbucket", "azure")
TOKENS: dict[HostKind, str] = {
    "github": github_host.JOB_TOKEN,
    "gitlab": gitlab_host.TOKEN,
    "bitbucket": bitbucket_host.TOKEN,
    "azure": azure_host.TOKEN,
}
BOTS: dict[HostKind, str] = {
    "github": github_host.BOT,
    "gitlab": gitlab_host.BOT,
    "bitbucket": bitbucket_host.BOT,
    "azure": azure_host.BOT,
}
APIS: dict[HostKind, str] = {"github": "", "gitlab": "/api/v4", "bitbucket": "/2.0", "azure": "/acme/shop"}
REPOSITORIES: dict[HostKind, str] = {"github": "acme/shop", "gitlab": "42", "bitbucket": "acme/shop", "azure": "r-1"}


class AnyHost(Protocol):
    """What tests use of every stand-in."""

    def serving(self) -> AbstractContextManager[None]:
        """Listen on loopback while the block runs."""

    url: str
    faults: list[Fault]
    requests: list[Request]
    statuses: list[dict[str, Any]]

    def open_pull(self, number: int, sha: str) -> None:
        """Open a pull request, or push to it."""

    def write(self, author: str, body: str, number: int = 7) -> int:
        """Write a comment as somebody."""

    def bodies(self, number: int = 7) -> list[str]:
        """Return the texts of its comments."""

    def asked(self, method: str, path: str = "") -> list[Request]:
        """Return the requests of a kind."""


@dataclass(slots=True)
class FakeClock:
    """A clock that goes on when somebody sleeps, and remembers for how long."""

    time: float = 1_000_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        """Return what it is thought to be."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Go on."""
        self.slept.append(seconds)
        self.time += seconds

    @property
    def waits(self) -> list[float]:
        """How long was waited, but for the second between two writes."""
        return [one for one in self.slept if one > 1]


@dataclass(frozen=True, slots=True)
class At:
    """A host that is up, and a job's place on it."""

    kind: HostKind
    host: AnyHost
    clock: FakeClock
    opened: list[Forge] = field(default_factory=list)

    def place(self, run: str = "50", attempt: str = "1", sha: str = SHA, token: str = "") -> Place:
        """Return what a job knows."""
        return Place(
            host=self.kind,
            api=f"{self.host.url}{APIS[self.kind]}",
            repository=REPOSITORIES[self.kind],
            name="shop",
            number=7,
            head=sha,
            run=run,
            attempt=attempt,
            link="https://ci.example/50",
            token=token or TOKENS[self.kind],
        )

    def forge(self, token: str = "", run: str = "50") -> Forge:
        """Return the host as the program sees it, until the end of the test."""
        self.opened.append(open_forge(self.place(run, token=token), self.clock))
        return self.opened[-1]

    @property
    def me(self) -> str:
        """Who the token is."""
        return BOTS[self.kind]


@contextmanager
def standing(kind: HostKind) -> Iterator[At]:
    """Start a host with the pull request 7 at `SHA`."""
    made = _MAKERS[kind]()
    made.open_pull(7, SHA)
    at = At(kind, made, FakeClock())
    with made.serving():
        yield at
    for forge in at.opened:
        forge.close()


_MAKERS: dict[HostKind, Callable[[], AnyHost]] = {
    "github": github_host.GitHubHost,
    "gitlab": gitlab_host.GitLabHost,
    "bitbucket": bitbucket_host.BitbucketHost,
    "azure": azure_host.AzureHost,
}
