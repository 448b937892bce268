"""Why a PostgreSQL cannot be reached, in one sentence without who logs in, and what to do next."""

from __future__ import annotations

import re

from datacanary.errors import WarehouseError


def unreachable(message: str) -> WarehouseError:
    """Say what keeps a connection from being made, by what libpq says of it.

    >>> unreachable('connection failed: FATAL:  password authentication failed for user "ada"').problem
    'PostgreSQL cannot be reached: the user or the password is wrong.'
    >>> unreachable("something else about ada").problem
    'PostgreSQL cannot be reached.'
    """
    for pattern, told, hint in _KNOWN:
        if pattern.search(message):
            return WarehouseError(f"PostgreSQL cannot be reached: {told}.", hint=hint)
    return WarehouseError("PostgreSQL cannot be reached.", hint="Try the same with psql, which tells more.")


_LOGIN = "Check the URL's user and the variable that holds the password, or the profile of the dbt project."
_KNOWN = tuple(
    (re.compile(pattern, re.IGNORECASE), told, hint)
    for pattern, told, hint in (
        (
            r"authentication failed for user|role .* does not exist|is not permitted to log in",
            "the user or the password is wrong",
            _LOGIN,
        ),
        (r"no password supplied", "it asks for a password, and there is none", _LOGIN),
        (
            r"database .* does not exist",
            "there is no such database on the server",
            "Check the name behind the host, or make it: createdb.",
        ),
        (r"permission denied for database", "the user may not connect to the database", "GRANT CONNECT ON DATABASE …"),
        (
            r"does not support SSL|SSL is not enabled",
            "it has no TLS, and the connection asks for it",
            "Turn TLS on at the server; or, in a network that you trust, write sslmode=prefer.",
        ),
        (
            r"certificate|root\.crt|SSL error|hostssl|SSL off",
            "TLS failed",
            "Check sslmode and sslrootcert of the URL or profile; the server may ask for TLS: sslmode=require.",
        ),
        (
            r"no pg_hba\.conf entry",
            "it lets nobody in from here",
            "Have its pg_hba.conf allow this machine; perhaps it asks for TLS: sslmode=require.",
        ),
        (
            r"translate host name|name or service|nodename nor servname|name resolution",
            "the name of its host is not known",
            "Check the host.",
        ),
        (
            r"connection refused|no route|unreachable|No such file or directory",
            "nobody answers there",
            "Check host and port, and whether the server runs.",
        ),
        (r"timeout expired|timed out", "nobody answers in time", "Check host, port, and firewalls on the way."),
        (
            r"too many clients|remaining connection slots|too many connections",
            "it has no connection to spare",
            "Try again later, or raise max_connections.",
        ),
        (r"starting up|shutting down|in recovery mode", "it is just starting or stopping", "Try again in a moment."),
        (
            r"invalid .*(?:connection|sslmode|port|URI)|unrecognized configuration|invalid value",
            "the URL is wrong",
            "Check it.",
        ),
    )
)
