-- differs
-- LIMIT takes the first of equals, as they come.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
SELECT id FROM (SELECT * FROM t ORDER BY id) ORDER BY k LIMIT 1
-- head
SELECT id FROM (SELECT * FROM t ORDER BY id DESC) ORDER BY k LIMIT 1
