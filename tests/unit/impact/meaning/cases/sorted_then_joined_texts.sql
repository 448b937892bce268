-- differs
-- string_agg() without ORDER BY over a CTE with one.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
WITH x AS (SELECT * FROM t ORDER BY id) SELECT k, string_agg(s, ',') AS l FROM x GROUP BY k
-- head
WITH x AS (SELECT * FROM t ORDER BY id DESC) SELECT k, string_agg(s, ',') AS l FROM x GROUP BY k
