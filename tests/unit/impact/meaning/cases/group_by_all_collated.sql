-- differs
-- GROUP BY ALL does not heed a collation, GROUP BY with names does.
-- rows
CREATE TABLE dim (
  k INTEGER,
  code VARCHAR COLLATE NOCASE
);
INSERT INTO dim VALUES (1, 'a'), (2, 'A');
-- base
SELECT code FROM dim GROUP BY ALL
-- head
SELECT code FROM dim GROUP BY code
