-- Orders as customers placed them.
--
-- Our own people try out the checkout with orders of status 'test':
-- those were never a sale, and they end here.
select
    order_id,
    customer_id,  -- NULL: a guest
    cast(ordered_at as date) as order_date,
    status, currency, coupon
from raw.orders
where status <> 'test'
