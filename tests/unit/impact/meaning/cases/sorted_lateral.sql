-- differs
-- DuckDB 2.0 loses the row that an aggregate makes of nothing where a LATERAL subquery is sorted.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, 9, 3, NULL);
CREATE TABLE u (
  id INTEGER,
  k INTEGER,
  c INTEGER
);
INSERT INTO u VALUES (1, 1, 1), (2, 1, 3), (3, 2, 2), (4, 3, 9);
-- base
SELECT t.id, l.m FROM t, LATERAL (SELECT max(c) AS m FROM u WHERE u.k = t.k) AS l
-- head
SELECT t.id, l.m FROM t, LATERAL (SELECT max(c) AS m FROM u WHERE u.k = t.k ORDER BY 1) AS l
