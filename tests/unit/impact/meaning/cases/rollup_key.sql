-- differs
-- ROLLUP makes a NULL of its own: groups are not told apart by the key.
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
SELECT t.id FROM t LEFT JOIN (SELECT k, count(*) AS n FROM (SELECT k FROM u UNION ALL SELECT NULL) GROUP BY ROLLUP (k)) AS l ON l.k IS NOT DISTINCT FROM t.k
-- head
SELECT t.id FROM t LEFT JOIN (SELECT k, count(*) AS n FROM u GROUP BY ROLLUP (k)) AS l ON l.k IS NOT DISTINCT FROM t.k
