-- equal
-- The order of a result is not judged.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT id, a FROM t ORDER BY a
-- head
SELECT id, a FROM t ORDER BY id DESC
