/* The print connector: a line per row through the engine's output callback, as soon as the row comes
 * (not at the epoch: after a crash, rows of the lost epoch are printed again).
 *
 *   [identifier:][task]> +I[1, abc, null]      task only when there are several */
#include "runtime/connector.h"
#include "runtime/plan.h"
#include "runtime/value_text.h"

static const rn_option options[] = {
    {"print-identifier", RN_OPT_STRING, RN_OPTION_REOPEN, NULL, NULL, 0, 0, "text before each line", NULL},
    {"standard-error", RN_OPT_BOOL, RN_OPTION_REOPEN, "false", NULL, 0, 0, "print to standard error instead of standard output", NULL},
};
enum { OPTION_COUNT = sizeof options / sizeof *options };

struct rn_sink {
  rn_sink_spec spec;
  rn_builder prefix; /* "id:2> " */
  rn_builder text;   /* lines of one batch */
  bool to_error;
  uint64_t written;
};

static uint8_t sink_accepts(const rn_table_spec *table) {
  (void)table;
  return RN_CHANGE_INSERT | RN_CHANGE_UPDATE_BEFORE | RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE;
}

static rn_status sink_open(const rn_sink_spec *spec, rn_sink **out, rn_error *err) {
  (void)err;
  rn_sink *sink = rn_calloc(1, sizeof *sink);
  sink->spec = *spec;
  const rn_options *given = &spec->table->options;
  const char *identifier = rn_option_text(given, "print-identifier");
  sink->to_error = rn_option_bool(given, options, OPTION_COUNT, "standard-error");
  if (identifier) rn_builder_text(&sink->prefix, identifier);
  if (spec->parallelism > 1) {
    if (identifier) rn_builder_char(&sink->prefix, ':');
    rn_builder_int(&sink->prefix, (int64_t)spec->subtask + 1);
  }
  if (sink->prefix.len) rn_builder_text(&sink->prefix, "> ");
  *out = sink;
  return RN_OK;
}

static rn_status stage(rn_sink *sink, const rn_batch *batch, rn_error *err) {
  (void)err;
  rn_builder_clear(&sink->text);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint32_t row = rn_live(batch, i);
    rn_builder_append(&sink->text, sink->prefix.data, sink->prefix.len);
    rn_builder_text(&sink->text, rn_row_kind_text(rn_kind(batch, row)));
    rn_builder_char(&sink->text, '[');
    for (uint32_t c = 0; c < batch->column_count; c++) {
      if (c) rn_builder_append(&sink->text, ", ", 2);
      rn_value_text(&sink->text, &batch->columns[c], row, RN_TEXT_PRINT, sink->spec.zone);
    }
    rn_builder_append(&sink->text, "]\n", 2);
  }
  if (sink->spec.write_output && sink->text.len)
    sink->spec.write_output(sink->spec.output_ctx, sink->text.data, sink->text.len, sink->to_error);
  __atomic_store_n(&sink->written, sink->written + batch->live_count, __ATOMIC_RELAXED);
  return RN_OK;
}
static void sink_counters(rn_sink *sink, uint64_t *written, uint64_t *coalesced) {
  *written = __atomic_load_n(&sink->written, __ATOMIC_RELAXED);
  *coalesced = 0;
}
static void sink_close(rn_sink *sink) {
  if (!sink) return;
  rn_builder_free(&sink->prefix);
  rn_builder_free(&sink->text);
  rn_free(sink);
}

extern const rn_connector rn_connector_print;
const rn_connector rn_connector_print = {
    .name = "print",
    .help = "prints a line per row",
    .options = options,
    .option_count = OPTION_COUNT,
    .sink_accepts = sink_accepts,
    .sink_open = sink_open,
    .stage = stage,
    .sink_counters = sink_counters,
    .sink_close = sink_close,
};
