"""A config that says everything that can be said; tests count its lines."""

FULL = """\
version: 1
project:
  kind: sql
  path: models
  layout: "{schema}/{table}.sql"
  cut: ["fct_balance -> fct_balance", "a.b->a.c"]

warehouse: duckdb:///${WAREHOUSE_DIR}/warehouse.duckdb   # secrets only so
production: analytics
base: main
sources:
  raw.orders: data/orders/*.parquet
  customers: data/customers.csv.gz
defaults:
  rows_removed: {warn: "> 0", fail: "> 500"}
  values_changed: {warn: "> 0", fail: "> 2 %"}
  column_removed: warn
  float_tolerance: {rel: 1e-6, abs: 1e-12}
  max_warnings: 5
tables:
  fct_orders:
    key: [order_id, line]
    materialized: table
    rows_added: pass
    columns:
      loaded_at: ignore
      amount: {tolerance: 0.005, total: {fail: "> 0.01%"}}
      on: ignore
      rate:
        tolerance: {rel: 1e-3}
        measure: true
        null_rate: {warn: "> 0"}
        type_changed: warn
  crm.people: {key: person_id}
  "stg_*":
    dry_run: true
    columns:
      "*_at": ignore
      score: {dry_run: false, direction: decrease,
              shape: {warn: "> 5%", fail: "> 0.2"}, distance: {fail: "> 0.5"}}
samples: {show: allowed, allow: [fct_orders.status, crm.people.city]}
expect:
  - {table: fct_orders, columns: [discount], values_changed: "1% .. 12%", reason: "DATA-412 coupon fix"}
  - table: fct_orders
    columns: [a, b]
    rows_removed: "0 .. 500"
    column_removed: true
    rows_added: "<= 5%"
    reason: old rows
    owner: ada
  - table: crm.people
    columns: city
    direction: increase
    values_changed: "<= 50%"
    null_rate: "<= 2pp"
    shape: "0.1 .. 30%"
    distance: "<= 1.5"
    total: "0 .. 50%"
    reason: x
release: {keep_replaced: 12 hours}
"""
