/* ROW_NUMBER, RANK, DENSE_RANK, LAG and those that need the whole partition, LEAD, NTILE, PERCENT_RANK, CUME_DIST:
 * rows of the table only. What they give follows from the position in the partition, which operators/op_over.c and
 * op_over_whole.c keep; their ops have no accumulator. */
#include "runtime/functions/aggregate_rows.h"

static const rn_agg_ops row_number_ops = {.align = 8, .over = RN_OVER_ROW_NUMBER};
static const rn_agg_ops rank_ops = {.align = 8, .over = RN_OVER_RANK};
static const rn_agg_ops dense_rank_ops = {.align = 8, .over = RN_OVER_DENSE_RANK};
static const rn_agg_ops percent_rank_ops = {.align = 8, .over = RN_OVER_PERCENT_RANK};
static const rn_agg_ops cume_dist_ops = {.align = 8, .over = RN_OVER_CUME_DIST};
static const rn_agg_ops ntile_ops = {.align = 8, .over = RN_OVER_NTILE};
static const rn_agg_ops lead_ops = {.align = 8, .over = RN_OVER_LEAD};
static const rn_agg_ops lag_ops = {.align = 8, .over = RN_OVER_LAG};

static rn_status number_resolve(const rn_agg_ops *which, rn_type_id type, const rn_type **arg_type,
                                const rn_type **result, const rn_agg_ops **ops) {
  *arg_type = NULL;
  *result = rn_type_basic(type, false);
  *ops = which;
  return RN_OK;
}
#define NUMBER(NAME, TYPE)                                                                                            \
  static rn_status NAME##_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena,                   \
                                  const rn_type **arg_type, const rn_type **result, const rn_agg_ops **ops) {     \
    (void)types, (void)count, (void)arena;                                                                        \
    return number_resolve(&NAME##_ops, TYPE, arg_type, result, ops);                                              \
  }
NUMBER(row_number, RN_T_BIGINT)
NUMBER(rank, RN_T_BIGINT)
NUMBER(dense_rank, RN_T_BIGINT)
NUMBER(percent_rank, RN_T_DOUBLE)
NUMBER(cume_dist, RN_T_DOUBLE)

static rn_status ntile_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                               const rn_type **result, const rn_agg_ops **ops) {
  (void)count, (void)arena;
  if (!rn_type_is_integer(types[0])) return RN_FAIL;
  return number_resolve(&ntile_ops, RN_T_BIGINT, arg_type, result, ops);
}

/* NULL is expected without a default, and from x itself: LAG keeps NULLs (Flink types LAG(v, 2, -1) NOT NULL and
 * answers -1 for an earlier NULL). */
static rn_status lag_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                             const rn_type **result, const rn_agg_ops **ops) {
  if (count > 1 && !rn_type_is_integer(types[1])) return RN_FAIL;
  if (count > 2 && types[2]->id != RN_T_NULL && !rn_type_same(types[0], types[2]) &&
      !(rn_type_is_numeric(types[0]) && rn_type_is_numeric(types[2])) &&
      !(rn_type_is_string(types[0]) && rn_type_is_string(types[2]))) {
    return RN_FAIL;
  }
  *arg_type = types[0];
  *result = rn_plain_result(types[0], arena);
  if (count > 2 && !types[2]->nullable && !types[0]->nullable) *result = rn_type_with_null(arena, *result, false);
  *ops = &lag_ops;
  return RN_OK;
}

static rn_status lead_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                              const rn_type **result, const rn_agg_ops **ops) {
  rn_status status = lag_resolve(types, count, arena, arg_type, result, ops);
  *ops = &lead_ops;
  return status;
}

const rn_aggregate rn_aggregate_over_rows[] = {
    {.name = "ROW_NUMBER", .signature = "ROW_NUMBER()", .flags = RN_AGG_NO_ARGUMENT | RN_AGG_OVER_ONLY,
     .resolve = row_number_resolve, .help = "number of the row in its partition", .example = "ROW_NUMBER() OVER (ORDER BY ts)"},
    {.name = "RANK", .signature = "RANK()", .flags = RN_AGG_NO_ARGUMENT | RN_AGG_OVER_ONLY,
     .resolve = rank_resolve, .help = "rank of the row; rows that sort alike share it, with gaps", .example = "RANK() OVER (ORDER BY ts)"},
    {.name = "DENSE_RANK", .signature = "DENSE_RANK()", .flags = RN_AGG_NO_ARGUMENT | RN_AGG_OVER_ONLY,
     .resolve = dense_rank_resolve, .help = "rank of the row without gaps", .example = "DENSE_RANK() OVER (ORDER BY ts)"},
    {.name = "LAG", .signature = "LAG(x [, offset INT [, default]])", .min_args = 1, .max_args = 3,
     .flags = RN_AGG_OVER_ONLY | RN_AGG_KEEPS_NULLS, .resolve = lag_resolve, .help = "x of an earlier row of the partition",
     .example = "LAG(price) OVER (ORDER BY ts)"},
    {.name = "LEAD", .signature = "LEAD(x [, offset INT [, default]])", .min_args = 1, .max_args = 3,
     .flags = RN_AGG_OVER_ONLY | RN_AGG_KEEPS_NULLS, .resolve = lead_resolve, .help = "x of a later row of the partition (bounded input)",
     .example = "LEAD(price) OVER (ORDER BY ts)"},
    {.name = "NTILE", .signature = "NTILE(n INT)", .min_args = 1, .max_args = 1, .flags = RN_AGG_OVER_ONLY,
     .resolve = ntile_resolve, .help = "which of n parts of like size the row is in (bounded input)",
     .example = "NTILE(4) OVER (ORDER BY price)"},
    {.name = "PERCENT_RANK", .signature = "PERCENT_RANK()", .flags = RN_AGG_NO_ARGUMENT | RN_AGG_OVER_ONLY,
     .resolve = percent_rank_resolve, .help = "(rank - 1) / (rows - 1) (bounded input)",
     .example = "PERCENT_RANK() OVER (ORDER BY price)"},
    {.name = "CUME_DIST", .signature = "CUME_DIST()", .flags = RN_AGG_NO_ARGUMENT | RN_AGG_OVER_ONLY,
     .resolve = cume_dist_resolve, .help = "part of the rows that sort before the row or alike (bounded input)",
     .example = "CUME_DIST() OVER (ORDER BY price)"},
    {.name = NULL}};
