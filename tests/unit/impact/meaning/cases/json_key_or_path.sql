-- differs
-- 'a.b' is one key, '$.a.b' are two.
-- rows
CREATE TABLE t (
  js JSON
);
INSERT INTO t VALUES ('{"a": {"b": 1}, "a.b": 2}');
-- base
SELECT js ->> 'a.b' AS v FROM t
-- head
SELECT js ->> '$.a.b' AS v FROM t
