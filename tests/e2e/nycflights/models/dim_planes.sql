-- Every plane that is registered or flew, with its last flight.
with stg_flights as (
    select *
    from stg_flights
    where tail_number is not null and not is_cancelled
),
last_flights as (
    select tail_number, flight_date, destination, carrier
    from stg_flights
    qualify row_number() over (
        partition by tail_number order by time_hour desc, carrier, flight_number
    ) = 1
),
usage as (
    select tail_number, count(*) as flights, sum(air_time) as minutes_in_air from stg_flights group by tail_number
)
select
    coalesce(p.tail_number, u.tail_number) as tail_number,
    p.tail_number is not null as is_registered,
    p.manufacturer,
    p.model,
    p.seats,
    p.engines,
    u.flights,
    u.minutes_in_air,
    l.flight_date as last_seen,
    l.destination as last_destination,
    l.carrier as last_carrier
from stg_planes as p
full join usage as u on u.tail_number = p.tail_number
left join last_flights as l on l.tail_number = coalesce(p.tail_number, u.tail_number)
