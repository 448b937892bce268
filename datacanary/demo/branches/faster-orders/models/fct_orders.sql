-- One row per order, with its value in euros.
-- Straight from the shop's tables, in one pass: no staging step, no second look at the lines.
select
    orders.order_id,
    orders.customer_id,
    cast(orders.ordered_at as date) as order_date,
    orders.status,
    orders.coupon,
    count(*) as lines,
    cast(
        sum(lines.quantity * lines.unit_price - coalesce(lines.discount, 0)) * rates.euros
        as decimal(12, 2)
    ) as amount_eur
from raw.orders as orders
join raw.order_lines as lines on lines.order_id = orders.order_id
join raw.exchange_rates as rates
    on rates.currency = orders.currency
    and rates.month = date_trunc('month', orders.ordered_at)
group by orders.order_id, orders.customer_id, orders.ordered_at, orders.status, orders.coupon, rates.euros
