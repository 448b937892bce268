-- differs
-- list() takes the rows as they come, and DuckDB keeps the order of a subquery.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT list(a) AS l FROM (SELECT a FROM t ORDER BY id)
-- head
SELECT list(a) AS l FROM (SELECT a FROM t ORDER BY id DESC)
