"""Every mistake, and the whole sentence that the user reads."""

import pytest

from datacanary.config import parse
from datacanary.errors import ConfigError

HEAD = "version: 1\nwarehouse: duckdb:///w.duckdb\nproduction: shop\n"
CHECKS = (
    "key_problems, column_removed, column_added, type_changed, table_removed, table_added, rows_removed, rows_added,"
    " values_changed, null_rate, total, shape, distance, no_data"
)
OF_COLUMNS = "values_changed, null_rate, total, shape, distance, column_removed, column_added, type_changed"
COLUMN_KEYS = (
    "ignore, tolerance, measure, direction, dry_run, values_changed, null_rate, total, shape, distance,"
    " column_removed, type_changed"
)
TOP = "Valid: version, project, warehouse, production, base, sources, defaults, tables, samples, expect, release."
LEAST = "The least that a config says: version: 1, warehouse: duckdb:///warehouse.duckdb, production: analytics."
NO_ALIAS = (
    "Anchors (&name) and aliases (*name) are not supported. Write the value out; if it is a text that begins with"
    " '*' or '&', put quotes around it."
)
SUPPORTED = "Write duckdb:///relative.duckdb, duckdb:////absolute.duckdb, or postgresql://user:${PGPASSWORD}@host:5432/database."
NO_WAREHOUSE = f"The warehouse URL names neither a DuckDB file nor a PostgreSQL database. {SUPPORTED}"
LEAKS = (
    "The warehouse URL holds a password or token. Put it into the environment and write ${NAME} in its place"
    " (without a default)."
)
SPELLING = "Write ${NAME} or ${NAME:-default}, or $${ for a plain ${."
LAYOUT = "a path under project.path such as {schema}/{table}.sql"

# Whole files.
FILES = [
    ("", f"1: The file is empty. {LEAST}"),
    ("# nothing yet\n", f"1: The file is empty. {LEAST}"),
    ("~", f"1: The file is empty. {LEAST}"),
    ("- a", f"1:1: The file must be a mapping; found a list. {LEAST}"),
    ("hello", f"1:1: The file must be a mapping; found the text 'hello'. {LEAST}"),
    ("base: main", "1:1: 'version' is missing at the top level. Begin with version: 1."),
    ("versions: 1", f"1:1: Unknown key 'versions' at the top level. Did you mean 'version'? {TOP}"),
    ("version: 2", "1:10: version must be 1; found the number 2. This datacanary reads version 1."),
    ('version: "1"', "1:10: version must be 1; found the text '1'. This datacanary reads version 1."),
    ("version:", "1:9: version must be 1; found nothing. This datacanary reads version 1."),
    ("version: 1", f"1:1: 'warehouse' is missing at the top level. {LEAST}"),
    ("version: 1\nwarehouse: duckdb:///w.duckdb", f"1:1: 'production' is missing at the top level. {LEAST}"),
    ("version: 1\n---\nversion: 1", "2:1: A second YAML document begins here ('---'). Keep one."),
    ("version: 1" + " " * 1024 * 1024, "1: The file is larger than 1 MiB. No config is."),
]

# What follows the three lines that every config has: these begin in line 4.
SYNTAX = [
    ("base: [", "4:8: This is not valid YAML: expected the node content, but found '<stream end>'."),
    ("base: a: b", "4:8: This is not valid YAML: mapping values are not allowed here."),
    (
        "tables:\n\tt: {}",
        (
            "5:1: This is not valid YAML: found character '\\t' that cannot start any token."
            " Indent with spaces, not with tabs."
        ),
    ),
    (
        "defaults:\n  total: {warn: > 1%}",
        (
            "5:17: This is not valid YAML: found character '>' that cannot start any token."
            ' Put quotes around a limit: "> 1%".'
        ),
    ),
    (
        "project: {path: ${DIR}}",
        (
            "4:18: This is not valid YAML: expected ',' or '}', but got '{'."
            ' Between { and }, put quotes around a value with a variable: "${NAME}".'
        ),
    ),
    (
        "sources:\n  a: *.csv",
        (
            "5:7: This is not valid YAML: expected alphabetic or numeric character, but found '.'."
            " Put quotes around a text that begins with '*'."
        ),
    ),
    (
        "tables:\n  *.tmp: {}",
        (
            "5:4: This is not valid YAML: expected alphabetic or numeric character, but found '.'."
            " Put quotes around a text that begins with '*'."
        ),
    ),
    ("tables:\n  t: {columns: {*_at: ignore}}", f"5:17: {NO_ALIAS}"),
    (
        "tables:\n  t: {columns: {a?: ignore}}",
        "5:18: This is not valid YAML: expected ',' or '}', but got '?'. Put quotes around a text with '?'.",
    ),
    ("base: a\x07", "4:8: This is not valid YAML: it holds the character U+0007. Remove it."),
    ('base: "\\e[31m"', "4:7: This text holds the character U+001B, which cannot be seen. Remove it."),
    ("base: a\u202eb", "4:7: This text holds the character U+202E, which cannot be seen. Remove it."),
    ('base: "\\UFFFFFFFF"', "4:1: After this, a number or an escape is too large for YAML."),
    ('base: "\\U00110000"', "4:1: After this, a number or an escape is too large for YAML."),
    ("base: &b main", f"4:7: {NO_ALIAS}"),
    ("base: *b", f"4:7: {NO_ALIAS}"),
    ("tables:\n  t: {<<: {key: a}}", "5:7: Merge keys (<<) are not supported. Write the values out."),
    (
        "base: !python/name:os.system x",
        (
            "4:7: The tag '!python/name:os.system' is not supported here."
            " Remove it; if the text begins with '!', put quotes around it."
        ),
    ),
    (
        "base: !!binary aGk=",
        "4:7: The tag '!!binary' is not supported here. Remove it; if the text begins with '!', put quotes around it.",
    ),
    ("base: " + "[" * 30, "4:26: This is nested more than 20 deep. No config is."),
    ("base: main\nbase: dev", "5:1: Key 'base' stands twice: in line 4 and in line 5. Keep one."),
    (
        "tables:\n  t:\n    columns:\n      a: ignore\n      'a': ignore",
        "8:7: Key 'a' stands twice under tables.t.columns: in line 7 and in line 8. Keep one.",
    ),
    ("tables: {[a]: {}}", "4:10: A key must be a name; found a list or a mapping."),
    ("tables: {~: {}}", "4:10: A key must be a name; found nothing."),
]

VARIABLES = [
    ("base: ${BRANCH}", "4:7: The environment variable BRANCH is not set. Set it, or give a default: ${BRANCH:-…}."),
    (
        "sources:\n  a: x/${DIR}/y.csv",
        "5:6: The environment variable DIR is not set. Set it, or give a default: ${DIR:-…}.",
    ),
    ("base: ${1}", f"4:7: This '${{' begins no variable that can be read. {SPELLING}"),
    ("base: ${OPEN", f"4:7: This '${{' begins no variable that can be read. {SPELLING}"),
    ("base: ${A:-${B}}", f"4:7: The default of ${{A}} holds a variable. {SPELLING}"),
    ("production: ${EMPTY}", "4:13: production must be the name of a schema; found nothing in ${EMPTY}."),
    ("base: ${SECRET}", "4:7: base must be a branch, tag or commit; found the text '${SECRET}'."),
]

KEPT = "release.keep_replaced must be a time, as 7 days or 12 hours, or forever"

SECTIONS = [
    (
        "release: {keep: 7 days}",
        "4:11: Unknown key 'keep' under release. Valid: keep_replaced.",
    ),
    (
        "release: {keep_replaced: 7}",
        f'4:26: {KEPT}; found the number 7. If it is meant as text, put quotes around it: "7".',
    ),
    ("release: {keep_replaced: a week}", f"4:26: {KEPT}; found the text 'a week'."),
    ("release: {keep_replaced: 3 months}", f"4:26: {KEPT}; found the text '3 months'."),
    ("release: 7 days", "4:10: release must be a mapping; found the text '7 days'."),
    ("bases: main", f"4:1: Unknown key 'bases' at the top level. Did you mean 'base'? {TOP}"),
    ("zzz: main", f"4:1: Unknown key 'zzz' at the top level. {TOP}"),
    (
        "base: 1.5",
        (
            "4:7: base must be a branch, tag or commit; found the number 1.5."
            ' If it is meant as text, put quotes around it: "1.5".'
        ),
    ),
    (
        "base: on",
        (
            "4:7: base must be a branch, tag or commit; found on (a yes or no)."
            ' If it is meant as text, put quotes around it: "on".'
        ),
    ),
    ("base: --upload-pack=x", "4:7: base must be a branch, tag or commit; found the text '--upload-pack=x'."),
    ("base: []", "4:7: base must be a branch, tag or commit; found an empty list."),
    ("base:", "4:6: base must be a branch, tag or commit; found nothing."),
    ("project: models", "4:10: project must be a mapping; found the text 'models'."),
    (
        "project: {kind: dbt, path: ., target: dev}",
        "4:31: Unknown key 'target' under project. Valid: kind, path, dbt.",
    ),
    (
        "project: {kind: dbt, dbt: {tarket: dev}}",
        (
            "4:28: Unknown key 'tarket' under project.dbt. Did you mean 'target'? Valid: executable, profiles_dir,"
            " profile, target, vars, threads, timeout, incremental, defer."
        ),
    ),
    (
        "project: {kind: dbt, dbt: {timeout: 0}}",
        "4:37: project.dbt.timeout must be a whole number, 1 or above; found the number 0.",
    ),
    (
        "project: {kind: dbt}",
        (
            "2:1: 'warehouse' is not for dbt projects: dbt's own files say that. Remove it; another profile or target"
            " is chosen with project: {kind: dbt, dbt: {target: …}}."
        ),
    ),
    ("project: {kind: sqlmesh}", "4:17: project.kind must be sql or dbt; found the text 'sqlmesh'."),
    (
        "project: {paths: models}",
        "4:11: Unknown key 'paths' under project. Did you mean 'path'? Valid: kind, path, layout, cut.",
    ),
    (
        "project: {path: /models}",
        (
            "4:17: project.path must be a folder, relative to this file, with '/' between its parts;"
            " found the text '/models'."
        ),
    ),
    (
        'project: {layout: "{schema}.sql"}',
        f"4:19: project.layout must be {LAYOUT}; found the text '{{schema}}.sql'. It needs {{table}} exactly once.",
    ),
    (
        'project: {layout: "{schema}/{schema}/{table}.sql"}',
        (
            f"4:19: project.layout must be {LAYOUT}; found the text '{{schema}}/{{schema}}/{{table}}.sql'."
            " It may hold {schema} only once."
        ),
    ),
    (
        'project: {layout: "{*}/{table}.sql"}',
        (
            f"4:19: project.layout must be {LAYOUT}; found the text '{{*}}/{{table}}.sql'."
            " Placeholders are names in braces, as {team}; there are no wildcards."
        ),
    ),
    (
        'project: {layout: "{schema}{table}.sql"}',
        (
            f"4:19: project.layout must be {LAYOUT}; found the text '{{schema}}{{table}}.sql'."
            " Between two placeholders something must stand."
        ),
    ),
    (
        'project: {layout: "{table}"}',
        f"4:19: project.layout must be {LAYOUT}; found the text '{{table}}'. It must end with .sql.",
    ),
    (
        'project: {layout: "../{table}.sql"}',
        (
            f"4:19: project.layout must be {LAYOUT}; found the text '../{{table}}.sql'."
            " It is relative, with '/' between its parts and without '.' and '..'."
        ),
    ),
    (
        "project: {cut: [fct_balance]}",
        "4:17: Each entry of project.cut must be a reference, as \"reader -> read\"; found the text 'fct_balance'.",
    ),
    ("project: {cut: a -> b}", "4:16: project.cut must be a list; found the text 'a -> b'."),
    ("sources: data.csv", "4:10: sources must be a mapping from names to files; found the text 'data.csv'."),
    (
        "sources:\n  raw.orders: [a.csv]",
        "5:15: sources.raw.orders must be a path or a glob of files; found a list.",
    ),
    (
        "sources:\n  raw.orders: data/orders.xlsx",
        (
            "5:15: The files of source 'raw.orders' have no format that is known by its ending: 'data/orders.xlsx'."
            " Valid: .parquet, .csv, .csv.gz, .tsv, .ndjson, .jsonl, .json; for a folder write folder/*.parquet."
        ),
    ),
    (
        "sources:\n  raw.orders: s3://b/o.parquet",
        (
            "5:15: sources.raw.orders must be a path or a glob of files; found the text 's3://b/o.parquet'."
            " URLs are not supported yet."
        ),
    ),
    (
        "sources:\n  a.b.c: x.csv",
        "5:3: 'a.b.c' is no name of a table. Write 'table' or 'schema.table', without quotes or spaces inside.",
    ),
    ("samples: {show: all}", "4:17: samples.show must be none, keys or allowed; found the text 'all'."),
    (
        "samples: {allow: [status]}",
        (
            "4:19: Each entry of samples.allow must be a column of a table, as table.column or schema.table.column;"
            " found the text 'status'."
        ),
    ),
]

# In place of the lines of the head.
HEADS = [
    ("warehouse: w.duckdb", f"2:12: {NO_WAREHOUSE}"),
    ("warehouse: duckdb://w.duckdb", f"2:12: {NO_WAREHOUSE}"),
    ("warehouse: duckdb:///", f"2:12: {NO_WAREHOUSE}"),
    ("warehouse: 'duckdb:///:memory:'", f"2:12: A DuckDB in memory holds no production. {SUPPORTED}"),
    ("warehouse: duckdb:///w.duckdb?a=b", f"2:12: The warehouse URL takes no options ('?', '#'). {SUPPORTED}"),
    ("warehouse: snowflake://db/shop", f"2:12: The warehouse 'snowflake' is not supported. {SUPPORTED}"),
    ("warehouse: mysql://${U}:${P}@db", f"2:12: The warehouse 'mysql' is not supported. {SUPPORTED}"),
    ("warehouse: postgresql:shop", f"2:12: {NO_WAREHOUSE}"),
    ("warehouse: postgresql://db/shop#orders", f"2:12: The warehouse URL names no PostgreSQL database. {SUPPORTED}"),
    ("warehouse: postgresql://me:hunter2@db/shop", f"2:12: {LEAKS}"),
    ("warehouse: postgresql://${USER}:${PW:-hunter2}@db/shop", f"2:12: {LEAKS}"),
    ("warehouse: ${URL:-postgresql://me:hunter2@db/shop}", f"2:12: {LEAKS}"),
    ("warehouse: md:shop?motherduck_token=hunter2", f"2:12: {LEAKS}"),
    ("warehouse: ${1}", f"2:12: This '${{' begins no variable that can be read. {SPELLING}"),
    ("warehouse: [a]", "2:12: warehouse must be a URL, as duckdb:///warehouse.duckdb; found a list."),
    (
        "production: a.b",
        "2:13: production must be the name of one schema; found the text 'a.b'. It has no dots, spaces or quotes.",
    ),
    (
        "production: DC_shop",
        (
            "2:13: production must be a schema of your own; found the text 'DC_shop'."
            " Names that begin with dc_ are datacanary's: it drops them."
        ),
    ),
]

DEFAULTS = [
    (
        f"rows_removed: {{fail: '> {'9' * 400}'}}",
        f"5:24: defaults.rows_removed.fail must be a smaller number; found the text '> {'9' * 57}…'.",
    ),
    ("rows_removed: {fail: ['> 1%']}", "5:24: defaults.rows_removed.fail must be a limit; found a list."),
    (
        "rows_removd: fail",
        (
            "5:3: Unknown key 'rows_removd' under defaults. Did you mean 'rows_removed'?"
            f" Valid: {CHECKS}, float_tolerance, max_warnings."
        ),
    ),
    (
        "rows_removed: {fails: '> 1%'}",
        "5:18: Unknown key 'fails' under defaults.rows_removed. Did you mean 'fail'? Valid: warn, fail.",
    ),
    (
        "rows_removed: fail",
        (
            "5:17: defaults.rows_removed must be a limit, as {fail: \"> 1%\"}; found the text 'fail'."
            " Keys: warn, fail; or one word: pass (never judged)."
        ),
    ),
    (
        "null_rate: {}",
        (
            '5:14: defaults.null_rate must be a limit, as {fail: "> 1pp"}; found an empty mapping.'
            " Keys: warn, fail; or one word: pass (never judged)."
        ),
    ),
    ("rows_removed: [a]", "5:17: defaults.rows_removed must be a mapping; found a list."),
    (
        "rows_removed: {fail: '>= 1%'}",
        (
            '5:24: defaults.rows_removed.fail must be a limit, as "> 1%" or "> 500"; found the text \'>= 1%\'.'
            " There is no '>=': what lies above the number breaks the limit."
        ),
    ),
    (
        "rows_removed: {fail: 5}",
        (
            '5:24: defaults.rows_removed.fail must be a limit, as "> 1%" or "> 500"; found the number 5.'
            " It needs its sign in front."
        ),
    ),
    (
        "rows_removed: {fail: '> -5'}",
        (
            '5:24: defaults.rows_removed.fail must be a limit, as "> 1%" or "> 500"; found the text \'> -5\'.'
            " No number is below 0."
        ),
    ),
    (
        "rows_removed: {fail: '> 1,000'}",
        (
            '5:24: defaults.rows_removed.fail must be a limit, as "> 1%" or "> 500"; found the text \'> 1,000\'.'
            " Numbers have no thousands separators; the decimal sign is a point."
        ),
    ),
    (
        "rows_removed: {fail: '> NaN'}",
        '5:24: defaults.rows_removed.fail must be a limit, as "> 1%" or "> 500"; found the text \'> NaN\'.',
    ),
    (
        "rows_removed: {fail: '> 0.5'}",
        (
            "5:24: defaults.rows_removed.fail must be a whole number or a share; found the text '> 0.5'."
            " A share ends with '%'."
        ),
    ),
    (
        "rows_removed: {fail: '> 101%'}",
        (
            "5:24: defaults.rows_removed.fail must be 100% or less; found the text '> 101%'."
            " rows_removed never goes beyond that."
        ),
    ),
    (
        "rows_removed: {fail: '> 1pp'}",
        (
            "5:24: defaults.rows_removed.fail is points, which does not fit rows_removed."
            " It takes a share (1%) or a count (500)."
        ),
    ),
    (
        "null_rate: {fail: '> 1%'}",
        "5:21: defaults.null_rate.fail is a share, which does not fit null_rate. It takes points (1pp).",
    ),
    (
        "total: {fail: '> 5'}",
        "5:17: defaults.total.fail is a count, which does not fit total. It takes a share (1%).",
    ),
    (
        "key_problems: {fail: '> 1%'}",
        "5:24: defaults.key_problems.fail is a share, which does not fit key_problems. It takes a count (500).",
    ),
    (
        "rows_added: {warn: '> 2%', fail: '> 1%'}",
        "5:15: defaults.rows_added warns above 2% but fails above 1% already. warn must be below fail, or equal to it.",
    ),
    (
        "rows_added: {warn: '> 5', fail: '> 1%'}",
        "5:15: defaults.rows_added mixes a count (500) with a share (1%). Write both in one unit.",
    ),
    (
        "column_removed: {fail: '> 0'}",
        (
            "5:19: defaults.column_removed must be one word; found a mapping."
            " column_removed is a yes or no. Valid: pass, warn, inconclusive, fail."
        ),
    ),
    (
        "column_removed: ignore",
        "5:19: defaults.column_removed must be pass, warn, inconclusive or fail; found the text 'ignore'.",
    ),
    (
        "table_added: pass",
        (
            "5:16: defaults.table_added cannot be pass: what was not compared is never a pass."
            " Valid: warn, inconclusive, fail."
        ),
    ),
    (
        "table_removed: pass",
        (
            "5:18: defaults.table_removed cannot be pass: what was not compared is never a pass."
            " Valid: warn, inconclusive, fail."
        ),
    ),
    ("max_warnings: many", "5:17: defaults.max_warnings must be a whole number, 0 or above; found the text 'many'."),
    ("max_warnings: -1", "5:17: defaults.max_warnings must be a whole number, 0 or above; found the number -1."),
    ("max_warnings: '20'", "5:17: defaults.max_warnings must be a whole number, 0 or above; found the text '20'."),
    (
        "float_tolerance: {rel: 1}",
        (
            "5:26: defaults.float_tolerance.rel must be a fraction from 0 to below 1, as 1e-9; found the number 1."
            " At 1 any two numbers of one sign would count as equal."
        ),
    ),
]

TABLES = [
    ("tables: [orders]", "4:9: tables must be a mapping from tables to what holds for them; found a list."),
    ("tables:\n  t:", "5:5: tables.t must be a mapping; found nothing."),
    (
        "tables:\n  a b: {}",
        "5:3: 'a b' is no name of a table. Write 'table' or 'schema.table', without quotes or spaces inside.",
    ),
    (
        "tables:\n  t:\n    keys: [id]",
        (
            "6:5: Unknown key 'keys' under tables.t. Did you mean 'key'? Valid: key, materialized, dry_run, columns,"
            f" {CHECKS}."
        ),
    ),
    ("tables:\n  t: {key: [a, a]}", "5:16: 'a' stands twice in tables.t.key. Keep one."),
    ("tables:\n  t: {key: {a: b}}", "5:12: tables.t.key must be a column's name or a list of them; found a mapping."),
    (
        "tables:\n  t: {key: [2024]}",
        (
            "5:13: Each entry of tables.t.key must be a column's name; found the number 2024."
            ' If it is meant as text, put quotes around it: "2024".'
        ),
    ),
    (
        "tables:\n  t: {materialized: incremental}",
        "5:21: tables.t.materialized must be table or view; found the text 'incremental'.",
    ),
    (
        "tables:\n  t: {key: id, columns: {id: ignore}}",
        "5:7: Column 'id' is ignored, but tables.t.key pairs rows by it. Ignore it, or keep it in the key.",
    ),
    (
        "tables:\n  t: {columns: {a: skip}}",
        (f"5:20: tables.t.columns.a must be ignore; found the text 'skip'. Or a mapping with some of: {COLUMN_KEYS}."),
    ),
    (
        "tables:\n  t: {columns: {a: {rows_removed: fail}}}",
        (
            "5:21: Unknown key 'rows_removed' under tables.t.columns.a. Did you mean 'column_removed'? Valid:"
            f" {COLUMN_KEYS}."
        ),
    ),
    (
        "tables:\n  t: {columns: {a: {measure: yes}}}",
        "5:30: tables.t.columns.a.measure must be true or false; found yes (a yes or no).",
    ),
    (
        "tables:\n  t: {columns: {a: {tolerance: -1}}}",
        "5:32: tables.t.columns.a.tolerance must be a number, 0 or above, or {abs: …, rel: …}; found the number -1.",
    ),
    (
        "tables:\n  t: {columns: {a: {tolerance: .inf}}}",
        "5:32: tables.t.columns.a.tolerance must be a number, 0 or above, or {abs: …, rel: …}; found the number .inf.",
    ),
    (
        "tables:\n  t: {columns: {a: {tolerance: {abs: 1e999}}}}",
        "5:38: tables.t.columns.a.tolerance.abs must be a number, 0 or above; found the number 1e999.",
    ),
    (
        "tables:\n  t: {columns: {a: {tolerance: {}}}}",
        "5:32: tables.t.columns.a.tolerance must be a number, 0 or above, or {abs: …, rel: …}; found an empty mapping.",
    ),
]

REASON = ", reason: x}"
EXPECT = [
    ("{table: t, rows_added: [1]" + REASON, '5:28: expect.rows_added must be a range, as "0 .. 1%"; found a list.'),
    (
        "{table: t}",
        "5:5: This entry of expect has no 'reason'. Every entry needs table, reason, and the change that is expected.",
    ),
    (
        "{rows_added: '<= 1%'" + REASON,
        "5:5: This entry of expect has no 'table'. Every entry needs table, reason, and the change that is expected.",
    ),
    ("{table: t, reason: ' '}", "5:24: expect.reason must be a text that says why; found an empty text."),
    (
        "{table: t" + REASON,
        (
            "5:5: This entry of expect declares no change of t. Name at least one of: rows_removed, rows_added,"
            f" table_removed, table_added, {OF_COLUMNS}."
        ),
    ),
    ("t", "5:5: Each entry of expect must be a mapping; found the text 't'."),
    (
        "{table: t, key_problems: '<= 5'" + REASON,
        (
            "5:16: Key problems cannot be expected: with them no row is surely paired with its own."
            " Mend the key, or set tables.<name>.key."
        ),
    ),
    (
        "{table: t, directed: up" + REASON,
        (
            "5:16: Unknown key 'directed' under expect. Did you mean 'direction'? Valid: table, columns, rows_removed,"
            f" rows_added, table_removed, table_added, {OF_COLUMNS}, direction, reason, owner."
        ),
    ),
    (
        "{table: t, values_changed: '<= 5%'" + REASON,
        "5:16: An expected values_changed needs the columns that it is about. Add columns: [name, …].",
    ),
    (
        "{table: t, columns: [a], rows_added: '<= 5%'" + REASON,
        (
            "5:16: rows_added is about whole rows or tables, not about columns. Remove 'columns', or add one of:"
            f" {OF_COLUMNS}."
        ),
    ),
    (
        "{table: t, columns: [], values_changed: '<= 5%'" + REASON,
        "5:16: expect.columns is an empty list. Name at least one column.",
    ),
    (
        "{table: t, rows_added: '5%'" + REASON,
        (
            '5:28: expect.rows_added must be a range, as "0 .. 1%", or at most as much, as "<= 1%";'
            " found the text '5%'. It needs its sign in front."
        ),
    ),
    (
        "{table: t, rows_added: '5% .. 1%'" + REASON,
        "5:28: The range in expect.rows_added ends below its begin. Swap its ends.",
    ),
    (
        "{table: t, rows_added: '5 .. 7%'" + REASON,
        "5:28: expect.rows_added mixes a count (500) with a share (1%). Write both in one unit.",
    ),
    (
        "{table: t, table_removed: false" + REASON,
        "5:31: expect.table_removed must be true; found false. Leave it out if it is not expected.",
    ),
    (
        "{table: t, rows_added: '<= 1%'" + REASON + "\n  - {table: t, rows_added: '<= 2%'" + REASON,
        "6:16: rows_added of t is declared twice: at datacanary.yml:5 and here. Keep one.",
    ),
]


def told(text: str, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text, "datacanary.yml", environ or {})
    return str(caught.value)


@pytest.mark.parametrize(("text", "message"), FILES)
def test_a_file_that_is_no_config_is_told(text: str, message: str) -> None:
    assert told(text) == f"datacanary.yml:{message}"


@pytest.mark.parametrize(("rest", "message"), SYNTAX + SECTIONS + TABLES)
def test_a_mistake_is_told_with_its_place(rest: str, message: str) -> None:
    assert told(HEAD + rest) == f"datacanary.yml:{message}"


@pytest.mark.parametrize(("rest", "message"), VARIABLES)
def test_a_variable_is_told_by_name_and_never_by_value(rest: str, message: str) -> None:
    head = "\n".join(line for line in HEAD.splitlines() if line.split(":")[0] != rest.split(":", maxsplit=1)[0])
    head += "\n" * (4 - len(head.splitlines()))
    environ = {"EMPTY": "", "SECRET": "-hunter2"}
    assert told(head + rest, environ) == f"datacanary.yml:{message}"


@pytest.mark.parametrize(("line", "message"), HEADS)
def test_a_wrong_warehouse_or_production_is_told_without_its_secrets(line: str, message: str) -> None:
    others = [one for one in HEAD.splitlines() if one.split(":")[0] not in {"version", line.split(":", maxsplit=1)[0]}]
    assert told("\n".join(["version: 1", line, *others])) == f"datacanary.yml:{message}"


@pytest.mark.parametrize(("line", "message"), DEFAULTS)
def test_a_wrong_limit_is_told(line: str, message: str) -> None:
    assert told(f"{HEAD}defaults:\n  {line}") == f"datacanary.yml:{message}"


@pytest.mark.parametrize(("entry", "message"), EXPECT)
def test_a_wrong_expectation_is_told(entry: str, message: str) -> None:
    assert told(f"{HEAD}expect:\n  - {entry}") == f"datacanary.yml:{message}"


@pytest.mark.parametrize(("rest", "message"), [*SYNTAX, *SECTIONS, *TABLES])
def test_windows_line_ends_change_no_place(rest: str, message: str) -> None:
    assert told((HEAD + rest).replace("\n", "\r\n")) == f"datacanary.yml:{message}"
