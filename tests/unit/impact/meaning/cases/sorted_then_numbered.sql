-- differs
-- Ties of a window fall as the rows come.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT id, row_number() OVER (ORDER BY s IS NULL) AS rn FROM (SELECT * FROM t ORDER BY id)
-- head
SELECT id, row_number() OVER (ORDER BY s IS NULL) AS rn FROM (SELECT * FROM t ORDER BY id DESC)
