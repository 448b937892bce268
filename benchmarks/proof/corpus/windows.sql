-- name: ranks
SELECT id, k, rank() OVER (PARTITION BY k ORDER BY a DESC) AS r, dense_rank() OVER (ORDER BY a NULLS FIRST) AS dr FROM t

-- name: running
SELECT id, sum(a) OVER (PARTITION BY k ORDER BY id) AS running,
       avg(b) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS smooth
FROM t

-- name: neighbours
SELECT id, lag(a) OVER (PARTITION BY k ORDER BY id) AS before, lead(a, 2, 0) OVER w AS after,
       first_value(s) OVER w AS first, last_value(s IGNORE NULLS) OVER w AS last
FROM t WINDOW w AS (PARTITION BY k ORDER BY id)

-- name: named windows
SELECT id, count(*) OVER w AS n, sum(a) OVER (w ORDER BY id) AS running FROM t WINDOW w AS (PARTITION BY k)

-- name: qualify
SELECT id, k, a FROM t QUALIFY row_number() OVER (PARTITION BY k ORDER BY a DESC, id) = 1

-- name: qualify by alias
SELECT id, k, a, row_number() OVER (PARTITION BY k ORDER BY id) AS rn FROM t WHERE a IS NOT NULL QUALIFY rn <= 2

-- name: window of groups
SELECT k, sum(a) AS total, rank() OVER (ORDER BY sum(a) DESC, k) AS place, sum(sum(a)) OVER () AS grand FROM t GROUP BY k

-- name: share
SELECT id, a * 1.0 / nullif(sum(a) OVER (PARTITION BY k), 0) AS share, max(a) OVER () - a AS below FROM t

-- name: range frame
SELECT id, sum(a) OVER (ORDER BY d RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW) AS near,
       count(*) OVER (ORDER BY a GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS g
FROM t

-- name: filtered window
SELECT id, count(*) FILTER (WHERE a > 1) OVER (PARTITION BY k) AS many, ntile(2) OVER (ORDER BY id) AS half FROM t

-- name: filter outside of window
SELECT * FROM (SELECT id, k, row_number() OVER (PARTITION BY k ORDER BY id) AS rn FROM t) WHERE rn > 1 AND k > 1

-- name: window over filter
SELECT id, row_number() OVER (ORDER BY id) AS rn FROM (SELECT * FROM t WHERE a > 1)

-- name: limit
SELECT id, a FROM t ORDER BY a DESC NULLS LAST, id LIMIT 4

-- name: limit offset
SELECT id, s FROM t WHERE a IS NOT NULL ORDER BY s, id DESC LIMIT 3 OFFSET 2

-- name: limit inside
SELECT count(*) AS n, sum(a) AS total FROM (SELECT * FROM t ORDER BY b NULLS FIRST, id LIMIT 5)

-- name: limit percent
SELECT id FROM t ORDER BY id LIMIT 40 PERCENT

-- name: order by all
SELECT k, id FROM t ORDER BY ALL DESC LIMIT 6

-- name: order by position
SELECT b, id FROM t ORDER BY 1 NULLS FIRST, 2 LIMIT 5

-- name: filter then limit
SELECT * FROM (SELECT id, a FROM t ORDER BY id LIMIT 6) WHERE a > 1

-- name: cumulative distinct
SELECT DISTINCT k, count(*) OVER (PARTITION BY k) AS n FROM t
