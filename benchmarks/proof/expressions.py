"""Expressions that are easily taken for one another: those with equal fingerprints must have equal results.

The parser reads several functions, operators and spellings as one. Where they are not the same to DuckDB, the
fingerprints are wrong before anything is worked out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from proof.claims import meaning, tables_of
from proof.corpus import schema_of
from proof.draft import Schema
from proof.execution import Database, NotRunError, Result, nearly_same

TABLE = """\
CREATE TABLE t (
  i INTEGER,
  x DOUBLE,
  s VARCHAR,
  d DATE,
  ts TIMESTAMP,
  l INTEGER[],
  js JSON,
  m MAP(VARCHAR, INTEGER),
  st STRUCT(a STRUCT(b INTEGER), c INTEGER)
)"""
ROWS = """\
INSERT INTO t VALUES
(1, 2.5, 'abc', '2024-01-07', '2024-01-07 08:05:03.5', [3, 1, NULL],
 '{"a": {"b": 1}, "a.b": 2, "0": "zero", "A": 7, "[1]": 8}', MAP {'a': 1, 'A': 2}, {'a': {'b': 1}, 'c': 9}),
(-5, -0.5, 'A%_b', '2020-12-31', '2020-12-31 23:59:59', [], '[10, [20, 30], "q"]', MAP {}, {'a': {'b': 5}, 'c': 6}),
(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
(7, 1000, '07/08/2024', '2023-06-01', '2023-06-01 00:00:00', [1, 1], '"text"', MAP {'b': 3}, {'a': NULL, 'c': 1})"""

FORMATS = """
%a %A %w %d %-d %b %B %m %-m %y %Y %H %-H %I %p %M %S %f %j %U %W %c %x %X %% %G %V %u
"""
UNITS = """
year years month months day days hour minute second milliseconds microseconds decade century quarter
week weekofyear dow weekday isodow doy isoyear yearweek epoch
"""
PATHS = (
    *("'a'", "'$.a'", "'a.b'", "'$.a.b'", "'$.\"a.b\"'", "'/a/b'", "'0'", "0", "'$[0]'", "1", "'$[1]'", "'[1]'"),
    *("'$[1][0]'", "-1", "'$[#-1]'", "'A'", "'$.A'", "'$.*'", "'$'", "'$.x'", "'$[*]'"),
)
TEMPLATES = (
    *(
        (one, FORMATS.split())
        for one in ("strftime(ts, '{0}')", "strftime(ts, '{0}/%Y')", "try_strptime(s, '{0}/%d/%Y')")
    ),
    *(
        (one, UNITS.split())
        for one in (
            *("date_part('{0}', ts)", "extract({0} from ts)", "date_trunc('{0}', ts)", "date_diff('{0}', d, ts)"),
            *("date_sub('{0}', d, ts)", "ts + interval 1 {0}", "ts - interval '1 {0}'", "{0}(ts)", "to_{0}(i)"),
        )
    ),
    *(
        (one, PATHS)
        for one in ("js -> {0}", "js ->> {0}", "json_extract(js, {0})", "json_exists(js, {0})", "json_type(js, {0})")
    ),
)
PLAIN = """
s like 'a%' | s ~~ 'a%' | s !~~ 'a%' | s ilike 'A%' | s ~~* 'A%' | s glob 'a*' | s ~~~ 'a*' | s ^@ 'a' | prefix(s, 'a')
s !~ 'a' | s ~ 'a' | regexp_matches(s, 'a')
regexp_full_match(s, 'a') | s similar to 'a' | regexp_matches(s, 'A', 'i')
s like 'A#%_b' escape '#' | s like 'A#%_b' | contains(s, 'a') | suffix(s, 'c') | regexp_replace(s, '[a-c]', 'x')
regexp_replace(s, '[a-c]', 'x', 'g') | regexp_extract(s, '(a)(b)') | regexp_extract(s, '(a)(b)', 1)
regexp_extract(s, '(a)(b)', 2) | regexp_extract_all(s, '[a-c]') | string_split(s, 'b') | string_split_regex(s, '.')
split_part(s, 'b', 1) | split_part(s, 'b', -1) | position('b' in s) | strpos(s, 'b') | strpos('b', s) | instr(s, 'b')
trim(s, 'a') | ltrim(s, 'a') | rtrim(s, 'c') | trim(leading 'a' from s) | trim(trailing 'c' from s) | trim(s)
concat(s, NULL, 'x') | s || NULL || 'x' | concat_ws(',', s, NULL) | concat_ws(',', s, '') | length(s) | strlen(s)
ascii(s) | unicode(s) | substring(s, 1, 1) | substring(s from 2) | substring(s for 1) | substr(s, -1) | left(s, 1)
s[1] | s[1:2] | s[-1] | l[1] | l[0] | l[-1] | l[1:2] | l[:2] | l[2:] | l[1:2:2] | list_extract(l, 1) | l[1:1]
m['a'] | m['A'] | m['a'][1] | map_extract(m, 'a') | element_at(m, 'a') | st.a.b | st['a'].b | st.c | st['c']
i / 2 | i // 2 | i % 2 | mod(i, 2) | i ^ 2 | i ** 2 | xor(i, 2) | i & 2 | i | -i | ~i | @i | abs(i) | i - -1 | i + 1
not true | !true | round(x) | round(x, 1) | trunc(x) | floor(x) | ceil(x) | round_even(x, 0) | sign(x) | even(x)
log(x * x) | ln(x * x) | log10(x * x) | log(2, x * x) | log(x * x, 2) | atan2(x, 1) | atan2(1, x) | power(x, 2)
greatest(i, 3) | least(i, 3) | ifnull(i, 0) | coalesce(i, 0) | nullif(i, 1) | coalesce(0, i) | nullif(1, i)
sum(i) | sum(distinct i) | avg(i) | count(i) | count(*) | count(1) | count(distinct i) | count_if(i > 1) | sum(i > 1)
any_value(i) | first(i) | arbitrary(i) | last(i) | min(i) | max(i) | max(i, 2) | arg_max(i, x) | arg_min(i, x)
arg_max_null(i, x) | max_by(x, i) | list(i) | array_agg(i) | string_agg(s, 'x') | string_agg(s) | group_concat(s)
bool_and(i > 1) | bool_or(i > 1) | bit_and(abs(i)) | bit_or(abs(i)) | bit_xor(abs(i)) | median(i)
quantile_cont(i, 0.5) | quantile_disc(i, 0.5) | quantile_cont(i, 0.25) | mode(i) | mad(i)
percentile_cont(0.25) within group (order by i)
percentile_cont(0.25) within group (order by i desc) | percentile_disc(0.25) within group (order by i) | product(i)
stddev(i) | stddev_samp(i) | stddev_pop(i) | variance(i) | var_pop(i) | covar_pop(i, x) | covar_samp(i, x) | corr(i, x)
regr_slope(i, x) | regr_slope(x, i) | regr_intercept(i, x) | skewness(i) | kurtosis(i) | kurtosis_pop(i) | entropy(i)
make_date(2024, 1, 2) | make_date(2024, 2, 1) | last_day(d) | dayname(d) | monthname(d) | epoch(ts) | epoch_ms(ts)
ts at time zone 'UTC' | d + 1 | d - 1 | d - date '2024-01-01' | date '2024-01-01' - d | ts::date | ts::varchar
generate_series(1, 3) | range(1, 3) | range(3) | generate_series(3) | interval '1 month 2 days' | interval '1 month'
interval '36 hours' | interval '1 day 12 hours' | interval (i) day | interval 1.5 day | interval '-1' day
{'a': i} | {'A': i} | [i, 1] | [1, i] | row(i, 1) | 1e2 | 100 | 1.0 | 1.00 | 5::double | 'a' | E'a' | 'a''b'
i is null | i isnull | i is distinct from 1 | i <> 1 | i is not distinct from 1 | i = 1 | i == 1 | i between 1 and 5
i not between 1 and 5 | i in (1, 5) | i not in (1, 5) | i in (1, NULL) | case i when 1 then 2 end | if(i = 1, 2, NULL)
"""


@dataclass(frozen=True, slots=True)
class Mistaken:
    """Two expressions that are taken for one, but differ."""

    one: str
    other: str


class _Table:
    def statements(self) -> Iterator[str]:
        """Make the table."""
        yield TABLE
        yield ROWS


def expressions() -> list[str]:
    """Return all of them."""
    made = [template.format(word) for template, words in TEMPLATES for word in words]
    return made + [one.strip() for line in PLAIN.split("\n") for one in line.split(" | ") if one.strip()]


def mistaken() -> tuple[int, list[Mistaken]]:
    """Run every expression; return how many ran, and the pairs that have one fingerprint, but other results."""
    schema: Schema = schema_of(TABLE)
    tables, database = tables_of(schema), Database([_Table()])
    seen: defaultdict[tuple[str, str], list[tuple[str, Result]]] = defaultdict(list)
    ran, found = 0, list[Mistaken]()
    for expression in expressions():
        sql = f"SELECT {expression} AS v FROM t"
        try:
            (result,) = database.run(sql)
        except NotRunError:
            continue
        ran += 1
        table = meaning(sql, tables, expression)
        if table is None:
            continue
        known = seen[table.rows.fingerprint, table.columns[0].value.fingerprint]
        found += [Mistaken(one, expression) for one, other in known if not _alike(other, result)]
        known.append((expression, result))
    database.close()
    return ran, found


def _alike(one: Result, other: Result) -> bool:
    return one.types == other.types and nearly_same(one, other, ["v"])
