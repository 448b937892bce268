-- One row per order, with its value in euros.
with totals as (
    select
        order_id,
        count(*) as lines,
        sum(quantity * unit_price - coalesce(discount, 0)) / 100 as amount  -- prices are in cents
    from raw.order_lines
    group by order_id
)

select
    orders.order_id,
    orders.customer_id,
    orders.order_date,
    orders.status,
    orders.coupon,
    totals.lines,
    cast(totals.amount * rates.euros as decimal(12, 2)) as amount_eur
from stg_orders as orders
join totals on totals.order_id = orders.order_id
join raw.exchange_rates as rates
    on rates.currency = orders.currency
    and rates.month = date_trunc('month', orders.order_date)
