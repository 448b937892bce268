-- differs
-- The letters of a field of a struct are part of its type, and of its text.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT id, {'p': a} AS v FROM t
-- head
SELECT id, {'P': a} AS v FROM t
