select
    f.destination,
    max(f.destination_name) as destination_name,
    bool_or(f.destination_name is null) as is_unknown,
    count(distinct f.carrier) as carriers,
    min(f.distance) as shortest,
    max(f.distance) as longest,
    round(avg(f.speed), 1) as mean_speed,
    (select max(w.temperature) from stg_weather as w) - max(f.temperature) as cooler_than_hottest
from fct_flights as f
group by f.destination
