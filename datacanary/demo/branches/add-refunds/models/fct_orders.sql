-- One row per order, with its value and what was paid back, in euros.
with totals as (
    select
        order_id,
        count(*) as lines,
        sum(quantity * unit_price - coalesce(discount, 0)) / 100 as amount  -- prices are in cents
    from raw.order_lines
    group by order_id
),

-- An order can be refunded more than once: added up first, so that no order shows up twice.
refunds as (
    select
        order_id,
        sum(amount) / 100 as amount
    from raw.refunds
    group by order_id
)

select
    orders.order_id,
    orders.customer_id,
    orders.order_date,
    orders.status,
    orders.coupon,
    totals.lines,
    cast(totals.amount * rates.euros as decimal(12, 2)) as amount_eur,
    cast(refunds.amount * rates.euros as decimal(12, 2)) as refunded_eur  -- NULL: nothing was paid back
from stg_orders as orders
join totals on totals.order_id = orders.order_id
join raw.exchange_rates as rates
    on rates.currency = orders.currency
    and rates.month = date_trunc('month', orders.order_date)
left join refunds on refunds.order_id = orders.order_id
