-- Tests of lines.sql.

--@test a row per item; what is not there is NULL
--@file lines.sql
--@given orders
{"id":1,"customer":{"name":"ann"},"items":[{"sku":"A1","qty":2,"price":3.50},{"sku":"B2","qty":1,"price":10}],"attrs":{"campaign":"may"},"extra":"{\"coupons\":[\"X5\"]}"}
{"id":2,"customer":{"name":"bob"},"items":[],"attrs":{}}
{"id":3,"customer":null,"items":[{"sku":"A1","qty":1,"price":3.50}],"attrs":{"src":"web"},"extra":"no json"}
--@expect order_lines
| id | line | customer | sku | amount | campaign | coupon |
| 1  | 1    | ann      | A1  | 7.00   | may      | X5     |
| 1  | 2    | ann      | B2  | 10.00  | may      | X5     |
| 3  | 1    | NULL     | A1  | 3.50   | NULL     | NULL   |
