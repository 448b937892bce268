-- What the shop's systems hold: eighteen months of a small tea shop, the same rows every time.
-- Amounts are in the smallest unit of the order's currency (cents, öre, grosze, pence), as most shops store them.
create schema raw;

-- A number in [0, 1) that depends on its arguments alone: no seed, no order of rows, no version of the database.
create temp macro chance(what, id) as (md5_number_lower(what || id) % 1000003) / 1000003.0;
create temp macro pick(choices, what, id) as choices[1 + cast(floor(len(choices) * chance(what, id)) as integer)];

create temp table currencies as
from (values
    ('EUR', 1.0, 1.0), ('SEK', 11.4, 0.0878), ('DKK', 7.46, 0.1340), ('PLN', 4.27, 0.2342), ('GBP', 0.86, 1.1630)
) as list (currency, price_level, euros);

create table raw.customers as
select
    id as customer_id,
    pick(['Ada', 'Aino', 'Anton', 'Bea', 'Carl', 'Clara', 'Daan', 'Ela', 'Emil', 'Femke', 'Freja', 'Greta', 'Hanna',
          'Ian', 'Ida', 'Jan', 'Jonas', 'Karin', 'Lena', 'Lotte', 'Magda', 'Mats', 'Nils', 'Ola', 'Olivia', 'Pia',
          'Rosa', 'Sami', 'Tove', 'Zofia'], 'first name', id)
    || ' ' ||
    pick(['Andersen', 'Bakker', 'Berg', 'Brown', 'Dahl', 'de Vries', 'Fischer', 'Holm', 'Hughes', 'Jansen', 'Kowalska',
          'Koch', 'Laine', 'Lind', 'Maier', 'Nielsen', 'Nowak', 'Nyman', 'Olsen', 'Palmer', 'Richter', 'Saari',
          'Schmidt', 'Smit', 'Sommer', 'Wagner', 'Wood', 'Zielinska'], 'last name', id) as name,
    -- Some never say where they live.
    case when chance('no country', id) > 0.03
        then pick(['DE', 'DE', 'DE', 'AT', 'NL', 'NL', 'SE', 'SE', 'DK', 'PL', 'GB', 'FI'], 'country', id) end as country,
    date '2022-01-10' + cast(floor(id * 0.6) as integer) as signed_up_on,
    case when chance('never asked', id) > 0.2 then chance('newsletter', id) < 0.35 end as newsletter
from range(1, 2001) as ids (id);

create table raw.orders as
with drawn as (
    select
        id,
        10000 + id as order_id,
        -- Few buy often and many once; some are guests.
        case when chance('guest', id) > 0.06
            then 1 + cast(floor(2000 * pow(chance('customer', id), 1.6)) as integer) end as customer_id,
        timestamp '2025-05-01 06:30:00' + to_seconds(cast(floor((id + chance('minute', id)) * 5918) as bigint)) as ordered_at
    from range(1, 8001) as ids (id)
)
select
    drawn.order_id,
    drawn.customer_id,
    case
        when chance('status', drawn.id) < 0.025 then 'test'
        when chance('status', drawn.id) < 0.08 then 'cancelled'
        when drawn.id > 7950 then 'open'
        else 'shipped'
    end as status,
    case customers.country when 'SE' then 'SEK' when 'DK' then 'DKK' when 'PL' then 'PLN' when 'GB' then 'GBP' else 'EUR' end
        as currency,
    drawn.ordered_at,
    case when chance('coupon', drawn.id) < 0.12 then pick(['WELCOME10', 'FRIENDS10', 'AUTUMN10'], 'code', drawn.id) end
        as coupon
from drawn
left join raw.customers as customers on customers.customer_id = drawn.customer_id
order by drawn.order_id;

create table raw.order_lines as
with products as (
    from (values
        ('Assam 250 g', 1190), ('Darjeeling 100 g', 1450), ('Earl Grey 250 g', 990), ('Gift box', 2490),
        ('Matcha 30 g', 2190), ('Mint 100 g', 490), ('Mug', 1290), ('Oolong 100 g', 1690), ('Rooibos 250 g', 890),
        ('Sencha 100 g', 1090), ('Tea strainer', 690), ('Teapot', 3490)
    ) as list (product, euro_cents)
),
lines as (
    select
        orders.*,
        line,
        pick((select list(product order by product) from products), 'product', order_id || '/' || line) as product
    from raw.orders as orders, range(1, 5) as numbers (line)
    where line <= 1 + floor(4 * chance('lines', order_id))
)
select
    lines.order_id,
    lines.line as line_number,
    lines.product,
    1 + cast(floor(3 * pow(chance('quantity', order_id || '/' || line), 2)) as integer) as quantity,
    cast(round(products.euro_cents * currencies.price_level) as integer) as unit_price,
    -- NULL: no coupon, or not for this product.
    case when lines.coupon is not null and lines.product <> 'Gift box'
        then cast(floor(products.euro_cents * currencies.price_level * 0.1) as integer) end as discount
from lines
join products using (product)
join currencies using (currency)
order by lines.order_id, lines.line;

create table raw.refunds as
select
    row_number() over (order by lines.order_id, lines.line_number) as refund_id,
    lines.order_id,
    cast(orders.ordered_at as date) + cast(3 + floor(25 * chance('days', lines.order_id)) as integer) as refunded_on,
    lines.unit_price as amount,
    case when chance('silent', lines.order_id) > 0.2
        then pick(['broken', 'broken', 'late', 'wrong item', 'not to my taste'], 'reason', lines.order_id) end as reason
from raw.order_lines as lines
join raw.orders as orders using (order_id)
where orders.status = 'shipped'
    and chance('refund', lines.order_id) < case lines.line_number when 1 then 0.045 when 2 then 0.01 else 0 end
order by lines.order_id, lines.line_number;

create temp table exchange_rates as
select
    cast(date '2025-05-01' + to_months(cast(month as integer)) as date) as month,
    currency,
    cast(case when currency = 'EUR' then 1 else euros * (0.985 + 0.03 * chance(currency, month)) end as decimal(8, 4)) as euros
from range(0, 20) as months (month), currencies
order by month, currency;
