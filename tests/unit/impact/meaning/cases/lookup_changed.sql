-- equal
-- Another column of a unique side does not change which rows there are.
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
SELECT t.id, t.a FROM t LEFT JOIN (SELECT k, max(c) AS c FROM u GROUP BY k) AS l ON l.k = t.k
-- head
SELECT t.id, t.a FROM t LEFT JOIN (SELECT k, min(c) AS c FROM u GROUP BY 1) AS l ON t.k = l.k
