-- 'table.exec.sink.type-length-enforcer': values from a source with the column's own type are not cast, so only the sink can
-- see that they are too long, or too short for CHAR and BINARY.
CREATE TABLE s (id INT, a VARCHAR(3), b CHAR(4), y BINARY(2), z VARBINARY(2))
WITH ('connector' = 'filesystem', 'path' = '${DIR}/sink_length.jsonl', 'format' = 'json');
CREATE TABLE o (id INT, a VARCHAR(3), b CHAR(4), y BINARY(2), z VARBINARY(2)) WITH ('connector' = 'script');
INSERT INTO o SELECT * FROM s;
SET 'table.exec.sink.type-length-enforcer' = 'TRIM_PAD';
INSERT INTO o SELECT * FROM s;
SET 'table.exec.sink.type-length-enforcer' = 'ERROR';
INSERT INTO o SELECT * FROM s WHERE id = 2;
INSERT INTO o SELECT * FROM s WHERE id = 1;
INSERT INTO o (id, b) SELECT id, b FROM s WHERE id = 3;
INSERT INTO o (id, z) SELECT id, z FROM s WHERE id = 1;
