/* Late rows kept: what a time operator drops because the watermark has passed it goes to the dead letters of the epoch, where a
 * table that the operator reads says so ('on-late' = 'dead-letter'). The planner notes that in node->late_source; without it
 * nothing here is called. The letter has the row as JSON (the columns that the plan reads), and in words what it came after. */
#include "runtime/job.h"
#include "runtime/operators/operators.h"
#include "runtime/value_text.h"

static void put_time(rn_builder *out, int64_t us) {
  if (us == RN_WATERMARK_END)
    rn_builder_text(out, "the end of the input");
  else
    rn_format_timestamp(out, us, 3, false, ' ');
}

static void put_reason(rn_builder *out, const rn_operator *op, rn_late_cause cause, int64_t at_us, const rn_zone *zone) {
  int64_t watermark = op->watermark_us;
  if (watermark != RN_WATERMARK_NONE && watermark != RN_WATERMARK_END && zone) watermark = rn_zone_to_local(zone, watermark);
  rn_builder_text(out, "late: ");
  if (cause == RN_LATE_NO_TIME) {
    rn_builder_text(out, "it has no time");
  } else if (cause == RN_LATE_NO_WINDOW) {
    rn_builder_text(out, "its time lies in no window");
  } else {
    rn_builder_text(out, "the watermark is ");
    put_time(out, watermark);
    rn_builder_text(out, cause == RN_LATE_WINDOW ? ", its window ended " : ", its time is ");
    put_time(out, at_us);
  }
  rn_builder_printf(out, " (%s %s)", op->op_class->name, op->node->path);
}

void rn_late_keep(rn_operator *op, unsigned input, const rn_batch *batch, uint32_t row, rn_late_cause cause, int64_t at_us,
                  const rn_zone *zone) {
  if (!op->context->job) return;
  const rn_schema *schema = &op->node->inputs[input]->schema;
  rn_builder raw = {0}, reason = {0};
  for (uint32_t c = 0; c < schema->count && c < batch->column_count; c++) {
    bool again = false; /* a copy of a key, of grouping sets */
    for (uint32_t b = 0; b < c && !again; b++) again = strcmp(schema->fields[b].name, schema->fields[c].name) == 0;
    if (again) continue;
    rn_builder_text(&raw, c ? "," : "{");
    rn_builder_json_string(&raw, rn_slice_of(schema->fields[c].name));
    rn_builder_char(&raw, ':');
    if (rn_is_null(&batch->columns[c], row))
      rn_builder_text(&raw, "null");
    else
      rn_value_text(&raw, &batch->columns[c], row, RN_TEXT_JSON, op->context->zone);
  }
  rn_builder_char(&raw, '}');
  put_reason(&reason, op, cause, at_us, zone);
  rn_error where;
  rn_error_clear(&where);
  where.offset = -1;
  (void)rn_operator_row_error(op, batch, row, &where);
  rn_job_dead_letter(op->context->job, op->node->late_source, where.topic, where.offset, NULL, reason.data,
                     rn_slice_make(raw.data, raw.len));
  rn_builder_free(&raw);
  rn_builder_free(&reason);
}

void rn_late_time(rn_operator *op, const rn_batch *batch, uint32_t row, uint32_t time_column) {
  if (!op->node->late_source) return;
  const rn_column *time = &batch->columns[time_column];
  const rn_zone *zone = time->type->id == RN_T_TIMESTAMP_LTZ ? op->context->zone : NULL;
  bool null = rn_is_null(time, row);
  int64_t at = null ? 0 : ((const int64_t *)time->data)[row];
  rn_late_keep(op, 0, batch, row, null ? RN_LATE_NO_TIME : RN_LATE_TIME, zone ? rn_zone_to_local(zone, at) : at, zone);
}
