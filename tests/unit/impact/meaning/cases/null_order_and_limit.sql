-- differs
-- Where NULL stands decides what is first.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT id FROM t ORDER BY k, id LIMIT 2
-- head
SELECT id FROM t ORDER BY k NULLS FIRST, id LIMIT 2
