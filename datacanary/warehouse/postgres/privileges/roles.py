"""What the role of a connection may do in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Iterator

from datacanary.errors import WarehouseError
from datacanary.model.symptom import Symptom
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.privileges.writing import NOBODYS, where_written, writes_outside
from datacanary.warehouse.postgres.session import Connection
from datacanary.warehouse.postgres.state.trust import foreign_state

# Names as the statements that cure something write them.
_SERVER = """
SELECT current_setting('server_version'), pg_catalog.quote_ident(current_user),
  pg_catalog.quote_ident(pg_catalog.current_database()), pg_catalog.quote_ident(%s),
  (SELECT s.version FROM pg_catalog.pg_stat_ssl s WHERE s.pid = pg_catalog.pg_backend_pid() AND s.ssl),
  pg_catalog.inet_server_addr() IS NULL, pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
"""
# Of production's schema: what may not be read.
_RELATIONS = """
SELECT min(name) FILTER (WHERE NOT readable), count(*) FILTER (WHERE NOT readable)
FROM (
  SELECT pg_catalog.format('%%s.%%s', n.nspname, c.relname) AS name,
    pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE lower(n.nspname) = lower(%s) AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
) AS found
"""
_OWNED = """
SELECT count(*), count(*) FILTER (WHERE pg_catalog.pg_has_role(c.relowner, 'USAGE')), current_user::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname !~ %s
"""
_STATE = """
SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE'), c.oid IS NOT NULL,
  pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_table_privilege(c.oid, 'INSERT')
  AND pg_catalog.has_table_privilege(c.oid, 'UPDATE') AND pg_catalog.has_table_privilege(c.oid, 'DELETE'),
  pg_catalog.has_schema_privilege(n.oid, 'CREATE')
FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = 'registry'
WHERE n.nspname = 'datacanary'
"""

_NAMED_MOST = 5


def owns_nothing(connection: Connection) -> WarehouseError | None:
    """Say so if there are tables, and the role can put none of them into another schema."""
    with statement("asking what the role may do"):
        every, own, role = connection.execute(_OWNED, [NOBODYS]).fetchone() or (0, 0, "")
    if own or not every:
        return None
    return WarehouseError(
        f"The role {role} owns no table of the warehouse: promote will be refused.",
        hint="Right for a role that only checks; promote with a member of the tables' owner: README, Roles.",
    )


def symptoms(connection: Connection, production: str) -> tuple[Symptom, ...]:
    """Look at the server, the connection, and what the role may do; nothing is written."""
    with statement("asking what the role may do"):
        return tuple(_symptoms(connection, production))


def _symptoms(connection: Connection, production: str) -> Iterator[Symptom]:
    server = connection.execute(_SERVER, [production]).fetchone()
    version, role, database, schema, tls, is_local, may_create = server or ("", "", "", "", "", False, False)
    protection = tls or ("a socket of this machine" if is_local else "no TLS")
    yield Symptom(
        "good" if tls or is_local else "odd",
        f"PostgreSQL {version}, {protection}, role {role}",
        "" if tls or is_local else "Fine within a network that you trust; else add sslmode=require to the URL.",
    )
    hidden, count = connection.execute(_RELATIONS, [production]).fetchone() or (None, 0)
    if hidden is not None:
        more = f" and {count - 1} more" if count > 1 else ""
        cure = f"GRANT USAGE ON SCHEMA {schema} TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role};"
        yield Symptom("bad", f"the role {role} may not read {hidden}{more}", cure)
    if not may_create:
        yield Symptom(
            "bad", f"the role {role} may make no schemas, and each run needs its own",
            f"GRANT CREATE ON DATABASE {database} TO {role};",
        )  # fmt: skip
    yield from _state(connection, role, may_create=bool(may_create))
    yield _writing(connection, role, production)


def _writing(connection: Connection, role: str, production: str) -> Symptom:
    """Say where the role can write, besides what is a run's own."""
    written = where_written(connection, production)
    if not written:
        return Symptom("good", f"the role {role} cannot write production")
    named = ", ".join(one.what for one in written[:_NAMED_MOST])
    named += f" and {len(written) - _NAMED_MOST} schemas more" if len(written) > _NAMED_MOST else ""
    if written[0].in_production:
        return Symptom(
            "odd", f"the role {role} of this URL can write production ({named})",
            "Fine for promote, but give checks a role that cannot: README, Roles.",
        )  # fmt: skip
    return Symptom(
        "odd", f"the role {role} of this URL cannot write the schema {production}, but others ({named})",
        "Where models' tables or what they read lie there, give checks a role that cannot: README, Roles.",
    )  # fmt: skip


def _state(connection: Connection, role: str, *, may_create: bool) -> Iterator[Symptom]:
    """Say whether what runs make can be written down, and safely so."""
    row = connection.execute(_STATE).fetchone()
    usable, there, writable, may_make = row or (may_create, False, False, may_create)
    foreign = foreign_state(connection)
    if foreign is not None and writes_outside(connection):
        yield Symptom("bad", foreign.problem, foreign.cure)
    elif usable and (writable or (not there and may_make)):
        yield Symptom("good", "what runs make can be written down in datacanary.registry")
    else:
        cure = (
            f"GRANT USAGE ON SCHEMA datacanary TO {role}; "
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON datacanary.registry TO {role};"
        )
        yield Symptom(
            "bad", f"the role {role} may not write down what runs make (schema datacanary)",
            cure if there else "Make datacanary.registry, and grant what checks need: README, Roles.",
        )  # fmt: skip
