-- One row per delay of more than half an hour: many are alike, and none has a name of its own.
select flight_date, origin, carrier, 'departure' as kind, departure_delay // 30 as half_hours
from fct_flights
where departure_delay > 30
union all
select flight_date, origin, carrier, 'arrival', arrival_delay // 30
from fct_flights
where arrival_delay > 30
