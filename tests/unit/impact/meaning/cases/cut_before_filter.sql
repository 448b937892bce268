-- differs
-- A filter after LIMIT is not one before it.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT * FROM (SELECT id, a FROM t ORDER BY id LIMIT 2) WHERE a > 1
-- head
SELECT * FROM (SELECT id, a FROM t WHERE a > 1 ORDER BY id LIMIT 2)
