-- differs
-- The whole row is all of its columns, and their names.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT r.a, md5(r::VARCHAR) AS h FROM (SELECT a, k FROM t) AS r
-- head
SELECT r.a, md5(r::VARCHAR) AS h FROM (SELECT a, k, s FROM t) AS r
