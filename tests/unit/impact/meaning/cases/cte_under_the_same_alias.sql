-- differs
-- Another CTE under the same alias.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
CREATE TABLE u (
  id INTEGER,
  k INTEGER,
  c INTEGER
);
INSERT INTO u VALUES (1, 1, 1), (2, 1, 3), (3, 2, 2), (4, 3, 9);
-- base
WITH x AS (SELECT k, a FROM t), y AS (SELECT k, c AS a FROM u) SELECT q.k, q.a FROM x AS q
-- head
WITH x AS (SELECT k, a FROM t), y AS (SELECT k, c AS a FROM u) SELECT q.k, q.a FROM y AS q
