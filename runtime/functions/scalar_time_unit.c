/* FLOOR(t TO unit), CEIL(t TO unit), TIMESTAMPADD, TIMESTAMPDIFF (DIALECT 8.4). */
#include "runtime/functions/cast.h"
#include "runtime/functions/time_unit.h"

/* --- FLOOR, CEIL ----------------------------------------------------------------------------------------------------- */

static const int64_t clock_us[U_COUNT] = {
  [U_DAY] = RN_US_PER_DAY, [U_HOUR] = 3600 * RN_US_PER_SECOND, [U_MINUTE] = 60 * RN_US_PER_SECOND,
  [U_SECOND] = RN_US_PER_SECOND, [U_MILLISECOND] = RN_US_PER_MS,
};

/* First day of the year-like unit `steps` units after the one that holds `days`. */
static int64_t unit_start(int64_t days, time_unit unit, int steps) {
  int64_t year, months;
  unsigned month, day;
  if (unit == U_WEEK) return days - iso_weekday(days) % 7 + 7 * steps; /* Sunday */
  rn_civil_from_days(days, &year, &month, &day);
  switch (unit) {
    case U_MONTH: months = year * 12 + month - 1 + steps; break;
    case U_QUARTER: months = year * 12 + (month - 1) / 3 * 3 + 3 * steps; break;
    case U_YEAR: months = (year + steps) * 12; break;
    case U_DECADE: months = (rn_floor_div(year, 10) + steps) * 120; break;
    case U_CENTURY: months = ((rn_floor_div(year - 1, 100) + steps) * 100 + 1) * 12; break;
    default: months = ((rn_floor_div(year - 1, 1000) + steps) * 1000 + 1) * 12; break;
  }
  return rn_days_from_civil(rn_floor_div(months, 12), (unsigned)rn_floor_mod(months, 12) + 1, 1);
}

/* A week and more has the granularity of days: CEIL of 1 May, 13:00 TO MONTH is 1 May. */
static int64_t round_us(int64_t us, time_unit unit, bool up) {
  int64_t step = clock_us[unit];
  if (step) {
    int64_t floor = us - rn_floor_mod(us, step);
    return up && floor != us ? floor + step : floor;
  }
  int64_t days = rn_floor_div(us, RN_US_PER_DAY), start = unit_start(days, unit, 0);
  if (up && start != days) start = unit_start(days, unit, 1);
  return start * RN_US_PER_DAY;
}

/* By the wall clock of the zone. Hours and less keep the offset of the instant: an hour that the clock shows twice has
 * two beginnings. */
static int64_t round_instant(const rn_zone *zone, int64_t us, time_unit unit, bool up) {
  int64_t offset = (int64_t)rn_zone_offset_at(zone, us) * RN_US_PER_SECOND, local = round_us(us + offset, unit, up);
  return unit >= U_HOUR ? local - offset : rn_zone_to_utc(zone, local);
}

static inline rn_status round_all(rn_eval *eval, const rn_column *const *args, rn_column *out, const rn_sel *sel, bool up) {
  const rn_column *t = args[0];
  time_unit unit = unit_of(eval);
  switch (t->type->id) {
    case RN_T_DATE:
      FOR_ROWS(row) put_i32(out, row, (int32_t)(round_us((int64_t)I32(0, row) * RN_US_PER_DAY, unit, up) / RN_US_PER_DAY));
      break;
    case RN_T_TIME:
      FOR_ROWS(row) put_i32(out, row, (int32_t)(rn_floor_mod(round_us((int64_t)I32(0, row) * RN_US_PER_MS, unit, up), RN_US_PER_DAY) / RN_US_PER_MS));
      break;
    case RN_T_TIMESTAMP_LTZ:
      FOR_ROWS(row) put_i64(out, row, round_instant(eval->zone, I64(0, row), unit, up));
      break;
    default: FOR_ROWS(row) put_i64(out, row, round_us(I64(0, row), unit, up)); break;
  }
  return RN_OK;
}
KERNEL(floor_to) { (void)arg_count; return round_all(eval, args, out, sel, false); }
KERNEL(ceil_to) { (void)arg_count; return round_all(eval, args, out, sel, true); }

/* Here the unit is the second argument. */
static rn_status prepare_second(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  return rn_unit_prepare(values + 1, count - 1, state, err);
}

static rn_status resolve_round(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  const rn_value *v = out->constants ? out->constants[1] : NULL;
  time_unit unit;
  if (!v || v->is_null || !rn_unit_parse(v->u.text, &unit) || unit > U_MILLISECOND) return RN_FAIL;
  if (types[0]->id == RN_T_TIME && unit < U_HOUR) return RN_FAIL;
  out->result = rn_type_with_time(arena, types[0], RN_TIME_NONE);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* --- TIMESTAMPADD ---------------------------------------------------------------------------------------------------- */

static bool unit_months(time_unit unit, int64_t *months) {
  static const int64_t counts[] = {[U_MILLENNIUM] = 12000, [U_CENTURY] = 1200, [U_DECADE] = 120, [U_YEAR] = 12, [U_QUARTER] = 3, [U_MONTH] = 1};
  if (unit > U_MONTH) return false;
  *months = counts[unit];
  return true;
}
static int64_t unit_us(time_unit unit) {
  return unit == U_WEEK ? 7 * RN_US_PER_DAY : unit == U_MICROSECOND ? 1 : clock_us[unit];
}

KERNEL(timestamp_add) {
  (void)arg_count;
  time_unit unit = unit_of(eval);
  const rn_type *t = args[2]->type;
  int64_t months = 0;
  bool by_months = unit_months(unit, &months);
  uint64_t step = by_months ? 0 : (uint64_t)unit_us(unit);
  bool from_date = t->id == RN_T_DATE, to_timestamp = rn_type_is_timestamp(out->type);
  FOR_ROWS(row) {
    int64_t n = integer_at(args[1], row), v = integer_at(args[2], row);
    if (t->id == RN_T_TIME) {
      int64_t us = by_months ? 0 : (int64_t)((uint64_t)n * step) % RN_US_PER_DAY;
      put_i32(out, row, (int32_t)(rn_floor_mod(v * RN_US_PER_MS + us, RN_US_PER_DAY) / RN_US_PER_MS));
      continue;
    }
    if (from_date) v *= RN_US_PER_DAY;
    int64_t r = by_months ? rn_add_months_us(v, (int64_t)((uint64_t)n * (uint64_t)months)) : (int64_t)((uint64_t)v + (uint64_t)n * step);
    if (to_timestamp) put_i64(out, row, cut_us(r, out->type->precision));
    else put_i32(out, row, (int32_t)rn_floor_div(r, RN_US_PER_DAY));
  }
  return RN_OK;
}

static rn_status resolve_add(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  time_unit unit;
  if (!rn_unit_argument(out, &unit) || unit > U_MICROSECOND) return RN_FAIL;
  const rn_type *t = types[2];
  int least = unit == U_MILLISECOND ? 3 : unit == U_MICROSECOND ? 6 : 0;
  if (t->id == RN_T_DATE) {
    out->result = unit <= U_DAY ? t : rn_type_sized(arena, RN_T_TIMESTAMP, 6, t->nullable);
  } else if (rn_type_is_timestamp(t) && t->precision < least) {
    out->result = rn_type_sized(arena, (rn_type_id)t->id, least, t->nullable);
  } else {
    out->result = rn_type_with_time(arena, t, RN_TIME_NONE);
  }
  out->kernel = fn->kernel;
  return RN_OK;
}

/* --- TIMESTAMPDIFF --------------------------------------------------------------------------------------------------- */

/* Whole months from `from` to `to` days: the most that can be added without passing it. */
static int64_t month_difference(int64_t to, int64_t from) {
  if (to < from) return -month_difference(from, to);
  int64_t months = (to - from) / 31; /* never too many */
  while (rn_add_months_days((int32_t)from, months + 1) <= to) months++;
  return months;
}

static int64_t month_difference_us(int64_t to, int64_t from) {
  int64_t to_days = rn_floor_div(to, RN_US_PER_DAY), from_days = rn_floor_div(from, RN_US_PER_DAY);
  int64_t months = month_difference(to_days, from_days);
  bool same_day = rn_add_months_days((int32_t)from_days, months) == to_days;
  return same_day && rn_floor_mod(to, RN_US_PER_DAY) < rn_floor_mod(from, RN_US_PER_DAY) ? months - 1 : months;
}

static int64_t as_us(const rn_column *c, uint32_t row) {
  int64_t v = integer_at(c, row);
  return c->type->id == RN_T_DATE ? v * RN_US_PER_DAY : c->type->id == RN_T_TIME ? v * RN_US_PER_MS : v;
}

KERNEL(timestamp_diff) {
  (void)arg_count;
  time_unit unit = unit_of(eval);
  int64_t months = 0;
  bool by_months = unit_months(unit, &months);
  int64_t step = by_months ? 1 : unit_us(unit);
  FOR_ROWS(row) {
    int64_t from = as_us(args[1], row), to = as_us(args[2], row);
    put_i32(out, row, (int32_t)(by_months ? month_difference_us(to, from) / months : (to - from) / step));
  }
  return RN_OK;
}

static rn_status resolve_diff(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count, (void)arena;
  time_unit unit;
  if (!rn_unit_argument(out, &unit) || unit > U_MICROSECOND) return RN_FAIL;
  bool instant_a = types[1]->id == RN_T_TIMESTAMP_LTZ, instant_b = types[2]->id == RN_T_TIMESTAMP_LTZ;
  bool time_a = types[1]->id == RN_T_TIME, time_b = types[2]->id == RN_T_TIME;
  if (instant_a != instant_b || time_a != time_b) return RN_FAIL;
  if (time_a && unit < U_WEEK) return RN_FAIL;
  out->result = rn_type_basic(RN_T_INT, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

enum { FLAGS = RN_FN_STRICT | RN_FN_ZONE };
static const rn_function rows[] = {
  {.name = "FLOOR TO", .signature = "FLOOR(t TO unit) -> type of t", .min_args = 2, .max_args = 2, .flags = FLAGS | RN_FN_OPERATOR,
   .classes = {RN_ARG_TEMPORAL, RN_ARG_UNIT}, .resolve = resolve_round, .kernel = floor_to, .prepare = prepare_second,
   .help = "the beginning of the unit that holds t; weeks begin on Sunday", .example = "FLOOR(TIMESTAMP '2024-05-15 13:14:15' TO HOUR) = TIMESTAMP '2024-05-15 13:00:00'"},
  {.name = "CEIL TO", .signature = "CEIL(t TO unit) -> type of t", .min_args = 2, .max_args = 2, .flags = FLAGS | RN_FN_OPERATOR,
   .classes = {RN_ARG_TEMPORAL, RN_ARG_UNIT}, .resolve = resolve_round, .kernel = ceil_to, .prepare = prepare_second,
   .help = "the beginning of the next unit, unless t begins one", .example = "CEIL(DATE '2024-05-15' TO MONTH) = DATE '2024-06-01'"},
  {.name = "TIMESTAMPADD", .signature = "TIMESTAMPADD(unit, n BIGINT, t TEMPORAL) -> type of t", .min_args = 3, .max_args = 3, .flags = FLAGS,
   .classes = {RN_ARG_UNIT, RN_ARG_INTEGER, RN_ARG_TEMPORAL}, .resolve = resolve_add, .kernel = timestamp_add, .prepare = rn_unit_prepare,
   .help = "t moved by n units", .example = "TIMESTAMPADD(MONTH, 1, DATE '2024-01-31') = DATE '2024-02-29'"},
  {.name = "TIMESTAMPDIFF", .signature = "TIMESTAMPDIFF(unit, from TEMPORAL, to TEMPORAL) -> INT", .min_args = 3, .max_args = 3, .flags = FLAGS,
   .classes = {RN_ARG_UNIT, RN_ARG_TEMPORAL, RN_ARG_TEMPORAL}, .resolve = resolve_diff, .kernel = timestamp_diff, .prepare = rn_unit_prepare,
   .help = "complete units from one time to another", .example = "TIMESTAMPDIFF(DAY, DATE '2024-02-01', DATE '2024-03-01') = 29"},
};
RN_FUNCTION_SET(rn_set_time_unit, "Time units", rows);
