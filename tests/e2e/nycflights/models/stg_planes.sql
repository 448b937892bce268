create or replace view stg_planes as
select
    tailnum as tail_number,
    nullif(year, 0)::integer as built,
    case
        when manufacturer like 'AIRBUS%' then 'AIRBUS'
        when manufacturer like 'MCDONNELL%' then 'MCDONNELL DOUGLAS'
        else manufacturer
    end as manufacturer,
    model,
    engines::tinyint as engines,
    seats::integer as seats,
    speed::integer as cruising_speed,
    engine as engine_kind
from raw.planes;
