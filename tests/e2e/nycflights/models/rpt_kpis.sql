select 'flights' as metric, count(*)::decimal(18, 2) as amount from fct_flights
union all
select 'distance flown', sum(distance)::decimal(18, 2) from fct_flights
union all
select 'late share', round(100.0 * sum(is_late::integer) / count(*), 2)::decimal(18, 2) from fct_flights
union all
select 'cancelled', sum(cancelled)::decimal(18, 2) from agg_daily_origin
union all
select 'worst mean delay of a route', max(mean_arrival_delay)::decimal(18, 2) from agg_route_month
union all
select 'planes without registration', count(*)::decimal(18, 2) from dim_planes where not is_registered
union all
select 'registered seats', sum(seats)::decimal(18, 2) from dim_planes
