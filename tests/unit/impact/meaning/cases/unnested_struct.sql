-- differs
-- A struct that is taken apart makes columns that its text does not name.
-- rows
CREATE TABLE t (
  id INTEGER,
  st STRUCT(p INTEGER, q VARCHAR)
);
INSERT INTO t VALUES (1, {'p': 1, 'q': 'a'}), (2, {'p': 2, 'q': 'b'});
-- base
WITH x AS (SELECT id, st FROM t) SELECT id, unnest(st) FROM x
-- head
WITH x AS (SELECT id, {'p': st.p + 1, 'q': st.q} AS st FROM t) SELECT id, unnest(st) FROM x
