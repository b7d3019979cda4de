-- Tests of unpaid.sql.

--@test what is paid within the hour is not there
--@file unpaid.sql
--@given orders
| id | customer | price | ts                  |
| 1  | ann      | 5.00  | 2026-01-01 10:00:00 |
| 2  | bob      | 7.00  | 2026-01-01 10:10:00 |
| 3  | cid      | 1.00  | 2026-01-01 10:59:00 |
--@given payments
| order_id | ts                  |
| 2        | 2026-01-01 10:20:00 |
| 3        | 2026-01-01 11:01:00 |
--@expect unpaid
| id |
--@watermark orders 2026-01-01 11:00:00
--@expect unpaid
| window_start        | id | customer | price |
| 2026-01-01 10:00:00 | 1  | ann      | 5.00  |
| 2026-01-01 10:00:00 | 3  | cid      | 1.00  |
