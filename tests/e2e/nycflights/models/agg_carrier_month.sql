-- The busiest ten carriers of each month and how they moved since the month before.
with months as (
    select
        date_trunc('month', flight_date)::date as flight_month,
        carrier,
        count(*) as flights,
        sum(distance) as distance
    from fct_flights
    group by 1, 2
)
select
    flight_month,
    carrier,
    flights,
    distance,
    rank() over busiest as place,
    flights - lag(flights) over chronological as more_than_before,
    sum(flights) over (chronological rows unbounded preceding) as flights_so_far,
    (100.0 * flights / sum(flights) over (partition by flight_month))::decimal(5, 2) as share
from months
window
    busiest as (partition by flight_month order by flights desc, carrier),
    chronological as (partition by carrier order by flight_month)
qualify place <= 10
