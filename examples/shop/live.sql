-- The table always holds the hour that is going on: EMIT CHANGES does not wait for its end.
CREATE TABLE sales (
  country STRING,
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

CREATE TABLE revenue (
  window_start TIMESTAMP(3) NOT NULL,
  window_end TIMESTAMP(3) NOT NULL,
  country STRING NOT NULL,
  revenue DECIMAL(38, 2),
  sales BIGINT,
  PRIMARY KEY (window_start, window_end, country) NOT ENFORCED
);

INSERT INTO revenue
SELECT window_start, window_end, country, SUM(price), COUNT(*)
FROM TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '1' HOUR)
GROUP BY window_start, window_end, country
EMIT CHANGES;
