SET 'execution.runtime-mode' = 'BATCH';
SET 'execution.runtime-mode' = 'streaming';
SET 'parallelism.default' = '2';
SET 'pipeline.name' = 'a job';
SET 'pipeline.auto-watermark-interval' = '0';
SET 'execution.checkpointing.interval' = '10s';
SET 'table.local-time-zone' = 'GMT-08:00';
SET 'table.exec.source.idle-timeout' = '1 min';
SET 'table.exec.source.rowtime-null-handling' = 'SKIP_WATERMARK';
SET 'table.exec.sink.not-null-enforcer' = 'DROP';
SET 'table.exec.sink.type-length-enforcer' = 'TRIM_PAD';
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.emit.allow-lateness' = '2 h';
SET;
RESET 'pipeline.name';
RESET;
SET;
-- @reopen
SET 'table.exec.resource.default-parallelism' = '4';
SET 'pipeline.max-parallelism' = '128';
SET 'pipeline.object-reuse' = 'true';
SET 'pipeline.operator-chaining.enabled' = 'false';
SET 'pipeline.watermark-alignment.allow-unaligned-source-splits' = 'true';
SET 'execution.checkpointing.mode' = 'EXACTLY_ONCE';
SET 'execution.checkpointing.timeout' = '10 min';
SET 'execution.checkpointing.dir' = 'file:///tmp';
SET 'execution.checkpointing.externalized-checkpoint-retention' = 'RETAIN_ON_CANCELLATION';
SET 'execution.state-recovery.path' = 'x';
SET 'execution.savepoint.path' = 'x';
SET 'state.backend.type' = 'rocksdb';
SET 'restart-strategy.type' = 'fixed-delay';
SET 'restart-strategy.fixed-delay.attempts' = '3';
SET 'table.exec.state.ttl' = '1 d';
SET 'table.exec.mini-batch.size' = '100';
SET 'table.optimizer.agg-phase-strategy' = 'TWO_PHASE';
SET 'table.optimizer.distinct-agg.split.bucket-num' = '1024';
SET 'table.optimizer.multi-join.enabled' = 'true';
SET 'table.exec.sink.upsert-materialize' = 'AUTO';
SET 'table.exec.rank.topn-cache-size' = '10';
SET 'table.exec.uid.format' = '<id>';
SET 'table.sql-dialect' = 'default';
SET 'table.dml-sync' = 'true';
SET 'table.dynamic-table-options.enabled' = 'false';
SET 'table.column-expansion-strategy' = 'EXCLUDE_DEFAULT_VIRTUAL_METADATA_COLUMNS';
SET 'table.builtin-catalog-name' = 'c';
SET 'table.plan.force-recompile' = 'true';
SET 'sql-client.execution.result-mode' = 'TABLEAU';
SET 'sql-client.verbose' = 'true';
SET 'yarn.application.name' = 'x';
SET 'rest.port' = '8081';
-- @reopen
SET 'table.exec.sink.not-null-enforcer' = 'maybe';
-- @reopen
SET 'table.local-time-zone' = 'Europe/Berln';
-- @reopen
SET 'table.exec.legacy-cast-behaviour' = 'ENABLED';
-- @reopen
SET pipeline.name = 'x';
-- @reopen
RESET 'pipeline.nam';
