-- Flights that took off, with what is known of the carrier, the plane, the destination and the weather.
with flights as (
    select * exclude (is_cancelled) from stg_flights where not is_cancelled
),
-- Named like the table it narrows.
stg_airports as (
    select airport, airport_name from stg_airports where altitude is not null
),
-- Named like a table that this model does not read at all.
dim_planes as (
    select tail_number, manufacturer, built from stg_planes
)
select
    f.flight_date,
    f.carrier,
    a.name as carrier_name,
    f.flight_number,
    f.origin,
    f.destination,
    d.airport_name as destination_name,
    f.tail_number,
    p.manufacturer,
    year(f.flight_date) - p.built as plane_age,
    f.scheduled_hour,
    f.departure_delay,
    f.arrival_delay,
    f.departure_delay - f.arrival_delay as minutes_made_up,
    coalesce(f.arrival_delay > 15, false) as is_late,
    f.distance,
    f.air_time,
    (f.distance * 60 / nullif(f.air_time, 0))::decimal(7, 1) as speed,
    w.temperature,
    w.visibility,
    f.time_hour
from flights as f
left join raw.airlines as a using (carrier)
left join stg_airports as d on d.airport = f.destination
left join dim_planes as p using (tail_number)
left join stg_weather as w
    on w.origin = f.origin and w.local_date = f.flight_date and w.local_hour = f.scheduled_hour
