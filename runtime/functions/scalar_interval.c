/* + - * with dates, times and intervals (DIALECT 2.7): months clamp to the month's end, a DATE moves by
 * whole days only, TIME wraps at midnight, a timestamp keeps its precision. */
#include "runtime/functions/cast.h"
#include "runtime/functions/scalar.h"

/* `time` moved by sign * `interval` months or milliseconds. */
static inline int64_t move(const rn_type *type, int64_t time, const rn_type *interval_type, int64_t interval) {
  bool months = interval_type->id == RN_T_INTERVAL_MONTH;
  switch (type->id) {
    case RN_T_DATE: return months ? rn_add_months_days((int32_t)time, interval) : time + interval / RN_MS_PER_DAY;
    case RN_T_TIME: return months ? time : rn_floor_mod(time + interval % RN_MS_PER_DAY, RN_MS_PER_DAY);
    default:
      if (months) return rn_add_months_us(time, interval);
      return cut_us((int64_t)((uint64_t)time + (uint64_t)interval * (uint64_t)RN_US_PER_MS), type->precision);
  }
}

static inline rn_status move_all(const rn_column *const *args, rn_column *out, const rn_sel *sel, int time_arg, int sign) {
  const rn_column *t = args[time_arg], *i = args[1 - time_arg];
  bool wide = rn_type_physical(out->type) == RN_P_I64;
  FOR_ROWS(row) {
    int64_t moved = move(t->type, integer_at(t, row), i->type, sign * integer_at(i, row));
    if (wide) put_i64(out, row, moved);
    else put_i32(out, row, (int32_t)moved);
  }
  return RN_OK;
}
KERNEL(time_plus) { UNUSED_EVAL; return move_all(args, out, sel, 0, 1); }
KERNEL(plus_time) { UNUSED_EVAL; return move_all(args, out, sel, 1, 1); }
KERNEL(time_minus) { UNUSED_EVAL; return move_all(args, out, sel, 0, -1); }

/* Intervals among themselves: wrap like the integers they are. */
static inline rn_status combine(const rn_column *const *args, rn_column *out, const rn_sel *sel, char op) {
  bool wide = rn_type_physical(out->type) == RN_P_I64;
  FOR_ROWS(row) {
    uint64_t a = (uint64_t)integer_at(args[0], row), b = (uint64_t)integer_at(args[1], row);
    uint64_t r = op == '+' ? a + b : op == '-' ? a - b : a * b;
    if (wide) put_i64(out, row, (int64_t)r);
    else put_i32(out, row, (int32_t)r);
  }
  return RN_OK;
}
KERNEL(interval_add) { UNUSED_EVAL; return combine(args, out, sel, '+'); }
KERNEL(interval_sub) { UNUSED_EVAL; return combine(args, out, sel, '-'); }
KERNEL(interval_mul) { UNUSED_EVAL; return combine(args, out, sel, '*'); }

/* The result is of the type of the argument that is no interval, or of the interval that is no number. */
static rn_status resolve_move(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena,
                              rn_resolution *out) {
  (void)count;
  bool swapped = rn_type_is_interval(types[0]) && !rn_type_is_interval(types[1]) && !rn_type_is_integer(types[1]);
  swapped = swapped || (rn_type_is_integer(types[0]) && rn_type_is_interval(types[1]));
  if (rn_type_is_interval(types[0]) && rn_type_is_interval(types[1]) && types[0]->id != types[1]->id) return RN_FAIL;
  out->result = rn_type_with_time(arena, types[swapped], RN_TIME_NONE);
  out->kernel = fn->kernel;
  return RN_OK;
}

#define ROW(n, a, b, k, sig, h, e)                                                                                    \
  {.name = n, .signature = sig, .min_args = 2, .max_args = 2, .flags = RN_FN_STRICT | RN_FN_OPERATOR, .classes = {a, b}, \
   .resolve = resolve_move, .kernel = k, .help = h, .example = e}
static const rn_function rows[] = {
  ROW("+", RN_ARG_TEMPORAL, RN_ARG_INTERVAL, time_plus, "time + interval", "later time", "DATE '2024-01-31' + INTERVAL '1' MONTH = DATE '2024-02-29'"),
  ROW("+", RN_ARG_INTERVAL, RN_ARG_TEMPORAL, plus_time, "interval + time", "later time", "INTERVAL '1' DAY + DATE '2024-01-31' = DATE '2024-02-01'"),
  ROW("+", RN_ARG_INTERVAL, RN_ARG_INTERVAL, interval_add, "interval + interval", "sum of two intervals of one family", "DATE '2024-01-01' + (INTERVAL '1' DAY + INTERVAL '1' DAY) = DATE '2024-01-03'"),
  ROW("-", RN_ARG_TEMPORAL, RN_ARG_INTERVAL, time_minus, "time - interval", "earlier time", "DATE '2024-03-31' - INTERVAL '1' MONTH = DATE '2024-02-29'"),
  ROW("-", RN_ARG_INTERVAL, RN_ARG_INTERVAL, interval_sub, "interval - interval", "difference of two intervals of one family", "DATE '2024-01-01' + (INTERVAL '3' DAY - INTERVAL '1' DAY) = DATE '2024-01-03'"),
  ROW("*", RN_ARG_INTERVAL, RN_ARG_INTEGER, interval_mul, "interval * n", "n times the interval", "DATE '2024-01-01' + INTERVAL '1' DAY * 3 = DATE '2024-01-04'"),
  ROW("*", RN_ARG_INTEGER, RN_ARG_INTERVAL, interval_mul, "n * interval", "n times the interval", "DATE '2024-01-01' + 3 * INTERVAL '1' DAY = DATE '2024-01-04'"),
};
RN_FUNCTION_SET(rn_set_interval, "Time arithmetic", rows);
