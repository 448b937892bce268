-- differs
-- GROUP BY ALL groups by what is added.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT k, count(*) AS n FROM t GROUP BY ALL
-- head
SELECT k, a, count(*) AS n FROM t GROUP BY ALL
