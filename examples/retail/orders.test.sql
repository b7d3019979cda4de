-- Tests of orders.sql, run by `runnel test examples/retail`. No broker, no waiting: rows are given here, and time is turned
-- by hand. docs/TESTING.md tells what else a test may say.

--@test revenue per country and hour, closed by the watermark
--@file orders.sql
--@given orders
| invoice_no | stock_code | quantity | unit_price | customer_id | country        | invoice_time        |
| 536365     | 85123A     | 6        | 2.55       | 17850       | United Kingdom | 2010-12-01 08:26:00 |
| 536365     | 71053      | 6        | 3.39       | 17850       | United Kingdom | 2010-12-01 08:26:00 |
| 536370     | 22728      | 24       | 3.75       | 12583       | France         | 2010-12-01 08:45:00 |
--@expect revenue_per_hour
| country | revenue |
--@given orders
| invoice_no | stock_code | quantity | unit_price | customer_id | country        | invoice_time        |
| 536378     | 22386      | 10       | 1.95       | 14688       | United Kingdom | 2010-12-01 09:37:00 |
--@expect revenue_per_hour
| window_start        | country        | revenue | order_lines |
| 2010-12-01 08:00:00 | France         | 90.00   | 1           |
| 2010-12-01 08:00:00 | United Kingdom | 35.64   | 2           |
--@end
--@expect revenue_per_hour
| window_start        | country        | revenue | order_lines |
| 2010-12-01 08:00:00 | France         | 90.00   | 1           |
| 2010-12-01 08:00:00 | United Kingdom | 35.64   | 2           |
| 2010-12-01 09:00:00 | United Kingdom | 19.50   | 1           |

--@test a line that comes after its hour was closed is not counted
--@file orders.sql
--@given orders
| invoice_no | stock_code | quantity | unit_price | customer_id | country | invoice_time        |
| 1          | A          | 1        | 1.00       | 1           | France  | 2010-12-01 08:10:00 |
| 2          | A          | 1        | 1.00       | 1           | France  | 2010-12-01 09:30:00 |
| 3          | A          | 1        | 5.00       | 1           | France  | 2010-12-01 08:59:59 |
--@end
--@expect revenue_per_hour
| window_start        | revenue |
| 2010-12-01 08:00:00 | 1.00    |
| 2010-12-01 09:00:00 | 1.00    |

--@test what somebody should look at
--@file orders.sql
--@given orders
| invoice_no | stock_code | quantity | unit_price | customer_id | country | invoice_time        |
| 1          | A          | 1        | 1.00       | 1           | France  | 2010-12-01 08:10:00 |
| 2          | B          | -1       | 1.00       | 1           | France  | 2010-12-01 08:11:00 |
| 3          | C          | 1        | 1.00       | NULL        | France  | 2010-12-01 08:12:00 |
| 4          | D          | 1        | 0.00       | 2           | France  | 2010-12-01 08:13:00 |
--@expect order_exceptions
| reason      | invoice_no |
| cancelled   | 2          |
| no customer | 3          |
| zero price  | 4          |

--@test what each customer has spent, line by line
--@file orders.sql
--@given orders
| invoice_no | stock_code | quantity | unit_price | customer_id | country | invoice_time        |
| 1          | A          | 2        | 1.50       | 1           | France  | 2010-12-01 08:10:00 |
| 2          | B          | 1        | 4.00       | 2           | France  | 2010-12-01 08:11:00 |
| 3          | C          | 1        | 1.00       | 1           | France  | 2010-12-01 08:12:00 |
--@end
--@expect customer_spend
| customer_id | invoice_no | spent |
| 1           | 1          | 3.00  |
| 2           | 2          | 4.00  |
| 1           | 3          | 4.00  |
