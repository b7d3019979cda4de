-- What .* may follow: a table by its name, database or catalog, a ROW column, a field of one; with GROUP BY, in joins and sub-queries.
CREATE TEMPORARY TABLE rows_t (a INT, r ROW<x INT, s ROW<p INT, q STRING>>) WITH ('connector' = 'filesystem', 'path' = '${DIR}/stars.jsonl', 'format' = 'json');
SELECT r.* FROM rows_t;
SELECT t.r.*, t.a FROM rows_t AS t;
SELECT r.s.*, t.r.s.*, t.r.x FROM rows_t AS t;
SELECT default_database.rows_t.*, default_catalog.default_database.rows_t.a FROM rows_t;
SELECT default_catalog.default_database.rows_t.* FROM rows_t;
SELECT t.*, u.r.* FROM rows_t AS t JOIN rows_t AS u ON t.a = u.a;
SELECT r.s.*, COUNT(*) AS c FROM rows_t GROUP BY r;
SELECT q, p FROM (SELECT r.s.* FROM rows_t);
