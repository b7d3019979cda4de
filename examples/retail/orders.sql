-- Five continuous queries over the order lines of an online shop.
--
--   runnel run --db retail.db examples/retail/orders.sql
--
-- The tables without WITH live in the database file and are exactly once. To run this file on Flink, give
-- each of them the WITH of a connector there; the queries themselves run unchanged:
--   upsert results (PRIMARY KEY)  WITH ('connector' = 'jdbc', 'url' = .., 'table-name' = ..)
--   append results                WITH ('connector' = 'kafka', 'topic' = .., 'format' = 'json', ..)

SET 'pipeline.name' = 'retail';

CREATE TABLE orders (
  invoice_no STRING,
  stock_code STRING,
  description STRING,
  quantity INT,
  invoice_time TIMESTAMP(3),
  unit_price DECIMAL(10, 2),
  customer_id STRING,
  country STRING,
  WATERMARK FOR invoice_time AS invoice_time - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'kafka',
  'topic' = 'orders',
  'properties.bootstrap.servers' = '${env:RN_BROKER:-127.0.0.1:9092}',
  'scan.startup.mode' = 'earliest-offset',
  'scan.watermark.idle-timeout' = '5 s',
  'format' = 'json'
);

-- Revenue and order lines per country and hour.
CREATE TABLE revenue_per_hour (
  window_start TIMESTAMP(3) NOT NULL,
  country STRING NOT NULL,
  revenue DECIMAL(38, 2),
  order_lines BIGINT,
  PRIMARY KEY (window_start, country) NOT ENFORCED
);

-- Best-selling products over 6 hours, every hour.
CREATE TABLE best_sellers (
  window_start TIMESTAMP(3) NOT NULL,
  window_end TIMESTAMP(3) NOT NULL,
  stock_code STRING NOT NULL,
  units BIGINT,
  PRIMARY KEY (window_start, window_end, stock_code) NOT ENFORCED
);

-- What each customer has spent so far, line by line.
CREATE TABLE customer_spend (
  customer_id STRING,
  invoice_time TIMESTAMP(3),
  invoice_no STRING,
  stock_code STRING,
  spent DECIMAL(38, 2)
);

-- The value of each invoice and minute, and its moving average over the customer's last 3.
CREATE TABLE invoice_values (
  customer_id STRING,
  invoice_no STRING,
  invoice_time TIMESTAMP(3),
  amount DECIMAL(38, 2),
  average_of_3 DECIMAL(38, 6)
);

-- Order lines that somebody should look at.
CREATE TABLE order_exceptions (
  reason STRING,
  invoice_no STRING,
  stock_code STRING,
  quantity INT,
  unit_price DECIMAL(10, 2),
  customer_id STRING,
  invoice_time TIMESTAMP(3)
);

CREATE VIEW invoice_minutes AS
SELECT customer_id, invoice_no, window_time AS minute_time, SUM(quantity * unit_price) AS amount
FROM TUMBLE(TABLE orders, DESCRIPTOR(invoice_time), INTERVAL '1' MINUTE)
WHERE customer_id IS NOT NULL
GROUP BY window_start, window_end, window_time, customer_id, invoice_no;

EXECUTE STATEMENT SET BEGIN
  INSERT INTO revenue_per_hour
  SELECT window_start, country, SUM(quantity * unit_price), COUNT(*)
  FROM TUMBLE(TABLE orders, DESCRIPTOR(invoice_time), INTERVAL '1' HOUR)
  GROUP BY window_start, window_end, country;
  INSERT INTO best_sellers
  SELECT window_start, window_end, stock_code, SUM(CAST(quantity AS BIGINT))
  FROM HOP(TABLE orders, DESCRIPTOR(invoice_time), INTERVAL '1' HOUR, INTERVAL '6' HOUR)
  GROUP BY window_start, window_end, stock_code;
  INSERT INTO customer_spend
  SELECT
    customer_id,
    invoice_time,
    invoice_no,
    stock_code,
    SUM(quantity * unit_price) OVER (PARTITION BY customer_id ORDER BY invoice_time)
  FROM orders
  WHERE customer_id IS NOT NULL;
  INSERT INTO invoice_values
  SELECT
    customer_id,
    invoice_no,
    minute_time,
    amount,
    AVG(amount) OVER (
      PARTITION BY customer_id
      ORDER BY minute_time
      ROWS BETWEEN 2 PRECEDING AND CURRENT ROW
    )
  FROM invoice_minutes;
  INSERT INTO order_exceptions
  SELECT
    CASE
      WHEN customer_id IS NULL THEN 'no customer'
      WHEN quantity < 0 THEN 'cancelled'
      ELSE 'zero price'
    END,
    invoice_no,
    stock_code,
    quantity,
    unit_price,
    customer_id,
    invoice_time
  FROM orders
  WHERE customer_id IS NULL OR quantity < 0 OR unit_price = 0;
END;
