select
    a.airport,
    a.airport_name,
    a.time_zone,
    a.utc_offset,
    a.altitude,
    (a.altitude * 0.3048)::decimal(7, 1) as altitude_metres,
    a.airport in (select destination from stg_flights) as is_destination,
    exists (select 1 from stg_weather as w where w.origin = a.airport) as has_weather
from stg_airports as a
