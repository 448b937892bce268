"""The functions of each dialect by their names, and the classes that sqlglot gives them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from datacanary.impact.functions.names import bigquery, duckdb, postgres, redshift, snowflake, spark, trino
from datacanary.impact.functions.names.kind import FunctionKind
from datacanary.impact.functions.names.native import NATIVE

__all__ = ["KINDS", "NATIVE"]

KINDS: Mapping[str, Mapping[str, FunctionKind]] = MappingProxyType(
    {
        "bigquery": bigquery.KINDS,
        "databricks": spark.KINDS,
        "duckdb": duckdb.KINDS,
        "postgres": postgres.KINDS,
        "redshift": redshift.KINDS,
        "snowflake": snowflake.KINDS,
        "spark": spark.KINDS,
        "trino": trino.KINDS,
    }
)
"""By dialect and folded name; a name that is missing is unknown."""
