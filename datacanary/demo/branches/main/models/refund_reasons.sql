-- Why customers wanted their money back, per month of the order.
select
    date_trunc('month', orders.order_date) as month,
    coalesce(refunds.reason, 'not said') as reason,
    count(*) as refunds
from raw.refunds as refunds
join stg_orders as orders on orders.order_id = refunds.order_id
group by all
