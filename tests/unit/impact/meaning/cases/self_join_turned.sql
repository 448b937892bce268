-- differs
-- A left join of a table with itself is the right join the other way round only if the sides go with it.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT p.id FROM t AS p LEFT JOIN t AS q ON p.k = q.a
-- head
SELECT q.id FROM t AS q RIGHT JOIN t AS p ON q.k = p.a
