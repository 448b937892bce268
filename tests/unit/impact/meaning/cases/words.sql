-- equal
-- White space, comments, capitals, quotes, brackets.
-- rows
CREATE TABLE t (
  id INTEGER,
  k INTEGER,
  a INTEGER,
  s VARCHAR
);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 1, 1, 'b'), (3, 2, 5, 'A'), (4, NULL, 3, NULL);
-- base
select id, a from t where a > 1
-- head
SELECT
  /* the key */ "id" AS id,
  (A) -- it's
  AS a
FROM T
WHERE ((1 < a))
