-- One row per scheduled departure; times are local to New York, delays are minutes, distances are miles.
select
    make_date(year, month, day) as flight_date,
    carrier,
    flight::integer as flight_number,
    origin,
    dest as destination,
    tailnum as tail_number,
    hour::smallint as scheduled_hour,
    dep_delay::integer as departure_delay,
    arr_delay::integer as arrival_delay,
    air_time::integer as air_time,
    distance::integer as distance,
    dep_time is null as is_cancelled,
    time_hour
from raw.flights
