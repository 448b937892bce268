"""A project of many models that read one another: 20 columns each, in twelve layers, the same for the same number."""

from __future__ import annotations

import random
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

COLUMNS = 20
LAYERS = 12
KEYS, TEXTS, DATES, NUMBERS = ("id", "k1", "k2"), ("t1", "t2", "t3", "t4"), ("d1", "d2"), tuple("abcdefghijk")
CONFIG = "version: 1\nproject: {kind: sql, path: models}\nwarehouse: duckdb:///w.duckdb\nproduction: main\nbase: main\n"

LENT = 0.2
"""How many of the numbers of a join look into its second table, too."""

Items = list[tuple[str, str]]
"""Names of columns, each with the expression that it is."""


def models(count: int, seed: int = 1) -> dict[str, str]:
    """Return the texts of so many models, in an order in which each reads only those before it; in DuckDB's SQL."""
    rng = random.Random(f"{seed} {count}")
    shapes: tuple[Callable[[random.Random, str, str], str], ...] = (_joined, _star, _windowed, _grouped, _latest, _both)
    texts: dict[str, str] = {}
    below: list[str] = []
    for layer in range(LAYERS):
        here = [f"m{layer:02}_{number:04}" for number in range(count // LAYERS + (layer < count % LAYERS))]
        for number, name in enumerate(here):
            if layer == 0:
                texts[name] = _staged(rng, f"raw.source_{number}")
            else:
                one, other = rng.sample(below[-2 * len(here) :], 2)
                texts[name] = rng.choice(shapes)(rng, one, other)
        below += here
    return texts


def changed(texts: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Return the texts with one more condition in some of them."""
    return {
        name: f"select * from (\n{text}) as kept\nwhere id <> 17\n" if name in names else text
        for name, text in texts.items()
    }


def most_read(texts: Mapping[str, str]) -> str:
    """Return the model on which most others depend, directly or through others."""
    upstream: dict[str, frozenset[str]] = {}
    for name, text in texts.items():
        reads = frozenset(re.findall(r"\bm\d\d_\d{4}\b", text))
        upstream[name] = reads.union(*(upstream[read] for read in reads))
    readers = Counter(name for above in upstream.values() for name in above)
    return min(texts, key=lambda name: (-readers[name], name))


def write(texts: Mapping[str, str], folder: Path) -> None:
    """Put texts into files of the project's folder."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / "models" / f"{name}.sql").write_text(text, "utf-8")


def make_repository(texts: Mapping[str, str], folder: Path) -> None:
    """Make a git repository of a project, with one commit on main."""
    write(texts, folder)
    (folder / "datacanary.yml").write_text(CONFIG, "utf-8")
    author = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org", "-c", "commit.gpgsign=false")
    for command in (["init", "-q", "-b", "main"], ["add", "."], [*author, "commit", "-q", "-m", "models"]):
        subprocess.run(["git", *command], cwd=folder, check=True)  # noqa: S607 -- the user's own git


def _staged(rng: random.Random, source: str) -> str:
    items = [(key, f"cast({key} as integer)") for key in KEYS]
    items += [(text, rng.choice((f"trim({text})", f"lower({text})", text))) for text in TEXTS]
    items += [(date, f"cast({date} as date)") for date in DATES]
    items += [
        (number, rng.choice((number, f"cast({number} as double)", f"coalesce({number}, 0)"))) for number in NUMBERS
    ]
    return f"select\n{_listed(items)}\nfrom {source}\nwhere id is not null\n"


def _items(rng: random.Random, own: str, more: str) -> Items:
    """Compute every column of the columns of one table, a few numbers of those of another."""
    items = [(key, f"{own}.{key}") for key in KEYS]
    items += [(text, _text(rng, own, text)) for text in TEXTS]
    items += [(date, f"{own}.{date}") for date in DATES]
    for name in NUMBERS:
        said = _number(rng, own)
        if rng.random() < LENT:
            said = f"coalesce({more}.{rng.choice(NUMBERS)}, {said})"
        items.append((name, said))
    return items


def _text(rng: random.Random, table: str, name: str) -> str:
    number = rng.choice(NUMBERS)
    high = f"when {table}.{number} > {rng.randrange(100)} then 'high'"
    case = f"case {high} when {table}.{number} is null then 'none' else {table}.{name} end"
    return rng.choice((f"{table}.{name}", f"{table}.{rng.choice(TEXTS)}", f"upper({table}.{name})", case))


def _number(rng: random.Random, table: str) -> str:
    one, other = rng.sample(NUMBERS, 2)
    return rng.choice(
        (
            *(f"{table}.{one}", f"{table}.{one}", f"{table}.{one}", f"{table}.{one} + {table}.{other}"),
            f"coalesce({table}.{one}, {table}.{other}, 0)",
            f"round({table}.{one} * 1.{rng.randrange(1, 9)}, 2)",
            f"case when {table}.{rng.choice(TEXTS)} = 'high' then {table}.{one} else 0 end",
        )
    )


def _listed(items: Items, indent: str = "    ") -> str:
    return ",\n".join(f"{indent}{said}" if said == name else f"{indent}{said} as {name}" for name, said in items)


def _joined(rng: random.Random, one: str, other: str) -> str:
    join = rng.choice(("join", "left join"))
    condition = f"x.{rng.choice(NUMBERS)} > {rng.randrange(50)} and x.t1 <> 'none'"
    joined = f"from {one} as x\n{join} {other} as y on x.k1 = y.id"
    return f"select\n{_listed(_items(rng, 'x', 'y'))}\n{joined}\nwhere {condition}\n"


def _star(rng: random.Random, one: str, other: str) -> str:
    sums = ", ".join(f"sum({number}) as {number}" for number in NUMBERS)
    return (
        f"with kept as (\n    select * from {one} where {rng.choice(DATES)} >= date '2024-01-01'\n), totals as (\n"
        f"    select k1, {sums}\n    from {other}\n    group by k1\n)\n"
        f"select\n{_listed(_items(rng, 'kept', 'totals'))}\nfrom kept\nleft join totals on kept.k1 = totals.k1\n"
    )


def _windowed(rng: random.Random, one: str, other: str) -> str:
    items = dict(_items(rng, "x", "x"))
    number = rng.choice(NUMBERS)
    items["a"] = f"sum(x.{number}) over (partition by x.k1)"
    items["b"] = f"lag(x.{number}) over (partition by x.k1 order by x.d1, x.id)"
    exists = f"x.id in (select k2 from {other} where {rng.choice(NUMBERS)} > 0)"
    return f"select\n{_listed(list(items.items()))}\nfrom {one} as x\nwhere {exists}\n"


def _grouped(rng: random.Random, one: str, other: str) -> str:
    del other
    items = [(key, key) for key in KEYS]
    items += [(name, f"max({name})") for name in (*TEXTS, *DATES)]
    items += [(name, rng.choice((f"sum({name})", f"max({name})", "count(*)"))) for name in NUMBERS]
    return f"select\n{_listed(items)}\nfrom {one}\ngroup by id, k1, k2\nhaving count(*) < 1000\n"


def _latest(rng: random.Random, one: str, other: str) -> str:
    del other
    names = (*KEYS, *TEXTS, *DATES, *NUMBERS)
    order = rng.choice(DATES)
    return (
        f"with ranked as (\n    select *, row_number() over (partition by id order by {order} desc, k1) as place\n"
        f"    from {one}\n)\nselect\n{_listed([(name, name) for name in names])}\nfrom ranked\nwhere place = 1\n"
    )


def _both(rng: random.Random, one: str, other: str) -> str:
    first, second = _listed(_items(rng, "x", "x")), _listed(_items(rng, "y", "y"))
    return f"select\n{first}\nfrom {one} as x\nunion all\nselect\n{second}\nfrom {other} as y\nwhere y.k2 is not null\n"
