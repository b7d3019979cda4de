-- Orders are documents with items; what is kept is one row per item.
CREATE TABLE orders (
  id BIGINT,
  customer ROW<name STRING, city STRING>,
  items ARRAY<ROW<sku STRING, qty INT, price DECIMAL(10, 2)>>,
  attrs MAP<STRING, STRING>,
  extra STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'orders',
  'properties.bootstrap.servers' = '${env:RN_BROKER:-localhost:9092}',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

CREATE FUNCTION amount(qty INT, price DECIMAL(10, 2)) RETURNS DECIMAL(20, 2) RETURN qty * price;

CREATE TABLE order_lines (
  id BIGINT NOT NULL,
  line INT NOT NULL,
  customer STRING,
  sku STRING,
  amount DECIMAL(20, 2),
  campaign STRING,
  coupon STRING,
  PRIMARY KEY (id, line) NOT ENFORCED
);

INSERT INTO order_lines
SELECT
  id,
  line,
  o.customer.name,
  sku,
  amount(qty, price),
  attrs['campaign'],
  JSON_VALUE(extra, 'lax $.coupons[0]')
FROM orders AS o
CROSS JOIN UNNEST(items) WITH ORDINALITY AS i (sku, qty, price, line);
