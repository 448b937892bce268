-- differs
-- CREATE TABLE AS calls the second k k_1: a change of it is not one of k.
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
SELECT t.k, u.k, t.id AS k, u.c FROM t JOIN u ON t.k = u.k
-- head
SELECT t.k, u.k, t.a AS k, u.c FROM t JOIN u ON t.k = u.k
