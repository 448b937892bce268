-- differs
-- Of two columns of the same alias the last one is meant in WHERE.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT id, a AS total FROM t WHERE total > 2
-- head
SELECT id, a AS total, k AS total FROM t WHERE total > 2
