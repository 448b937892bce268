-- name: star
SELECT * FROM t WHERE a > 1

-- name: star exclude
SELECT * EXCLUDE (x, arr) FROM t WHERE b IS NOT NULL

-- name: star replace
SELECT * REPLACE (a + 1 AS a, upper(s) AS s) FROM t

-- name: star rename
SELECT * RENAME (a AS alpha, b AS beta) FROM t WHERE k < 4

-- name: two stars
SELECT t.*, u.c AS uc FROM t JOIN u ON t.k = u.k WHERE u.c > 0

-- name: star of a join
SELECT * FROM (SELECT id, k, a FROM t) AS l JOIN (SELECT k, c FROM u) AS r ON l.k = r.k

-- name: lateral alias
SELECT id, a + 1 AS next, next * 2 AS twice, twice - b AS rest FROM t

-- name: shadowed alias
SELECT id, a + b AS a, a * 2 AS doubled FROM t WHERE a > 1

-- name: alias in where
SELECT id, a + b AS total FROM t WHERE total > 3

-- name: duplicate names
SELECT t.k, u.k, t.id AS k, u.c FROM t JOIN u ON t.k = u.k

-- name: case of names
SELECT T.Id, t.A AS "Total A", "B" AS Beta FROM T WHERE "a" >= 1

-- name: quoted names
SELECT q."select", q."two words", q."select" + 1 AS "order" FROM (SELECT a AS "select", s AS "two words" FROM t) AS q

-- name: from first
FROM t SELECT id, a - b AS gap WHERE a IS NOT NULL

-- name: bare from
FROM (SELECT id, s FROM t WHERE k > 1)

-- name: columns pattern
SELECT id, COLUMNS('^[ab]$') + 1 FROM t

-- name: columns of all
SELECT max(COLUMNS(*)), min(COLUMNS(* EXCLUDE (s))) FROM (SELECT a, b, s FROM t)

-- name: columns lambda
SELECT COLUMNS(lambda c: c IN ('id', 'a')) FROM t

-- name: whole row
SELECT id, md5(CAST(r AS VARCHAR)) AS h FROM (SELECT id, a, s FROM t) AS r

-- name: struct fields
SELECT id, st.p AS p, t.st.q AS q, (st).p + a AS sum_p, struct_extract(st, 'q') AS e FROM t WHERE st.p > 0

-- name: struct star
SELECT id, st.* FROM t

-- name: struct made
SELECT id, {'low': least(a, b), 'high': greatest(a, b)} AS span, struct_pack(n := s, v := a).v AS v FROM t

-- name: lambdas
SELECT id, list_transform(arr, lambda e: e + a) AS plus, list_filter(arr, lambda e: e > 1) AS big,
       list_reduce(arr, lambda acc, e: acc + e, 0) AS total
FROM t

-- name: comprehension
SELECT id, [e * 2 FOR e IN arr IF e > 0] AS doubled, arr[1] AS first, arr[-1:] AS last FROM t

-- name: cases
SELECT id, CASE WHEN a > 2 THEN 'high' WHEN a > 1 THEN 'mid' ELSE coalesce(s, 'none') END AS band,
       CASE k WHEN 1 THEN b WHEN 2 THEN a END AS pick, if(b > a, b, a) AS most
FROM t

-- name: texts
SELECT id, s || '-' || CAST(a AS VARCHAR) AS label, lower(s) AS l, substr(s, 1, 1) AS c, length(s) AS n,
       s LIKE 'a%' AS starts, s ILIKE 'A%' AS istarts, regexp_matches(s, '^[a-b]$') AS m
FROM t

-- name: arithmetic
SELECT id, a / 2 AS half, a // 2 AS whole, a % 2 AS odd, a - b - k AS chain, a - (b - k) AS other, -a AS minus, a ** 2 AS sq
FROM t

-- name: dates
SELECT id, d + INTERVAL 1 DAY AS next, date_trunc('month', d) AS month, extract(day FROM d) AS dom,
       date_diff('day', d, DATE '2024-01-04') AS away, strftime(d, '%Y-%m') AS ym
FROM t WHERE d BETWEEN DATE '2024-01-01' AND DATE '2024-01-04'

-- name: casts
SELECT id, CAST(a AS VARCHAR) AS t1, TRY_CAST(s AS INTEGER) AS t2, x::INTEGER AS t3, m::DOUBLE AS t4, CAST(d AS TIMESTAMP) AS t5
FROM t

-- name: null logic
SELECT id, a IS NULL AS n, a IS DISTINCT FROM b AS df, a IS NOT DISTINCT FROM b AS same, coalesce(a, b, 0) AS c,
       nullif(a, b) AS nu, NOT (a > b OR b IS NULL) AS neg, a IN (1, 2, NULL) AS i
FROM t

-- name: unused columns
WITH base AS (SELECT id, a, b, s, upper(s) AS shout, row_number() OVER (ORDER BY id) AS rn FROM t)
SELECT id, a FROM base

-- name: positional alias
SELECT p.one, p.two FROM (SELECT a, b FROM t) AS p(one, two) WHERE p.one > 1

-- name: cte columns
WITH c(one, two) AS (SELECT a, b FROM t) SELECT one, two, one + two AS three FROM c
