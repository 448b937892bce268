-- One row per customer, with what they bought so far.
select
    customers.customer_id,
    customers.name,
    coalesce(customers.country, 'unknown') as country,
    customers.signed_up_on,
    customers.newsletter,  -- NULL: never asked
    count(orders.order_id) as orders,
    min(orders.order_date) as first_order_on,
    sum(orders.amount_eur) as lifetime_eur
from raw.customers as customers
left join fct_orders as orders
    on orders.customer_id = customers.customer_id
    and orders.status <> 'cancelled'
group by all
