-- equal
-- Filters go together through what only passes rows on.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT id FROM t WHERE a > 1 AND k = 1 AND s IN ('a', 'b')
-- head
SELECT id FROM (SELECT * FROM (FROM t WHERE s IN ('b', 'a')) WHERE 1 = k) WHERE a > 1
