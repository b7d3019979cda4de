-- Three reports in one pass over the hour: the column that is not grouped by is NULL, GROUPING tells it from a NULL of the data.
CREATE TABLE sales (
  country STRING,
  sku STRING,
  price DECIMAL(10, 2),
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'sales',
  'properties.bootstrap.servers' = '${env:RN_BROKER:-localhost:9092}',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

CREATE TABLE report (
  window_start TIMESTAMP(3),
  level STRING,
  country STRING,
  sku STRING,
  revenue DECIMAL(38, 2),
  skus ARRAY<STRING>
);

INSERT INTO report
SELECT
  window_start,
  CASE GROUPING_ID(country, sku) WHEN 0 THEN 'product' WHEN 1 THEN 'country' ELSE 'all' END,
  country,
  sku,
  SUM(price),
  ARRAY_SORT(ARRAY_AGG(DISTINCT sku))
FROM TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '1' HOUR)
GROUP BY window_start, window_end, ROLLUP (country, sku);
