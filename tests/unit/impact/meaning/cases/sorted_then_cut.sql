-- differs
-- LIMIT takes the first rows of a subquery, in the order that it has.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT a FROM (SELECT a, id FROM t ORDER BY id) LIMIT 2
-- head
SELECT a FROM (SELECT a, id FROM t ORDER BY id DESC) LIMIT 2
