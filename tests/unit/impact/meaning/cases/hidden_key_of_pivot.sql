-- differs
-- What a PIVOT does not name, it groups by.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT k, "1" FROM (SELECT k, a, id % 2 AS b FROM t) PIVOT (count(a) FOR b IN (1))
-- head
SELECT k, "1" FROM (SELECT k, a, s, id % 2 AS b FROM t) PIVOT (count(a) FOR b IN (1))
