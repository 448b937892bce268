-- differs
-- A column of a UNION has the type of both branches.
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
SELECT a FROM t UNION ALL SELECT c FROM u
-- head
SELECT a FROM t UNION ALL SELECT c * 1.5 FROM u
