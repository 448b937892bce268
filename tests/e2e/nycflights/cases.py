"""The branches: what their authors did, and which tables differ because of it."""

from nycflights.branches import Branch, add_and_remove, edit, reformat, rename_file, uncommitted

FCT_AND_BELOW = frozenset(
    {"fct_flights", "agg_route_month", "agg_carrier_month", "agg_destination", "delay_events", "rpt_kpis"}
)

BRANCHES = (
    Branch(
        name="filter-added",
        message="Leave out departures without a plane",
        change=edit(("stg_flights", "from raw.flights", "from raw.flights\nwhere tailnum is not null")),
        verdict="fail",
        # A flight without a plane never took off, so that fct_flights, which is built again, stays as it is.
        # One airport was only ever the destination of such a departure.
        differs=frozenset({"stg_flights", "agg_daily_origin", "dim_airports", "rpt_kpis"}),
    ),
    Branch(
        name="inner-join",
        message="Only flights to airports that we know",
        change=edit(("fct_flights", "left join stg_airports as d", "join stg_airports as d")),
        verdict="fail",
        differs=FCT_AND_BELOW,
    ),
    Branch(
        name="kilometres",
        message="Distances in kilometres",
        change=edit(
            ("stg_flights", "distance::integer as distance", "round(distance * 1.609344)::integer as distance")
        ),
        verdict="fail",
        differs=frozenset(
            {"stg_flights", "agg_daily_origin", "fct_flights", "agg_carrier_month", "agg_destination", "rpt_kpis"}
        ),
    ),
    Branch(
        name="column-renamed",
        message="Say what visibility and delays are measured in",
        change=edit(
            ("stg_weather", "as visibility", "as visibility_miles"),
            ("fct_flights", "w.visibility,", "w.visibility_miles as visibility,"),
            ("agg_route_month", "as mean_arrival_delay", "as mean_arrival_minutes"),
            ("rpt_kpis", "max(mean_arrival_delay)", "max(mean_arrival_minutes)"),
        ),
        verdict="fail",
        differs=frozenset({"stg_weather", "agg_route_month"}),
    ),
    Branch(
        name="types-changed",
        message="Wider seats, shorter decimals, offsets as text",
        change=edit(
            ("stg_planes", "seats::integer", "seats::bigint"),
            ("agg_daily_origin", "avg(departure_delay)::decimal(8, 2)", "avg(departure_delay)::decimal(8, 1)"),
            ("dim_airports", "    a.utc_offset,", "    a.utc_offset::varchar as utc_offset,"),
        ),
        verdict="fail",
        differs=frozenset({"stg_planes", "dim_planes", "agg_daily_origin", "dim_airports"}),
    ),
    Branch(
        name="reformatted",
        message="Run the formatter",
        change=reformat,
        verdict="pass",
        differs=frozenset(),
    ),
    Branch(
        name="model-added-and-removed",
        message="Hours of the day instead of single delays",
        change=add_and_remove,
        verdict="fail",
        differs=frozenset({"rpt_kpis"}),
        added=frozenset({"agg_hour_of_day"}),
        removed=frozenset({"delay_events"}),
    ),
    Branch(
        name="file-renamed",
        message="Drop the prefix",
        change=rename_file,
        verdict="fail",
        differs=frozenset(),
        renamed=(("dim_airports", "airports"),),
    ),
    Branch(
        name="rows-fanned-out",
        message="Last flights by day",
        change=edit(
            ("dim_planes", "row_number() over (", "rank() over ("),
            ("dim_planes", "order by time_hour desc, carrier, flight_number", "order by flight_date desc"),
        ),
        verdict="fail",
        differs=frozenset({"dim_planes", "rpt_kpis"}),
    ),
    Branch(
        name="refactored",
        message="Count with a filter, name nothing twice",
        change=edit(
            (
                "agg_daily_origin",
                "count(case when is_cancelled then 1 end)",
                "count(*) filter (where is_cancelled)",
            ),
            ("stg_airports", "nullif(dst, 'U')", "case when dst <> 'U' then dst end"),
            ("agg_route_month", "count(*) >= 5", "count(flight_number) > 4"),
        ),
        verdict="pass",
        differs=frozenset(),
    ),
)

WORKING_TREE = Branch(
    name="working-tree",
    message="",
    change=uncommitted,
    verdict="warn",
    differs=frozenset({"dim_airports"}),
    added=frozenset({"agg_time_zones"}),
)
