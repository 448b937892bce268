"""Whose the tables of the schema `datacanary` are: who owns one, or may add a trigger, lends code to all who write.

So whoever may write production uses only those of roles that could do all it can anyway: of itself, of its members
and of superusers. Whoever may write nothing has nothing to lose by them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from datacanary.errors import Refused, WarehouseError
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.privileges.writing import writes_outside
from datacanary.warehouse.postgres.session import Connection

# Checks and defaults of ours, as the server writes them; a literal is no code either.
_CHECKS = ["CHECK (one)", "CHECK ((kind = ANY (ARRAY['build'::text, 'replaced'::text])))"]
_LITERAL = r"^(?:'[^']*'(?:::[a-z ]+)?|true|false|-?\d+)$"
# What is said of each, and what cures it. A former owner gets back what a role that only checks needs.
_FOREIGN = """
WITH me AS (SELECT quote_ident(current_user) AS name), ours AS (
  SELECT c.*, 'datacanary.' || quote_ident(c.relname) AS name,
    quote_ident(pg_catalog.pg_get_userbyid(c.relowner)) AS whose
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'datacanary' AND c.relname IN ('registry', 'lease', 'promotions', 'journal')
)
SELECT 0, 'the schema datacanary is owned by ' || quote_ident(pg_catalog.pg_get_userbyid(nspowner)),
  format('ALTER SCHEMA datacanary OWNER TO %%s; GRANT USAGE ON SCHEMA datacanary TO %%I;', me.name,
  pg_catalog.pg_get_userbyid(nspowner))
FROM me, pg_catalog.pg_namespace
WHERE nspname = 'datacanary' AND NOT pg_catalog.pg_has_role(nspowner, current_user, 'MEMBER')
UNION ALL SELECT 1, ours.name || ' is no ordinary table', format('DROP %%s %%s;', CASE relkind WHEN 'v' THEN 'VIEW'
  WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'S' THEN 'SEQUENCE' WHEN 'c' THEN 'TYPE'
  WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END, ours.name) FROM ours WHERE relkind <> 'r'
UNION ALL SELECT 2, ours.name || ' is owned by ' || whose,
  format('ALTER TABLE %%s OWNER TO %%s; GRANT SELECT%%s ON %%1$s TO %%4$s;', ours.name, me.name,
  CASE relname WHEN 'registry' THEN ', INSERT, UPDATE, DELETE' ELSE '' END, whose)
FROM me, ours WHERE relkind = 'r' AND NOT pg_catalog.pg_has_role(relowner, current_user, 'MEMBER')
UNION ALL SELECT DISTINCT 3, format('triggers may be added to %%s by %%s', ours.name, w.whom),
  format('REVOKE TRIGGER ON %%s FROM %%s;', ours.name, w.whom) FROM ours, pg_catalog.aclexplode(relacl) a,
  LATERAL (
    SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END) AS w(whom)
WHERE a.privilege_type = 'TRIGGER' AND a.grantee <> relowner
  AND NOT CASE a.grantee WHEN 0 THEN false ELSE pg_catalog.pg_has_role(a.grantee, current_user, 'MEMBER') END
UNION ALL SELECT 4, format('%%s has the trigger %%I', ours.name, tgname),
  format('DROP TRIGGER %%I ON %%s;', tgname, ours.name)
FROM ours JOIN pg_catalog.pg_trigger t ON t.tgrelid = ours.oid WHERE NOT t.tgisinternal
UNION ALL SELECT 4, format('%%s has the rule %%I', ours.name, rulename),
  format('DROP RULE %%I ON %%s;', rulename, ours.name)
FROM ours JOIN pg_catalog.pg_rewrite r ON r.ev_class = ours.oid WHERE relkind = 'r'
UNION ALL SELECT 4, ours.name || ' has row-level security',
  format('ALTER TABLE %%s DISABLE ROW LEVEL SECURITY;', ours.name)
FROM ours WHERE relrowsecurity
UNION ALL SELECT 4, format('%%s has the child %%s', ours.name, inhrelid::regclass),
  format('ALTER TABLE %%s NO INHERIT %%s;', inhrelid::regclass, ours.name)
FROM ours JOIN pg_catalog.pg_inherits i ON i.inhparent = ours.oid
UNION ALL SELECT 4, format('%%s has an expression for its column %%I', ours.name, attname),
  format('ALTER TABLE %%s ALTER COLUMN %%I DROP %%s;', ours.name, attname,
  CASE attgenerated WHEN '' THEN 'DEFAULT' ELSE 'EXPRESSION' END)
FROM ours JOIN pg_catalog.pg_attrdef d ON d.adrelid = ours.oid
JOIN pg_catalog.pg_attribute a ON a.attrelid = ours.oid AND a.attnum = d.adnum
WHERE relkind = 'r' AND (attgenerated <> '' OR pg_catalog.pg_get_expr(d.adbin, d.adrelid) !~ %(literal)s)
UNION ALL SELECT 4, format('%%s has the check %%I', ours.name, conname),
  format('ALTER TABLE %%s DROP CONSTRAINT %%I;', ours.name, conname)
FROM ours JOIN pg_catalog.pg_constraint k ON k.conrelid = ours.oid
WHERE contype = 'c' AND pg_catalog.pg_get_constraintdef(k.oid) <> ALL(%(checks)s)
UNION ALL SELECT 4, format('%%s has the index %%s of an expression', ours.name, indexrelid::regclass),
  format('DROP INDEX %%s;', indexrelid::regclass)
FROM ours JOIN pg_catalog.pg_index x ON x.indrelid = ours.oid WHERE indexprs IS NOT NULL OR indpred IS NOT NULL
UNION ALL SELECT 4, format('%%s.%%I is of the type %%s', ours.name, attname, atttypid::regtype),
  format('ALTER TABLE %%s ALTER COLUMN %%I TYPE text;', ours.name, attname)
FROM ours JOIN pg_catalog.pg_attribute a ON a.attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
JOIN pg_catalog.pg_type y ON y.oid = atttypid
WHERE relkind = 'r' AND y.typnamespace <> 'pg_catalog'::regnamespace
ORDER BY 1, 2
"""
_TAKEN = """
SELECT quote_ident(nspname), quote_ident(pg_catalog.pg_get_userbyid(nspowner)) FROM pg_catalog.pg_namespace
WHERE nspname = ANY(%s) AND NOT pg_catalog.pg_has_role(nspowner, current_user, 'MEMBER') ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Foreign:
    """What is wrong with the state, and the statements that mend it."""

    problem: str
    cure: str


def foreign_state(connection: Connection) -> Foreign | None:
    """Say what lends others' code to whoever writes there, and how to mend it; None where nothing does."""
    with statement("looking at the schema datacanary"):
        found = connection.execute(_FOREIGN.encode(), {"literal": _LITERAL, "checks": _CHECKS}).fetchall()
    if not found:
        return None
    problems, cures = ([str(row[number]) for row in found] for number in (1, 2))
    return Foreign(
        f"What datacanary remembers could be used to write production by others: {'; '.join(problems)}.",
        f"An administrator may mend it: {' '.join(cures)} README, Roles, says more.",
    )


def refuse_foreign_state(connection: Connection) -> None:
    """Raise Refused if others could run code of theirs by what a promotion writes down."""
    found = foreign_state(connection)
    if found is not None:
        raise Refused(found.problem, hint=f"Nothing was changed. {found.cure}")


def avoid_foreign_state(connection: Connection) -> None:
    """Raise WarehouseError if others could run code of theirs in production by what is written down."""
    found = foreign_state(connection)
    if found is not None and writes_outside(connection):
        raise WarehouseError(found.problem, hint=found.cure)


def refuse_taken(connection: Connection, schemas: Iterable[str]) -> None:
    """Raise Refused if another role has the schemas where a promotion would keep what it replaces: it could drop it."""
    with statement("looking at the schemas for what is replaced"):
        taken = connection.execute(_TAKEN.encode(), [sorted(schemas)]).fetchall()
    if taken:
        name, owner = taken[0]
        raise Refused(
            f"The schema {name}, where what is replaced would be kept, is owned by {owner}, who could drop it.",
            hint=f"Nothing was changed. Look at what is in it, then: DROP SCHEMA {name} CASCADE;",
        )
