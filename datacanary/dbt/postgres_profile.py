"""What a profile of dbt-postgres leads to."""

from __future__ import annotations

from collections.abc import Mapping

from datacanary.dbt.rendering import Renderer
from datacanary.errors import ConfigError
from datacanary.model.dbt import Json
from datacanary.model.location import Login

_OF_LIBPQ = ("host", "port", "user", "connect_timeout", "sslmode", "sslcert", "sslkey", "sslrootcert")


def login(name: str, output: Mapping[str, Json], renderer: Renderer) -> Login:
    """Render what a connection needs; ConfigError for what is missing. Values never come into a message."""
    parameters = {key: value for key in _OF_LIBPQ if (value := renderer.text(output.get(key)))}
    parameters["dbname"] = renderer.text(output.get("dbname") or output.get("database"))
    schema = renderer.text(output.get("schema"))
    for key, value in (("dbname", parameters["dbname"]), ("schema", schema)):
        if not value:
            raise ConfigError(f"The target '{name}' has no `{key}:`.", where=renderer.where)
    password = renderer.text(output.get("password") or output.get("pass"))
    if password:
        parameters["password"] = password
    # A number that means the system's own, and libpq takes none.
    idle = renderer.text(output.get("keepalives_idle"))
    if idle not in {"", "0"}:
        parameters["keepalives_idle"] = idle
    return Login(parameters, schema, renderer.text(output.get("role")), renderer.text(output.get("search_path")))
