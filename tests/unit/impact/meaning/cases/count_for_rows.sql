-- differs
-- An aggregate makes one row of all.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT 1 AS one FROM t
-- head
SELECT 1 AS one, count(*) AS n FROM t
