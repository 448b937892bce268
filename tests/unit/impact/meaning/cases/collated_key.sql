-- differs
-- 'a' and 'A' are two groups, but equal to a text without regard to case.
-- rows
CREATE TABLE dim (
  k INTEGER,
  name VARCHAR,
  code VARCHAR COLLATE NOCASE
);
INSERT INTO dim VALUES (1, 'A', 'c'), (2, 'b', 'a'), (3, 'c', 'B');
CREATE TABLE codes (
  code VARCHAR,
  value INTEGER
);
INSERT INTO codes VALUES ('1', 1), ('01', 2), ('a', 3), ('A', 4), ('2', 5);
-- base
SELECT d.k FROM dim AS d LEFT JOIN (SELECT code, max(value) AS v FROM codes GROUP BY code) AS p ON p.code = d.code
-- head
SELECT d.k FROM dim AS d LEFT JOIN (SELECT code, max(value) AS v FROM codes WHERE value > 3 GROUP BY code) AS p ON p.code = d.code
