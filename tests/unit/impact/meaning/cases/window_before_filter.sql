-- differs
-- A window counts what passes the filters before it only.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT * FROM (SELECT id, row_number() OVER (ORDER BY id) AS rn FROM t) WHERE id > 1
-- head
SELECT id, row_number() OVER (ORDER BY id) AS rn FROM (SELECT * FROM t WHERE id > 1)
