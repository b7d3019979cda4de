-- Columns that lie in the names of directories.
CREATE TABLE dated (id INT, kind STRING, day_ DATE, v STRING, n AS id + 1, p STRING METADATA FROM 'file.name') PARTITIONED BY (day_, kind)
  WITH ('connector' = 'filesystem', 'path' = '${DIR}/dated', 'format' = 'json');
SELECT * FROM dated;
SELECT kind, day_ FROM dated WHERE day_ > DATE '2024-01-01';
SELECT day_, kind, COUNT(*) FROM dated GROUP BY day_, kind;
SELECT COUNT(*) FROM dated WHERE kind = 'a/b';
CREATE TABLE other_name (id INT, kind STRING) PARTITIONED BY (kind) WITH ('connector' = 'filesystem', 'path' = '${DIR}/dated', 'format' = 'json', 'partition.default-name' = 'x');
SELECT kind, COUNT(*) FROM other_name GROUP BY kind;
CREATE TABLE bad_type (id INT, kind INT) PARTITIONED BY (kind) WITH ('connector' = 'filesystem', 'path' = '${DIR}/dated/day_=2024-01-02/kind=x', 'format' = 'json');
SELECT * FROM bad_type;
