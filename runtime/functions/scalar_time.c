/* Parts of dates and times (EXTRACT, YEAR ..), and the clock: CURRENT_DATE, NOW, PROCTIME ..
 *
 * A wall clock is taken apart in UTC; TIMESTAMP_LTZ is moved to the session zone first. Times before 1970
 * count like all others (Flink cuts them towards 1970, one of its recorded bugs). */
#include "runtime/functions/cast.h"
#include "runtime/functions/time_unit.h"

static const struct { const char *name; time_unit unit; } names[] = {
  {"MILLENNIUM", U_MILLENNIUM}, {"CENTURY", U_CENTURY}, {"DECADE", U_DECADE}, {"YEAR", U_YEAR}, {"QUARTER", U_QUARTER},
  {"MONTH", U_MONTH}, {"WEEK", U_WEEK}, {"DAY", U_DAY}, {"HOUR", U_HOUR}, {"MINUTE", U_MINUTE}, {"SECOND", U_SECOND},
  {"MILLISECOND", U_MILLISECOND}, {"MICROSECOND", U_MICROSECOND}, {"NANOSECOND", U_NANOSECOND}, {"EPOCH", U_EPOCH},
  {"DOY", U_DOY}, {"DOW", U_DOW}, {"ISODOW", U_ISODOW}, {"ISOYEAR", U_ISOYEAR},
  {"SQL_TSI_YEAR", U_YEAR}, {"SQL_TSI_QUARTER", U_QUARTER}, {"SQL_TSI_MONTH", U_MONTH}, {"SQL_TSI_WEEK", U_WEEK},
  {"SQL_TSI_DAY", U_DAY}, {"SQL_TSI_HOUR", U_HOUR}, {"SQL_TSI_MINUTE", U_MINUTE}, {"SQL_TSI_SECOND", U_SECOND},
};

bool rn_unit_parse(rn_slice name, time_unit *out) {
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (rn_slice_eq_nocase(name, rn_slice_of(names[i].name))) {
      *out = names[i].unit;
      return true;
    }
  }
  return false;
}

const char *rn_unit_name(time_unit unit) { return names[unit].name; }

bool rn_unit_argument(const rn_resolution *out, time_unit *unit) {
  const rn_value *v = out->constants ? out->constants[0] : NULL;
  return v && !v->is_null && rn_unit_parse(v->u.text, unit);
}

rn_status rn_unit_prepare(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  time_unit unit;
  (void)count;
  if (!values[0] || values[0]->is_null || !rn_unit_parse(values[0]->u.text, &unit)) {
    return rn_fail(err, RN_E_ARGUMENTS, "expected a unit of time such as DAY or HOUR");
  }
  *state = (void *)(uintptr_t)&names[unit].unit; /* read only, never freed */
  return RN_OK;
}

void rn_iso_week(int64_t days, int64_t *year, int64_t *week) {
  int64_t thursday = days - iso_weekday(days) + 4; /* a week belongs to its Thursday's year */
  unsigned month, day;
  rn_civil_from_days(thursday, year, &month, &day);
  *week = (thursday - rn_days_from_civil(*year, 1, 1)) / 7 + 1;
}

/* --- EXTRACT ------------------------------------------------------------------------------------------------------ */

static int64_t from_days(time_unit unit, int64_t days) {
  int64_t year, week;
  unsigned month, day;
  switch (unit) {
    case U_DOW: return iso_weekday(days) % 7 + 1;
    case U_ISODOW: return iso_weekday(days);
    case U_WEEK:
      rn_iso_week(days, &year, &week);
      return week;
    case U_ISOYEAR:
      rn_iso_week(days, &year, &week);
      return year;
    default: break;
  }
  rn_civil_from_days(days, &year, &month, &day);
  switch (unit) {
    case U_YEAR: return year;
    case U_QUARTER: return (month + 2) / 3;
    case U_MONTH: return month;
    case U_DAY: return day;
    case U_DOY: return days - rn_days_from_civil(year, 1, 1) + 1;
    case U_DECADE: return rn_floor_div(year, 10);
    case U_CENTURY: return rn_floor_div(year + 99, 100);
    default: return rn_floor_div(year + 999, 1000); /* MILLENNIUM */
  }
}

static int64_t from_clock(time_unit unit, int64_t us_of_day) {
  switch (unit) {
    case U_HOUR: return us_of_day / (3600 * RN_US_PER_SECOND);
    case U_MINUTE: return us_of_day / (60 * RN_US_PER_SECOND) % 60;
    case U_SECOND: return us_of_day / RN_US_PER_SECOND % 60;
    case U_MILLISECOND: return us_of_day % RN_US_PER_SECOND / 1000;
    case U_MICROSECOND: return us_of_day % RN_US_PER_SECOND;
    default: return us_of_day % RN_US_PER_SECOND * 1000;
  }
}

static bool is_clock_unit(time_unit unit) { return unit >= U_HOUR && unit <= U_NANOSECOND; }

static int64_t from_interval(const rn_type *type, time_unit unit, int64_t v) {
  if (type->id == RN_T_INTERVAL_MONTH) {
    switch (unit) {
      case U_MONTH: return v % 12;
      case U_QUARTER: return (v % 12 - 1) / 3 + 1; /* as Flink: truncated */
      case U_YEAR: return v / 12;
      case U_DECADE: return v / 120;
      case U_CENTURY: return v / 1200;
      case U_MILLENNIUM: return v / 12000;
      default: return v;
    }
  }
  switch (unit) {
    case U_WEEK: return v / (7 * RN_MS_PER_DAY);
    case U_DAY: return v / RN_MS_PER_DAY;
    case U_HOUR: return v / 3600000 % 24;
    case U_MINUTE: return v / 60000 % 60;
    case U_SECOND: return v / 1000 % 60;
    case U_EPOCH: return v / 1000;
    case U_MILLISECOND: return v % 1000;
    case U_MICROSECOND: return v % 1000 * 1000;
    default: return v % 1000 * 1000000;
  }
}

static rn_status extract(rn_eval *eval, const rn_column *x, time_unit unit, rn_column *out, const rn_sel *sel) {
  bool instant = x->type->id == RN_T_TIMESTAMP_LTZ, interval = rn_type_is_interval(x->type);
  FOR_ROWS(row) {
    int64_t v = integer_at(x, row), r;
    if (interval) {
      put_i64(out, row, from_interval(x->type, unit, v));
      continue;
    }
    if (x->type->id == RN_T_DATE) v *= RN_US_PER_DAY;
    if (x->type->id == RN_T_TIME) v *= RN_US_PER_MS;
    if (unit == U_EPOCH) {
      r = rn_floor_div(v, RN_US_PER_SECOND);
    } else {
      if (instant) v = rn_zone_to_local(eval->zone, v);
      int64_t days = rn_floor_div(v, RN_US_PER_DAY);
      r = is_clock_unit(unit) ? from_clock(unit, v - days * RN_US_PER_DAY) : from_days(unit, days);
    }
    put_i64(out, row, r);
  }
  return RN_OK;
}

KERNEL(k_extract) { (void)arg_count; return extract(eval, args[1], unit_of(eval), out, sel); }

/* Does the unit exist in a value of the type? */
static bool unit_fits(const rn_type *type, time_unit unit) {
  switch (type->id) {
    case RN_T_DATE: return unit != U_MICROSECOND && unit != U_NANOSECOND;
    case RN_T_TIME: return unit >= U_HOUR && unit <= U_MILLISECOND;
    case RN_T_INTERVAL_MONTH: return unit <= U_MONTH;
    case RN_T_INTERVAL_MS: return unit >= U_WEEK && unit <= U_EPOCH;
    default: return true;
  }
}

static rn_status resolve_extract(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count, (void)arena;
  time_unit unit;
  if (!rn_unit_argument(out, &unit) || !unit_fits(types[1], unit)) return RN_FAIL;
  if (!rn_type_is_temporal(types[1]) && !rn_type_is_interval(types[1])) return RN_FAIL;
  out->result = rn_type_basic(RN_T_BIGINT, false);
  out->kernel = fn->kernel;
  return RN_OK;
}

/* YEAR(t) is EXTRACT(YEAR FROM t). */
static rn_status resolve_part(const rn_function *fn, const rn_type *type, time_unit unit, rn_resolution *out) {
  if (!unit_fits(type, unit) || (!rn_type_is_temporal(type) && !rn_type_is_interval(type))) return RN_FAIL;
  out->result = rn_type_basic(RN_T_BIGINT, false);
  out->kernel = fn->kernel;
  return RN_OK;
}
#define PART(name, u)                                                                                                      \
  KERNEL(k_##name) { (void)arg_count; return extract(eval, args[0], u, out, sel); }                                         \
  static rn_status resolve_##name(const rn_function *fn, const rn_type *const *types, uint32_t n, rn_arena *a, rn_resolution *out) { \
    (void)n, (void)a;                                                                                                      \
    return resolve_part(fn, types[0], u, out);                                                                             \
  }
PART(year, U_YEAR)
PART(quarter, U_QUARTER)
PART(month, U_MONTH)
PART(week, U_WEEK)
PART(doy, U_DOY)
PART(day, U_DAY)
PART(dow, U_DOW)
PART(hour, U_HOUR)
PART(minute, U_MINUTE)
PART(second, U_SECOND)

/* --- the clock --------------------------------------------------------------------------------------------------------- */

KERNEL(k_now) { /* TIMESTAMP_LTZ(3) */
  (void)args, (void)arg_count;
  FOR_ROWS(row) put_i64(out, row, cut_us(eval->now_us, 3));
  return RN_OK;
}
KERNEL(k_local_timestamp) {
  (void)args, (void)arg_count;
  int64_t us = cut_us(rn_zone_to_local(eval->zone, eval->now_us), 3);
  FOR_ROWS(row) put_i64(out, row, us);
  return RN_OK;
}
KERNEL(k_current_date) {
  (void)args, (void)arg_count;
  int32_t days = (int32_t)rn_floor_div(rn_zone_to_local(eval->zone, eval->now_us), RN_US_PER_DAY);
  FOR_ROWS(row) put_i32(out, row, days);
  return RN_OK;
}
KERNEL(k_local_time) {
  (void)args, (void)arg_count;
  int64_t us = rn_floor_mod(rn_zone_to_local(eval->zone, eval->now_us), RN_US_PER_DAY);
  FOR_ROWS(row) put_i32(out, row, (int32_t)(us / RN_US_PER_SECOND * 1000));
  return RN_OK;
}
KERNEL(k_watermark) {
  (void)args, (void)arg_count;
  if (eval->watermark_us == INT64_MIN) {
    FOR_ROWS(row) put_null(eval, out, row);
  } else {
    FOR_ROWS(row) put_i64(out, row, cut_us(eval->watermark_us, 3));
  }
  return RN_OK;
}

static rn_status resolve_instant(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)types, (void)count;
  out->result = rn_type_sized(arena, RN_T_TIMESTAMP_LTZ, 3, false);
  out->kernel = fn->kernel;
  return RN_OK;
}
static rn_status resolve_proctime(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  resolve_instant(fn, types, count, arena, out);
  out->result = rn_type_with_time(arena, out->result, RN_TIME_PROCTIME);
  return RN_OK;
}
static rn_status resolve_local_timestamp(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)types, (void)count;
  out->result = rn_type_sized(arena, RN_T_TIMESTAMP, 3, false);
  out->kernel = fn->kernel;
  return RN_OK;
}
static rn_status resolve_watermark(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count;
  if (types[0]->time_attribute != RN_TIME_ROWTIME) return RN_FAIL;
  out->result = rn_type_sized(arena, (rn_type_id)types[0]->id, 3, true);
  out->kernel = fn->kernel;
  return RN_OK;
}

#define PART_ROW(n, part, h, e)                                                                                 \
  {.name = n, .signature = n "(t TEMPORAL or INTERVAL) -> BIGINT", .min_args = 1, .max_args = 1, .flags = RN_FN_STRICT | RN_FN_ZONE, \
   .classes = {RN_ARG_ANY}, .resolve = resolve_##part, .kernel = k_##part, .help = h, .example = e}
#define CLOCK_ROW(n, sig, f, r, k, result_type, h, e) \
  {.name = n, .signature = n sig, .flags = (f), .resolve = r, .kernel = k, .result = result_type, .help = h, .example = e}
enum { KEYWORD = RN_FN_NOW | RN_FN_NO_PARENS };
static const rn_function rows[] = {
  {.name = "EXTRACT", .signature = "EXTRACT(unit FROM t) -> BIGINT", .min_args = 2, .max_args = 2, .flags = RN_FN_STRICT | RN_FN_ZONE,
   .classes = {RN_ARG_UNIT, RN_ARG_ANY}, .resolve = resolve_extract, .kernel = k_extract, .prepare = rn_unit_prepare,
   .help = "a part of a date, time or interval: YEAR QUARTER MONTH WEEK DAY DOY DOW HOUR MINUTE SECOND EPOCH ..", .example = "EXTRACT(YEAR FROM DATE '2024-02-29') = 2024"},
  PART_ROW("YEAR", year, "the year", "YEAR(DATE '2024-02-29') = 2024"),
  PART_ROW("QUARTER", quarter, "the quarter, 1 to 4", "QUARTER(DATE '2024-02-29') = 1"),
  PART_ROW("MONTH", month, "the month, 1 to 12", "MONTH(DATE '2024-02-29') = 2"),
  PART_ROW("WEEK", week, "the ISO week, 1 to 53", "WEEK(DATE '2024-02-29') = 9"),
  PART_ROW("DAYOFYEAR", doy, "the day of the year, 1 to 366", "DAYOFYEAR(DATE '2024-02-29') = 60"),
  PART_ROW("DAYOFMONTH", day, "the day of the month, 1 to 31", "DAYOFMONTH(DATE '2024-02-29') = 29"),
  PART_ROW("DAYOFWEEK", dow, "the day of the week, 1 = Sunday", "DAYOFWEEK(DATE '2024-02-29') = 5"),
  PART_ROW("HOUR", hour, "the hour, 0 to 23", "HOUR(TIME '13:14:15') = 13"),
  PART_ROW("MINUTE", minute, "the minute, 0 to 59", "MINUTE(TIME '13:14:15') = 14"),
  PART_ROW("SECOND", second, "the second, 0 to 59", "SECOND(TIME '13:14:15') = 15"),
  CLOCK_ROW("CURRENT_TIMESTAMP", " -> TIMESTAMP_LTZ(3)", KEYWORD, resolve_instant, k_now, 0, "the current instant", "(CURRENT_TIMESTAMP IS NOT NULL) = TRUE"),
  CLOCK_ROW("NOW", "() -> TIMESTAMP_LTZ(3)", RN_FN_NOW, resolve_instant, k_now, 0, "the current instant", "(NOW() IS NOT NULL) = TRUE"),
  CLOCK_ROW("CURRENT_ROW_TIMESTAMP", "() -> TIMESTAMP_LTZ(3)", RN_FN_NOW | RN_FN_VOLATILE, resolve_instant, k_now, 0, "the instant at which the row is processed", "(CURRENT_ROW_TIMESTAMP() IS NOT NULL) = TRUE"),
  CLOCK_ROW("PROCTIME", "() -> TIMESTAMP_LTZ(3) *PROCTIME*", RN_FN_NOW | RN_FN_VOLATILE, resolve_proctime, k_now, 0, "processing time, as a time attribute", "(PROCTIME() IS NOT NULL) = TRUE"),
  CLOCK_ROW("LOCALTIMESTAMP", " -> TIMESTAMP(3)", KEYWORD | RN_FN_ZONE, resolve_local_timestamp, k_local_timestamp, 0, "date and time in the session zone", "(LOCALTIMESTAMP IS NOT NULL) = TRUE"),
  CLOCK_ROW("CURRENT_DATE", " -> DATE", KEYWORD | RN_FN_ZONE, NULL, k_current_date, RN_T_DATE, "the date in the session zone", "(CURRENT_DATE IS NOT NULL) = TRUE"),
  CLOCK_ROW("CURRENT_TIME", " -> TIME", KEYWORD | RN_FN_ZONE, NULL, k_local_time, RN_T_TIME, "the time of day in the session zone", "(CURRENT_TIME IS NOT NULL) = TRUE"),
  CLOCK_ROW("LOCALTIME", " -> TIME", KEYWORD | RN_FN_ZONE, NULL, k_local_time, RN_T_TIME, "the time of day in the session zone", "(LOCALTIME IS NOT NULL) = TRUE"),
  {.name = "CURRENT_WATERMARK", .signature = "CURRENT_WATERMARK(rowtime TIME ATTRIBUTE) -> TIMESTAMP(3)", .min_args = 1, .max_args = 1, .flags = RN_FN_VOLATILE,
   .classes = {RN_ARG_TIMESTAMP}, .resolve = resolve_watermark, .kernel = k_watermark, .help = "the watermark here, NULL before the first one",
   .example = NULL /* needs a column that is a time attribute */},
};
RN_FUNCTION_SET(rn_set_time, "Date and time functions", rows);
