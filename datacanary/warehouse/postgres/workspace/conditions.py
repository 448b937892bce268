"""What the result of a query depends on besides its text and the rows that it reads."""

from __future__ import annotations

import hashlib

from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.session import Connection

_SETTINGS = """
SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN ('server_version_num', 'TimeZone', 'lc_collate',
  'lc_ctype',
  'lc_monetary', 'lc_numeric', 'lc_time', 'DateStyle', 'IntervalStyle', 'extra_float_digits', 'bytea_output',
  'xmlbinary',
  'default_text_search_config', 'search_path', 'array_nulls', 'transform_null_equals', 'row_security', 'xmloption',
  'standard_conforming_strings', 'backslash_quote', 'timezone_abbreviations') ORDER BY name
"""
_DATABASE = """
SELECT current_user::text, d.encoding::text, d.datcollate::text, d.datctype::text, pg_catalog.version()
FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
"""
# What comes with an extension is as its version has it.
_EXTENSIONS = "SELECT extname::text, extversion::text FROM pg_catalog.pg_extension ORDER BY 1"
_FUNCTIONS = """
SELECT n.nspname::text, p.oid::regprocedure::text, p.prokind::text, l.lanname::text, p.prosrc, p.probin,
  pg_catalog.pg_get_function_result(p.oid), p.provolatile::text, p.proconfig::text,
  CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid) END
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
  WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') ORDER BY 1, 2
"""
_TYPES = """
SELECT n.nspname::text, t.typname::text, t.typtype::text, pg_catalog.format_type(t.typbasetype, t.typtypmod),
  (SELECT pg_catalog.array_agg(e.enumlabel ORDER BY e.enumsortorder)::text FROM pg_catalog.pg_enum e
   WHERE e.enumtypid = t.oid)
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype IN ('d', 'e', 'r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1, 2
"""
# A function may read tables, and so may what it calls: then any change of anything counts.
_STATE = "SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN '' ELSE pg_catalog.pg_current_wal_insert_lsn()::text END"


def conditions(connection: Connection) -> str:
    """Describe the server, the settings that change results, and the functions and types of the user's own."""
    with statement("reading the settings"):
        found = [connection.execute(one.encode()).fetchall() for one in (_SETTINGS, _DATABASE, _EXTENSIONS, _TYPES)]
        functions = connection.execute(_FUNCTIONS.encode()).fetchall()
        if functions:
            found.append(connection.execute(_STATE.encode()).fetchall())
    return hashlib.sha256(repr((found, functions)).encode(errors="surrogateescape")).hexdigest()
