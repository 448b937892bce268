"""Where the warehouse is: a URL whose secrets stay in the environment until it is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from datacanary.errors import ConfigError, Where
from datacanary.model.variables import expand, exposed, pieces

_SUPPORTED = "Write duckdb:///relative.duckdb, duckdb:////absolute.duckdb, or postgresql://user:${PGPASSWORD}@host:5432/database."
_POSTGRES = frozenset({"postgresql", "postgres"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PASSWORD = re.compile(r"://[^@:/?#]*:[^@]+@")
_SECRET_OPTION = re.compile(r"[?&;]\w*(?:password|passwd|pwd|token|secret)\w*=[^&;]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Warehouse:
    """The warehouse's URL as the config has it, with `${NAME}` for what the environment knows.

    >>> home = Warehouse("duckdb:///${DIR}/shop.duckdb", Where("datacanary.yml", 3))
    >>> home
    Warehouse(where=Where(file='datacanary.yml', line=3, column=None))
    >>> home.url({"DIR": "data"})
    'duckdb:///data/shop.duckdb'
    """

    template: str = field(repr=False)
    where: Where

    def url(self, environ: Mapping[str, str]) -> str:
        """Return the URL; ConfigError if a variable is not set or the URL names no supported warehouse.

        Where a variable stands for the user, the password or an option of a server, it need not be escaped.
        """
        url = filled_in(self.template, environ, self.where)
        _check(url, self.where)
        return url


@dataclass(frozen=True, slots=True)
class Login:
    """How to get into a PostgreSQL database, in the words of libpq; a password may be among them.

    `schema` is production's, empty where that is told later. `role` and `search_path` are what a connection is to have
    then, empty for the usual.
    """

    parameters: Mapping[str, str] = field(repr=False)
    schema: str
    role: str = ""
    search_path: str = field(default="", repr=False)

    @property
    def database(self) -> str:
        """The database's name."""
        return self.parameters.get("dbname", "")

    @property
    def shown(self) -> str:
        """The database's place without user and password.

        >>> Login({"host": "db.example", "dbname": "shop", "user": "me", "password": "secret"}, "analytics").shown
        'postgresql://db.example/shop'
        """
        host = self.parameters.get("host", "")
        return f"postgresql://{'' if host.startswith('/') else host}/{self.database}"


UNKNOWN = Warehouse("", Where(""))
"""The warehouse of a dbt project whose profile was not read yet."""


def filled_in(template: str, environ: Mapping[str, str], where: Where) -> str:
    """Put variables' values into a URL, escaped where they say who logs in; ConfigError for one that is not set.

    >>> filled_in("postgresql://me:${SECRET}@host/db", {"SECRET": "p@ss"}, Where("-"))
    'postgresql://me:p%40ss@host/db'
    """
    return expand(template, environ, where, _escaped)


def plain_template(url: str) -> str:
    """Return the template of a URL that has no variables in it."""
    return url.replace("${", "$${")


def _escaped(before: str, value: str, after: str) -> str:
    """Write what a variable of a URL holds: who logs in, and options, may have any letter.

    >>> _escaped("postgresql://me:", "p@ss", "@host"), _escaped("postgresql://me@", "host:5432", "/db")
    ('p%40ss', 'host:5432')
    """
    scheme, separator, behind = before.partition("://")
    if not separator or scheme.lower() not in _POSTGRES:
        return value
    if behind.endswith("="):
        return quote(value, safe="")
    in_login = "@" in after and "@" not in behind and "/" not in behind
    # One variable may hold both who logs in and the password.
    return quote(value, safe="" if behind else ":") if in_login else value


def check_template(template: str, where: Where) -> None:
    """Check as much of a warehouse URL as can be known without the environment.

    ConfigError for a secret written out, a scheme that is not supported, or a path that is none.
    """
    written = exposed(template, where)
    if _PASSWORD.search(written) or _SECRET_OPTION.search(written):
        raise ConfigError(
            "The warehouse URL holds a password or token.",
            hint="Put it into the environment and write ${NAME} in its place (without a default).",
            where=where,
        )
    parts = pieces(template, where)
    scheme = _SCHEME.match(parts[0]) if parts and isinstance(parts[0], str) else None
    if scheme and scheme[1].lower() not in {"duckdb", *_POSTGRES}:
        raise ConfigError(f"The warehouse '{scheme[1][:60]}' is not supported.", hint=_SUPPORTED, where=where)
    if all(isinstance(part, str) for part in parts):
        _check(written, where)


def _check(url: str, where: Where) -> None:
    # The URL is never shown: by now it may hold what the environment knows.
    scheme, separator, rest = url.partition("://")
    if scheme.lower() in _POSTGRES:
        if not separator or "#" in rest:
            raise ConfigError("The warehouse URL names no PostgreSQL database.", hint=_SUPPORTED, where=where)
        return
    path = url.removeprefix("duckdb:///")
    if path == url or path in {"", "/"}:
        raise ConfigError(
            "The warehouse URL names neither a DuckDB file nor a PostgreSQL database.", hint=_SUPPORTED, where=where
        )
    if path == ":memory:":
        raise ConfigError("A DuckDB in memory holds no production.", hint=_SUPPORTED, where=where)
    if "?" in path or "#" in path:
        raise ConfigError("The warehouse URL takes no options ('?', '#').", hint=_SUPPORTED, where=where)
