-- The batch computation: plain SQLite over the CSV, compared with what the job wrote.
-- Run by demo.sh: sqlite3 retail.db, the CSV imported into temp.csv. Prints `ok NAME` or `DIFFERENT NAME: ..`.
-- Money is compared in whole cents, since SQLite has no DECIMAL.

CREATE TEMP TABLE lines AS
SELECT rowid AS n, invoice_no, stock_code, CAST(quantity AS INTEGER) AS quantity, invoice_time,
       CAST(round(unit_price * 100) AS INTEGER) AS cents, NULLIF(customer_id, '') AS customer_id, country
FROM temp.csv;

-- Money columns of DECIMAL(38, ..) are TEXT: to cents.
CREATE TEMP TABLE checks(name, wanted, got);

INSERT INTO checks
SELECT 'revenue per country and hour',
  (SELECT group_concat(x, ';') FROM (SELECT strftime('%Y-%m-%d %H', invoice_time) || '|' || country || '|' || SUM(quantity * cents) || '|' || COUNT(*) AS x
     FROM lines GROUP BY strftime('%Y-%m-%d %H', invoice_time), country ORDER BY 1)),
  (SELECT group_concat(x, ';') FROM (SELECT substr(window_start, 1, 13) || '|' || country || '|' || CAST(round(revenue * 100) AS INTEGER) || '|' || order_lines AS x
     FROM revenue_per_hour ORDER BY 1));

INSERT INTO checks
WITH RECURSIVE back(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM back WHERE k < 5)
SELECT 'best sellers over 6 hours',
  (SELECT group_concat(x, ';') FROM (SELECT strftime('%Y-%m-%d %H', invoice_time, '-' || k || ' hours') || '|' || stock_code || '|' || SUM(quantity) AS x
     FROM lines, back GROUP BY strftime('%Y-%m-%d %H', invoice_time, '-' || k || ' hours'), stock_code ORDER BY 1)),
  (SELECT group_concat(x, ';') FROM (SELECT substr(window_start, 1, 13) || '|' || stock_code || '|' || units AS x FROM best_sellers ORDER BY 1));

INSERT INTO checks
SELECT 'running spend of each customer',
  (SELECT group_concat(x, ';') FROM (SELECT customer_id || '|' || invoice_no || '|' || stock_code || '|' || substr(invoice_time, 1, 16) || '|' ||
       SUM(quantity * cents) OVER (PARTITION BY customer_id ORDER BY invoice_time RANGE UNBOUNDED PRECEDING) AS x
     FROM lines WHERE customer_id IS NOT NULL ORDER BY 1)),
  (SELECT group_concat(x, ';') FROM (SELECT customer_id || '|' || invoice_no || '|' || stock_code || '|' || substr(invoice_time, 1, 16) || '|' ||
       CAST(round(spent * 100) AS INTEGER) AS x FROM customer_spend ORDER BY 1));

INSERT INTO checks
SELECT 'value of each invoice and minute',
  (SELECT group_concat(x, ';') FROM (SELECT customer_id || '|' || invoice_no || '|' || substr(invoice_time, 1, 16) || '|' || SUM(quantity * cents) AS x
     FROM lines WHERE customer_id IS NOT NULL GROUP BY customer_id, invoice_no, substr(invoice_time, 1, 16) ORDER BY 1)),
  (SELECT group_concat(x, ';') FROM (SELECT customer_id || '|' || invoice_no || '|' || substr(invoice_time, 1, 16) || '|' || CAST(round(amount * 100) AS INTEGER) AS x
     FROM invoice_values ORDER BY 1));

-- Invoices of one customer in one minute tie: the job's own order (rowid) decides which comes first. Averages are
-- compared in tenths of a cent, since halves of a cent are common.
INSERT INTO checks
SELECT 'moving average over 3 invoices',
  (SELECT group_concat(x, ';') FROM (SELECT v.customer_id || '|' || v.invoice_no || '|' || v.invoice_time || '|' ||
       CAST(round(10 * AVG(b.cents) OVER (PARTITION BY v.customer_id ORDER BY v.invoice_time, v.rowid ROWS 2 PRECEDING)) AS INTEGER) AS x
     FROM invoice_values v JOIN (SELECT customer_id, invoice_no, substr(invoice_time, 1, 16) AS minute, SUM(quantity * cents) AS cents
       FROM lines WHERE customer_id IS NOT NULL GROUP BY 1, 2, 3) b
       ON b.customer_id = v.customer_id AND b.invoice_no = v.invoice_no AND b.minute = substr(v.invoice_time, 1, 16) ORDER BY 1)),
  (SELECT group_concat(x, ';') FROM (SELECT customer_id || '|' || invoice_no || '|' || invoice_time || '|' || CAST(round(average_of_3 * 1000) AS INTEGER) AS x
     FROM invoice_values ORDER BY 1));

INSERT INTO checks
SELECT 'lines to look at',
  (SELECT group_concat(x, ';') FROM (SELECT CASE WHEN customer_id IS NULL THEN 'no customer' WHEN quantity < 0 THEN 'cancelled' ELSE 'zero price' END ||
       '|' || invoice_no || '|' || stock_code || '|' || quantity || '|' || cents AS x
     FROM lines WHERE customer_id IS NULL OR quantity < 0 OR cents = 0 ORDER BY 1)),
  (SELECT group_concat(x, ';') FROM (SELECT reason || '|' || invoice_no || '|' || stock_code || '|' || quantity || '|' || CAST(round(unit_price * 100) AS INTEGER) AS x
     FROM order_exceptions ORDER BY 1));

SELECT CASE WHEN wanted = got THEN 'ok         ' || name || ' (' || (length(got) - length(replace(got, ';', '')) + 1) || ' rows)'
            ELSE 'DIFFERENT  ' || name || ': ' || coalesce(length(wanted), 0) || ' and ' || coalesce(length(got), 0) || ' bytes' END FROM checks;
