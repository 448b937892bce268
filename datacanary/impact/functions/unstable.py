"""Functions that give another value next time, in any dialect, by their name or class, without underscores."""

from __future__ import annotations

CLOCK: frozenset[str] = frozenset(
    {"currenttimestamp", "currenttimestampltz", "currentdatetime", "currenttime", "localtimestamp", "localtime"}
    | {"now", "getcurrenttimestamp", "getcurrenttime", "currentlocaltimestamp", "currentlocaltime", "timeofday"}
    | {"transactiontimestamp", "statementtimestamp", "clocktimestamp", "getdate", "sysdate", "sysdatetime"}
    | {"systimestamp", "utctimestamp", "utctime", "unixtimestamp", "getutcdate", "ago"}
)
"""The time."""

DATE: frozenset[str] = frozenset({"currentdate", "today", "curdate", "utcdate"})
"""Today."""

FROM_TODAY: frozenset[str] = frozenset({"age"})
"""They count from today if they have one argument only."""

RANDOM: frozenset[str] = frozenset(
    {"rand", "random", "randn", "randomnormal", "genrandombytes", "uuid", "uuidv4", "uuidv7", "newid", "randomuuid"}
    | {"uuidgeneratev1", "uuidgeneratev4", "genrandomuuid", "shuffle", "arrayshuffle", "arraysample"}
)
"""Random numbers and new identifiers; some engines' `random` is another's `rand`."""

BY_A_GENERATOR: dict[str, str] = {"uniform": "gen", "normal": "gen", "zipf": "gen", "randstr": "generator"}
"""In Snowflake as random as the argument of this name; without one, and anywhere else, random themselves."""

SEQUENCES: frozenset[str] = frozenset({"nextval", "nextvaluefor", "txidcurrent", "pgcurrentxactid"})
"""They count on with every call or every transaction."""

SESSION: frozenset[str] = frozenset(
    {"currentuser", "sessionuser", "currentuserid", "user", "username", "currentrole", "currentroles"}
    | {"currentschema", "currentschemas", "currentdatabase", "currentcatalog", "currentaccount", "currentwarehouse"}
    | {"currentsession", "currentclient", "currentregion", "currentipaddress", "currenttimezone", "currentsetting"}
    | {"currentquery", "pgbackendpid", "inetclientaddr", "inetclientport", "connectionid"}
)
"""Who asks, and from where."""

SESSION_KEYWORDS: frozenset[str] = frozenset(
    {"user", "current_role", "current_user", "session_user", "current_schema", "current_catalog"}
)
"""Some dialects take these without parentheses for columns."""

CLOCK_KEYWORDS: frozenset[str] = frozenset(
    {"current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "sysdate", "systimestamp"}
)
"""The same for the time."""

SURROUNDINGS: frozenset[str] = frozenset(
    {"version", "currentversion", "sqliteversion", "getvariable", "getenv", "insearchpath", "currenttransaction"}
    | {"currentconnectionid", "currentqueryid", "currenttransactionid", "currentstatement", "currentroletype"}
    | {"currentaccountname", "currentavailableroles", "currentorganizationname", "currentorganizationuser"}
    | {"currentsecondaryroles", "invokerrole", "invokershare", "isroleinsession", "lastqueryid", "lasttransaction"}
    | {"isdatabaseroleinsession", "allusernames", "getddl", "objectid", "secret", "sessionproperty"}
    | {"inetserveraddr", "inetserverport", "pgpostmasterstarttime", "pgconfloadtime", "setconfig", "isgranted"}
)
"""What the engine, the connection or the catalogue are like just now."""

STATE: frozenset[str] = frozenset(
    {"currval", "lastval", "setval", "setseed", "writelog", "stats", "vectortype", "sleepms", "pgsleep", "error"}
    | {"seq1", "seq2", "seq4", "seq8", "monotonicallyincreasingid", "sparkpartitionid", "inputfilename"}
    | {"inputfileblockstart", "inputfileblocklength", "systemstreamhasdata"}
)
"""They leave or read a trace, or follow how the engine split its work."""

PSEUDO_COLUMNS: dict[str, frozenset[str]] = {
    "duckdb": frozenset({"rowid"}),
    "postgres": frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"}),
    "bigquery": frozenset({"_partitiontime", "_partitiondate", "_table_suffix", "_file_name"}),
    "spark": frozenset({"_metadata"}),
    "databricks": frozenset({"_metadata"}),
}
"""Columns that every table has, and that follow where its rows happen to lie."""

WORDS: frozenset[str] = frozenset({"now", "today", "yesterday", "tomorrow"})
"""Texts that are a moment where a dialect casts them to a time or a date."""

WITH_WORDS: frozenset[str] = frozenset({"postgres", "redshift", "materialize", "spark", "databricks"})
"""The dialects that do; Spark for literals such as DATE 'today'."""

COERCING: frozenset[str] = WITH_WORDS - {"spark", "databricks"}
"""Those of them where the text alone is enough, beside something that is a time or a date."""
