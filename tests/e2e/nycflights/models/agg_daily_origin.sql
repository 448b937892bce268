select
    flight_date,
    origin,
    count(*) as scheduled,
    count(case when is_cancelled then 1 end) as cancelled,
    sum(distance) as distance,
    avg(departure_delay)::decimal(8, 2) as mean_departure_delay,
    max(arrival_delay) as worst_arrival_delay,
    list(distinct carrier order by carrier) as carriers
from stg_flights
group by all
order by flight_date, origin
