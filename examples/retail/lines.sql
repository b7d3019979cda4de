-- The CSV as JSON lines on stdout: what the producer sends to the topic.
CREATE TEMPORARY TABLE csv (
  invoice_no STRING,
  stock_code STRING,
  description STRING,
  quantity INT,
  invoice_time TIMESTAMP(3),
  unit_price DECIMAL(10, 2),
  customer_id STRING,
  country STRING
) WITH (
  'connector' = 'filesystem',
  'path' = '${env:RN_CSV:-examples/retail/online_retail.csv}',
  'format' = 'csv',
  'csv.header' = 'true'
);

SELECT
  invoice_no,
  stock_code,
  description,
  quantity,
  invoice_time,
  unit_price,
  NULLIF(customer_id, '') AS customer_id,
  country
FROM csv;
