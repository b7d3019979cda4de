-- The key of the query is id, that of the tables k. Tasks side by side would meet in any order.
-- @modes straight,rows2,restore
CREATE TABLE ev (id INT, k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = '${DIR}/ev.jsonl', 'format' = 'json');
CREATE TABLE o (k STRING, id INT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'script', 'changelog-mode' = 'upsert');
CREATE VIEW latest AS SELECT id, LAST_VALUE(COALESCE(k, 'none')) AS k, SUM(v) AS n FROM ev GROUP BY id;
INSERT INTO o SELECT k, id, n FROM latest ON CONFLICT DO DEDUPLICATE;
INSERT INTO o SELECT k, id, n FROM latest ON CONFLICT DO NOTHING;
INSERT INTO o SELECT k, id, n FROM latest ON CONFLICT DO ERROR;
INSERT INTO o SELECT k, id, n FROM latest WHERE id = 1 ON CONFLICT DO ERROR;
INSERT INTO o SELECT k, id, n FROM latest;
SET 'table.exec.sink.require-on-conflict' = 'false';
INSERT INTO o SELECT k, id, n FROM latest;
SET 'table.exec.sink.require-on-conflict' = 'true';
-- equal rows
INSERT INTO o SELECT k, 0, 1 FROM latest ON CONFLICT DO DEDUPLICATE;
INSERT INTO o SELECT k, 0, 1 FROM latest ON CONFLICT DO ERROR;
