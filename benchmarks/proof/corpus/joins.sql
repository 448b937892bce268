-- name: using
SELECT id, k, t.a, dim.name FROM t JOIN dim USING (k)

-- name: using left star
SELECT * FROM (SELECT id, k, a FROM t) AS l LEFT JOIN dim USING (k)

-- name: full using
SELECT k, l.a, r.c FROM (SELECT k, a FROM t) AS l FULL JOIN (SELECT k, c FROM u) AS r USING (k)

-- name: natural
SELECT * FROM (SELECT id, k, a FROM t) AS l NATURAL JOIN (SELECT k, name FROM dim) AS r

-- name: left to grouped
SELECT t.id, t.a, g.n, g.top FROM t LEFT JOIN (SELECT k, count(*) AS n, max(c) AS top FROM u GROUP BY k) AS g ON t.k = g.k

-- name: left to distinct on
SELECT t.id, l.c FROM t LEFT JOIN (SELECT DISTINCT ON (k) k, c FROM u ORDER BY k, id) AS l ON l.k = t.k

-- name: left to first of each
WITH latest AS (
  SELECT k, c, s FROM u QUALIFY row_number() OVER (PARTITION BY k ORDER BY ts DESC, id) = 1
)
SELECT t.id, t.k, latest.c, latest.s FROM t LEFT JOIN latest ON latest.k = t.k

-- name: left to numbered
WITH numbered AS (SELECT *, row_number() OVER (PARTITION BY k ORDER BY id) AS rn FROM u),
     first AS (SELECT k, c FROM numbered WHERE rn = 1)
SELECT t.id, t.a + coalesce(first.c, 0) AS total FROM t LEFT JOIN first ON t.k = first.k

-- name: left to texts
WITH per_code AS (SELECT code, max(value) AS v FROM codes GROUP BY code)
SELECT t.id, t.k, p.v FROM t LEFT JOIN per_code AS p ON p.code = CAST(t.k AS VARCHAR)

-- name: text against number
WITH per_code AS (SELECT code, max(value) AS v FROM codes WHERE code IN ('1', '01', '2', '3') GROUP BY code)
SELECT t.id, t.k, p.v FROM t LEFT JOIN per_code AS p ON p.code = t.k

-- name: collated key
WITH per_code AS (SELECT code, count(*) AS n FROM codes GROUP BY code)
SELECT d.k, d.name, d.code, p.n FROM dim AS d LEFT JOIN per_code AS p ON p.code = d.code

-- name: collated groups
SELECT code, count(*) AS n, min(k) AS least FROM dim GROUP BY code

-- name: left to distinct two keys
SELECT t.id, z.k FROM t LEFT JOIN (SELECT DISTINCT k, c FROM u) AS z ON z.k = t.k AND z.c = t.a

-- name: chain
SELECT t.id, dim.name, u.c
FROM t LEFT JOIN dim ON dim.k = t.k AND dim.active INNER JOIN u ON u.k = t.k AND u.c >= t.a
WHERE t.b IS NOT NULL

-- name: comma join
SELECT t.id, u.c, dim.name FROM t, u, dim WHERE t.k = u.k AND u.k = dim.k AND t.a < u.c

-- name: self join
SELECT p.id, q.id AS other, p.a - q.a AS gap FROM t AS p JOIN t AS q ON p.k = q.k AND p.id < q.id

-- name: right join
SELECT u.id, t.a FROM t RIGHT JOIN u ON t.k = u.k AND t.a > 1

-- name: cross join
SELECT dim.name, v.x FROM dim CROSS JOIN (VALUES (1), (2)) AS v(x) WHERE dim.k <> v.x

-- name: semi join
SELECT id, a FROM t SEMI JOIN u ON t.k = u.k AND u.c > 1

-- name: anti join
SELECT id, a FROM t ANTI JOIN u ON t.k = u.k AND u.c > 1

-- name: asof join
SELECT t.id, t.d, u.c FROM t ASOF LEFT JOIN u ON t.k = u.k AND t.d >= u.ts

-- name: positional join
SELECT l.id, r.c FROM (SELECT id FROM t ORDER BY id) AS l POSITIONAL JOIN (SELECT c FROM u ORDER BY id) AS r

-- name: lateral
SELECT t.id, l.top FROM t, LATERAL (SELECT max(c) AS top FROM u WHERE u.k = t.k AND u.c > t.a) AS l

-- name: left lateral
SELECT t.id, l.c FROM t LEFT JOIN LATERAL (SELECT c FROM u WHERE u.k = t.k ORDER BY c, id LIMIT 1) AS l ON true

-- name: unnest in from
SELECT t.id, e.item FROM t, unnest(t.arr) AS e(item) WHERE e.item > 0

-- name: unnest in select
SELECT id, unnest(arr) AS item, a FROM t

-- name: unnest twice
SELECT id, unnest([a, b]) AS ab, unnest(['p', 'q', 'r']) AS letter FROM t WHERE id < 5

-- name: unnest struct
SELECT id, unnest(st) FROM t

-- name: table function
SELECT r.i, t.id FROM range(1, 5) AS r(i) LEFT JOIN t ON t.k = r.i

-- name: series
SELECT t.id, g.n FROM t, generate_series(1, t.a) AS g(n)

-- name: exists
SELECT id, a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.k = t.k AND u.c > t.b)

-- name: not exists
SELECT id, s FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.k = t.k) AND a > 0

-- name: in subquery
SELECT id, a FROM t WHERE k IN (SELECT k FROM u WHERE c > 1) AND a NOT IN (SELECT c FROM u WHERE c IS NOT NULL AND c > 3)

-- name: row in subquery
SELECT id FROM t WHERE (k, a) IN (SELECT k, c FROM u)

-- name: correlated scalar
SELECT id, (SELECT max(c) FROM u WHERE u.k = t.k) AS top, (SELECT count(*) FROM dim) AS dims FROM t

-- name: correlated in filter
SELECT id, a FROM t WHERE a >= (SELECT avg(o.a) FROM t AS o WHERE o.k = t.k)

-- name: scope of names
SELECT id, (SELECT count(*) FROM u WHERE k = t.k AND c > b) AS n FROM t

-- name: any and all
SELECT id FROM t WHERE a > ANY (SELECT c FROM u WHERE u.k = t.k) OR a <= ALL (SELECT c FROM u WHERE c > 2)

-- name: nested joins
SELECT t.id, j.c, j.name FROM t LEFT JOIN (u JOIN dim ON u.k = dim.k) AS j(uid, uk, c, us, ts, dk, name, code, active) ON j.uk = t.k

-- name: parenthesised join
SELECT t.id, u.c, dim.name FROM t LEFT JOIN (u INNER JOIN dim ON u.k = dim.k) ON t.k = u.k

-- name: self left join
SELECT p.id, q.a FROM t AS p LEFT JOIN t AS q ON p.k = q.a

-- name: self right join
SELECT p.id, q.s FROM t AS p RIGHT JOIN t AS q ON p.k = q.b AND p.a > 1

-- name: self join of three
SELECT p.id, q.a, r.b FROM t AS p LEFT JOIN t AS q ON p.k = q.a LEFT JOIN t AS r ON r.k = q.b

-- name: self join of a filtered cte
WITH x AS (SELECT id, k, a FROM t WHERE a > 1) SELECT l.id, r.a FROM x AS l LEFT JOIN x AS r ON l.k = r.a

-- name: self semi join
SELECT p.id FROM t AS p SEMI JOIN t AS q ON p.k = q.a AND p.id <> q.id

-- name: sorted and listed
WITH x AS (SELECT k, id, s FROM t ORDER BY id) SELECT k, list(id) AS ids, first(s) AS one FROM x GROUP BY k

-- name: sorted and cut
SELECT id, a FROM (SELECT id, a, b FROM t ORDER BY b, id) LIMIT 4
