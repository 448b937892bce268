-- equal
-- The condition of an inner join may stand in WHERE.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
CREATE TABLE u (
  id INTEGER,
  k INTEGER,
  c INTEGER
);
INSERT INTO u VALUES (1, 1, 1), (2, 1, 3), (3, 2, 2), (4, 3, 9);
-- base
SELECT t.id, u.c FROM t JOIN u ON t.k = u.k WHERE u.c > 1
-- head
SELECT t.id, u.c FROM u, t WHERE u.c > 1 AND u.k = t.k
