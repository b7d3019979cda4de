-- Orders that were not paid within their hour. NOT EXISTS over two windowed tables is final when the hour closes, and what it
-- keeps goes with the hour.
CREATE TABLE orders (
  id BIGINT,
  customer STRING,
  price DECIMAL(10, 2),
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'orders',
  'properties.bootstrap.servers' = '${env:RN_BROKER:-localhost:9092}',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);
CREATE TABLE payments (
  order_id BIGINT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'payments',
  'properties.bootstrap.servers' = '${env:RN_BROKER:-localhost:9092}',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

CREATE TABLE unpaid (window_start TIMESTAMP(3), id BIGINT, customer STRING, price DECIMAL(10, 2));

INSERT INTO unpaid
SELECT window_start, id, customer, price
FROM TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' HOUR) AS o
WHERE NOT EXISTS (
    SELECT 1
    FROM TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' HOUR) AS p
    WHERE p.order_id = o.id AND p.window_start = o.window_start AND p.window_end = o.window_end
  );
