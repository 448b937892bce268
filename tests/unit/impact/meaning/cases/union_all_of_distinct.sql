-- differs
-- Two distinct branches together are not distinct.
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
CREATE TABLE dim (
  k INTEGER,
  name VARCHAR,
  code VARCHAR COLLATE NOCASE
);
INSERT INTO dim VALUES (1, 'A', 'c'), (2, 'b', 'a'), (3, 'c', 'B');
-- base
SELECT t.id FROM t LEFT JOIN (SELECT k FROM (SELECT DISTINCT k FROM u) UNION ALL SELECT k FROM (SELECT DISTINCT k FROM dim)) AS l ON l.k = t.k
-- head
SELECT t.id FROM t LEFT JOIN (SELECT k FROM (SELECT DISTINCT k FROM u) UNION ALL SELECT k FROM (SELECT DISTINCT k FROM dim WHERE k > 1)) AS l ON l.k = t.k
