select
    faa as airport,
    trim(name) as airport_name,
    round(lat::decimal(12, 7), 4) as latitude,
    round(lon::decimal(12, 7), 4) as longitude,
    alt::integer as altitude,
    tz::integer as utc_offset,
    nullif(dst, 'U') as daylight_saving,
    nullif(tzone, '\N') as time_zone
from raw.airports
