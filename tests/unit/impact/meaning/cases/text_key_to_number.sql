-- differs
-- '1' and '01' are two groups, but one number: the joined side is not unique by it.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
CREATE TABLE codes (
  code VARCHAR,
  value INTEGER
);
INSERT INTO codes VALUES ('1', 1), ('01', 2), ('a', 3), ('A', 4), ('2', 5);
-- base
SELECT t.id FROM t LEFT JOIN (SELECT code, max(value) AS v FROM codes WHERE code < 'A' GROUP BY code) AS p ON p.code::INTEGER = t.k
-- head
SELECT t.id FROM t LEFT JOIN (SELECT code, max(value) AS v FROM codes WHERE code < 'A' AND value > 1 GROUP BY code) AS p ON p.code::INTEGER = t.k
