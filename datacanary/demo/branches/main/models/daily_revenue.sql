-- What the shop earned per day and country: the first chart of the Monday meeting.
select
    orders.order_date,
    coalesce(customers.country, 'unknown') as country,
    count(*) as orders,
    sum(orders.amount_eur) as revenue_eur
from fct_orders as orders
left join raw.customers as customers on customers.customer_id = orders.customer_id
where orders.status <> 'cancelled'
group by all
