-- differs
-- unnest() comes after row_number(): rn = 1 tells the rows apart no longer.
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
WITH n AS (SELECT k, unnest([1, 2]) AS e, row_number() OVER (PARTITION BY k ORDER BY id) AS rn FROM u)
SELECT t.id FROM t LEFT JOIN (SELECT k FROM n WHERE rn = 1) AS f ON f.k = t.k
-- head
WITH n AS (SELECT k, unnest([1, 2, 3]) AS e, row_number() OVER (PARTITION BY k ORDER BY id) AS rn FROM u)
SELECT t.id FROM t LEFT JOIN (SELECT k FROM n WHERE rn = 1) AS f ON f.k = t.k
