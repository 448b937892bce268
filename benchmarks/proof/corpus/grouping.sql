-- name: group by position
SELECT k, s, count(*) AS n, sum(a) AS total FROM t GROUP BY 1, 2

-- name: group by alias
SELECT a % 2 AS odd, count(*) AS n, avg(x) AS mean FROM t GROUP BY odd

-- name: group by all
SELECT k, a % 2 AS odd, count(*) AS n, max(b) AS top FROM t GROUP BY ALL

-- name: grouping sets
SELECT k, s, count(*) AS n, grouping(k, s) AS g FROM t GROUP BY GROUPING SETS ((k, s), (k), ())

-- name: rollup
SELECT k, s, sum(a) AS total FROM t GROUP BY ROLLUP (k, s)

-- name: cube
SELECT k, s, sum(a) AS total, count(DISTINCT b) AS kinds FROM t GROUP BY CUBE (k, s) HAVING count(*) > 1

-- name: global
SELECT count(*) AS n, sum(a) AS total, 1 AS one FROM t WHERE a > 1

-- name: global of nothing
SELECT max(a) AS top, 'x' AS label FROM t WHERE a > 100

-- name: having
SELECT k, count(*) AS n, sum(b) AS total FROM t GROUP BY k HAVING sum(a) > 2 AND count(*) > 1

-- name: having without group
SELECT sum(a) AS total FROM t HAVING count(*) > 3

-- name: filtered aggregates
SELECT k, count(*) FILTER (WHERE a > 1) AS many, sum(b) FILTER (s = 'a') AS of_a, count(b) AS filled FROM t GROUP BY k

-- name: ordered aggregates
SELECT k, string_agg(s, ',' ORDER BY s, id) AS joined, list(a ORDER BY a DESC, id) AS listed, first(b ORDER BY id) AS one,
       arg_max(s, id) AS of_last
FROM t GROUP BY k

-- name: distinct aggregates
SELECT k, count(DISTINCT s) AS kinds, sum(DISTINCT a) AS total, list_sort(list(DISTINCT b)) AS bs FROM t GROUP BY k

-- name: group by expression
SELECT date_trunc('month', d) AS month, coalesce(s, 'none') AS label, count(*) AS n
FROM t GROUP BY date_trunc('month', d), coalesce(s, 'none')

-- name: group by key and its function
SELECT k, k + 1 AS next, CASE WHEN k > 2 THEN 'big' ELSE 'small' END AS size, count(*) AS n FROM t GROUP BY k

-- name: two levels
WITH per_key AS (SELECT k, s, count(*) AS n, sum(a) AS total FROM t GROUP BY k, s)
SELECT k, sum(n) AS n, max(total) AS top, count(*) AS kinds FROM per_key WHERE total > 1 GROUP BY k

-- name: distinct
SELECT DISTINCT k, s FROM t WHERE a IS NOT NULL

-- name: distinct on
SELECT DISTINCT ON (k) k, a, s FROM t ORDER BY k, a DESC, id

-- name: distinct of groups
SELECT DISTINCT n FROM (SELECT k, count(*) AS n FROM t GROUP BY k)

-- name: pivot
SELECT * FROM (SELECT k, a, b FROM t) PIVOT (sum(b) AS total FOR a IN (1, 2, 3))

-- name: pivot with group
FROM (SELECT k, s, a, b FROM t) PIVOT (max(b) FOR a IN (1, 2) GROUP BY k)

-- name: pivot statement
WITH src AS (SELECT k, s, a FROM t) PIVOT src ON s IN ('a', 'b') USING sum(a), count(*) AS n GROUP BY k

-- name: pivot without group
SELECT k, "1", "2" FROM (SELECT k, a, b FROM t WHERE b > 0) PIVOT (count(b) FOR a IN (1, 2))

-- name: unpivot
SELECT id, quarter, amount FROM wide UNPIVOT (amount FOR quarter IN (q1, q2, q3)) WHERE amount > 1

-- name: unpivot with nulls
FROM (SELECT id, q1, q2 FROM wide) UNPIVOT INCLUDE NULLS (v FOR n IN (q1, q2))

-- name: sampled
SELECT k, a FROM t USING SAMPLE 5 ROWS (reservoir, 42)

-- name: sampled part
SELECT k, a FROM (SELECT * FROM t TABLESAMPLE BERNOULLI (60 PERCENT) REPEATABLE (7)) WHERE a > 1

-- name: mode and median
SELECT k, median(a) AS middle, quantile_cont(x, 0.5) AS q, stddev_samp(x) AS spread, bool_or(a > 2) AS any_big FROM t GROUP BY k
