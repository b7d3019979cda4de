/* The table of aggregates and how a call finds its row: see aggregate.h. */
#include "runtime/aggregate.h"

#include "runtime/functions/aggregate_rows.h"

static const rn_aggregate *const families[] = {rn_aggregate_count_rows, rn_aggregate_sum_rows, rn_aggregate_extreme_rows,
                                               rn_aggregate_value_rows, rn_aggregate_nulls_rows, rn_aggregate_list_rows, rn_aggregate_bits_rows,
                                               rn_aggregate_percentile_rows, rn_aggregate_approx_rows, rn_aggregate_moment_rows,
                                               rn_aggregate_over_rows, rn_aggregate_json_rows};
enum { FAMILIES = sizeof families / sizeof families[0] };

const rn_aggregate *rn_aggregate_rows(size_t index) {
  for (size_t f = 0; f < FAMILIES; f++) {
    for (const rn_aggregate *row = families[f]; row->name; row++) {
      if (index-- == 0) return row;
    }
  }
  return NULL;
}

const rn_aggregate *rn_aggregate_find(rn_slice name) {
  const rn_aggregate *row;
  for (size_t i = 0; (row = rn_aggregate_rows(i)) != NULL; i++) {
    if (rn_slice_eq_nocase(name, rn_slice_of(row->name))) return row;
  }
  return NULL;
}

static rn_status bad_arguments(const rn_aggregate *row, const rn_type *const *types, uint32_t count, rn_span span,
                               rn_arena *arena, rn_error *err) {
  rn_builder got = {0};
  for (uint32_t i = 0; i < count; i++) {
    rn_builder_text(&got, i ? ", " : "");
    rn_builder_text(&got, rn_type_name(arena, types[i]));
  }
  rn_fail_at(err, RN_E_ARGUMENTS, span, "the call is %s, got (%s)", row->signature, got.data ? got.data : "");
  rn_builder_free(&got);
  return RN_FAIL;
}

rn_status rn_aggregate_resolve(rn_slice name, const rn_type *const *types, uint32_t count, bool distinct, bool over,
                               rn_span span, rn_arena *arena, rn_agg_call *out, rn_error *err) {
  const rn_aggregate *row = rn_aggregate_find(name);
  if (!row) return rn_fail_at(err, RN_E_FUNCTION_NOT_FOUND, span, "no aggregate function %.*s", (int)name.len, name.ptr);
  if (over && row->in_over && count == 1) return rn_aggregate_resolve(rn_slice_of(row->in_over), types, count, true, over, span, arena, out, err);
  *out = (rn_agg_call){.aggregate = row, .argument = -1, .filter = -1, .extra = 1, .default_column = -1, .span = span};
  if ((row->flags & RN_AGG_OVER_ONLY) && !over) {
    return rn_fail_at(err, RN_E_AGGREGATE_PLACE, span, "%s needs an OVER clause", row->name);
  }
  if (distinct && (!(row->flags & RN_AGG_DISTINCT_OK) || count == 0)) {
    return rn_fail_at(err, RN_E_ARGUMENTS, span, "%s does not take DISTINCT%s", row->name, count ? "" : " without an argument");
  }
  if (count < row->min_args || count > row->max_args ||
      row->resolve(types, count, arena, &out->arg_type, &out->result, &out->ops) != RN_OK) {
    return bad_arguments(row, types, count, span, arena, err);
  }
  /* The extremes of a set are those of the values; the first and last of them too. */
  bool matters = !(row->flags & RN_AGG_SET) && !rn_text_eq_nocase(row->name, "MIN") && !rn_text_eq_nocase(row->name, "MAX") &&
                 !rn_text_eq_nocase(row->name, "FIRST_VALUE");
  out->distinct = distinct && matters;
  return RN_OK;
}
