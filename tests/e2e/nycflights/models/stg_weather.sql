-- The hour that the clocks go back is there twice: the later reading wins.
select
    origin,
    make_date(year, month, day) as local_date,
    hour::smallint as local_hour,
    time_hour,
    temp::decimal(6, 2) as temperature,
    wind_speed::decimal(6, 2) as wind_speed,
    coalesce(wind_gust, wind_speed)::decimal(6, 2) as gust,
    precip::decimal(5, 2) as precipitation,
    visib::decimal(5, 2) as visibility
from raw.weather
qualify row_number() over (partition by origin, year, month, day, hour order by time_hour desc) = 1
