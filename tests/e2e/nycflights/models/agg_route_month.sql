select
    origin,
    destination,
    month(flight_date) as flight_month,
    count(*) as flights,
    count(arrival_delay) as arrivals,
    median(arrival_delay) as median_arrival_delay,
    round(avg(arrival_delay), 2) as mean_arrival_delay,
    sum(is_late::integer) as late_flights
from fct_flights
group by all
having count(*) >= 5
