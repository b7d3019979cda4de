-- The two best sellers of every ten minutes. Messages may come twice: the first of an id counts.
CREATE TABLE sold (
  id STRING,
  sku STRING,
  units INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'sold',
  'properties.bootstrap.servers' = '${env:RN_BROKER:-localhost:9092}',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

CREATE VIEW sold_once AS
SELECT sku, units, ts
FROM sold
QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts) = 1;

CREATE TABLE leaders (
  window_start TIMESTAMP(3) NOT NULL,
  place BIGINT NOT NULL,
  sku STRING,
  units INT,
  PRIMARY KEY (window_start, place) NOT ENFORCED
);

INSERT INTO leaders
SELECT window_start, place, sku, units
FROM (
    SELECT
      window_start,
      sku,
      units,
      ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY units DESC, sku) AS place
    FROM (
        SELECT window_start, window_end, sku, SUM(units) AS units
        FROM TUMBLE(TABLE sold_once, DESCRIPTOR(ts), INTERVAL '10' MINUTE)
        GROUP BY window_start, window_end, sku
      )
  )
WHERE place <= 2;
