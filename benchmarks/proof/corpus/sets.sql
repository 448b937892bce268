-- name: union
SELECT k, a FROM t UNION SELECT k, c FROM u

-- name: union all
SELECT k, a AS v, 't' AS origin FROM t UNION ALL SELECT k, c, 'u' FROM u WHERE c > 1

-- name: union by name
SELECT k, a, s FROM t UNION ALL BY NAME SELECT s, k, c FROM u

-- name: union distinct by name
SELECT k, s FROM t UNION BY NAME SELECT s, k FROM u

-- name: except
SELECT k FROM t EXCEPT SELECT k FROM u WHERE c > 2

-- name: except all
SELECT k, s FROM t EXCEPT ALL SELECT k, s FROM u

-- name: intersect
SELECT k FROM t INTERSECT SELECT k FROM u

-- name: intersect all
SELECT s FROM t INTERSECT ALL SELECT s FROM u

-- name: three branches
SELECT id, a FROM t WHERE a > 1 UNION ALL SELECT id, b FROM t WHERE b > 1 UNION SELECT id, c FROM u

-- name: nested sets
(SELECT k FROM t UNION SELECT k FROM u) EXCEPT (SELECT k FROM dim INTERSECT SELECT k FROM u)

-- name: union in cte
WITH sides AS (SELECT k, a AS v, 1 AS side FROM t UNION ALL SELECT k, c, 2 FROM u)
SELECT k, sum(v) AS total, count(*) FILTER (side = 1) AS of_t FROM sides GROUP BY k

-- name: union with order
SELECT k, a FROM t UNION ALL SELECT k, c FROM u ORDER BY k, a NULLS FIRST LIMIT 5

-- name: values
SELECT v.x, v.y, t.id FROM (VALUES (1, 'one'), (2, 'two'), (3, NULL)) AS v(x, y) LEFT JOIN t ON t.k = v.x

-- name: plain values
VALUES (1, 'a'), (2, 'b'), (NULL, 'c')

-- name: recursive
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT n.i, t.id FROM n LEFT JOIN t ON t.k = n.i

-- name: recursive tree
WITH RECURSIVE walk AS (
  SELECT id, k, 0 AS depth FROM t WHERE id = 1
  UNION ALL
  SELECT t.id, t.k, walk.depth + 1 FROM t JOIN walk ON t.k = walk.id WHERE walk.depth < 3
)
SELECT id, depth, count(*) AS n FROM walk GROUP BY id, depth

-- name: recursive reads cte
WITH RECURSIVE top AS (SELECT max(a) AS m FROM t),
n AS (SELECT 1 AS i UNION SELECT i + 1 FROM n, top WHERE i < top.m)
SELECT i FROM n

-- name: nested ctes
WITH outer_one AS (
  WITH inner_one AS (SELECT k, a FROM t WHERE a > 0) SELECT k, max(a) AS top FROM inner_one GROUP BY k
),
second AS (SELECT k, c FROM u)
SELECT o.k, o.top, second.c FROM outer_one AS o JOIN second ON second.k = o.k

-- name: shadowed table
WITH t AS (SELECT id, k, a + 1 AS a FROM t WHERE a > 1) SELECT id, a FROM t

-- name: shadowed twice
WITH x AS (SELECT k, c FROM u), y AS (WITH x AS (SELECT k, a AS c FROM t) SELECT * FROM x) SELECT y.k, y.c, x.c AS xc FROM y JOIN x ON x.k = y.k

-- name: same cte twice
WITH x AS (SELECT id, k, a FROM t WHERE b IS NOT NULL) SELECT p.id, q.a FROM x AS p JOIN x AS q ON p.k = q.k AND p.id <> q.id

-- name: cte in subquery
SELECT id FROM t WHERE k IN (WITH big AS (SELECT k FROM u WHERE c > 1) SELECT k FROM big)

-- name: materialized
WITH x AS MATERIALIZED (SELECT k, count(*) AS n FROM t GROUP BY k) SELECT x.k, x.n, dim.name FROM x LEFT JOIN dim USING (k)

-- name: long chain
WITH a1 AS (SELECT id, k, a, b, s FROM t WHERE a IS NOT NULL),
a2 AS (SELECT *, a + b AS ab FROM a1 WHERE k > 0),
a3 AS (SELECT k, s, sum(ab) AS total, count(*) AS n FROM a2 GROUP BY k, s),
a4 AS (SELECT *, rank() OVER (PARTITION BY k ORDER BY total DESC, s) AS place FROM a3)
SELECT a4.k, a4.s, a4.total, dim.name FROM a4 LEFT JOIN dim ON dim.k = a4.k WHERE a4.place <= 2

-- name: scalar subqueries
SELECT (SELECT count(*) FROM t) AS ts, (SELECT max(c) FROM u WHERE c < 3) AS m, (SELECT name FROM dim WHERE k = 1 ORDER BY name LIMIT 1) AS n

-- name: volatile
SELECT id, a, random() < 2 AS always, now() > DATE '2020-01-01' AS later FROM t

-- name: subquery in case
SELECT id, CASE WHEN EXISTS (SELECT 1 FROM u WHERE u.k = t.k) THEN 'known' ELSE 'new' END AS state,
       a IN (SELECT c FROM u) AS seen
FROM t
