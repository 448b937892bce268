-- differs
-- BETWEEN brings all three to one collation; two comparisons do not.
-- rows
CREATE TABLE dim (
  k INTEGER,
  name VARCHAR,
  code VARCHAR COLLATE NOCASE
);
INSERT INTO dim VALUES (1, 'A', 'c'), (2, 'b', 'a'), (3, 'c', 'B');
-- base
SELECT k FROM dim WHERE name BETWEEN 'a' AND code
-- head
SELECT k FROM dim WHERE name >= 'a' AND name <= code
