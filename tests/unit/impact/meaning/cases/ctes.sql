-- equal
-- Names and order of CTEs; those that nobody reads.
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
WITH x AS (SELECT k, a FROM t), y AS (SELECT k, c FROM u) SELECT x.a, y.c FROM x JOIN y ON x.k = y.k
-- head
WITH never AS (SELECT 1 AS one), second AS (SELECT k, c, id FROM u), first AS (SELECT k, a, s FROM t)
SELECT p.a, q.c FROM second AS q JOIN first AS p ON q.k = p.k
