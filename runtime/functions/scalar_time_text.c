/* Dates and times from and to text by pattern: DATE_FORMAT, TO_DATE, TO_TIMESTAMP .. (DIALECT 8.4).
 *
 * A constant pattern or zone is compiled once per call site; one that changes per row is kept until the
 * next other text. Without a pattern TO_DATE and TO_TIMESTAMP[_LTZ] read the forms of CAST (base/calendar.c),
 * the others yyyy-MM-dd HH:mm:ss. */
#include <math.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "runtime/functions/cast.h"
#include "runtime/functions/time_pattern.h"

static const int64_t last_us = 253402300799999999LL, first_us = -62167219200000000LL; /* years 0 to 9999 */

/* --- patterns and zones of a call ------------------------------------------------------------------------------------- */

typedef struct pattern_state {
  bool constant, bad; /* bad: the text is no pattern */
  time_pattern *pattern;
  rn_zone *zones[2];  /* CONVERT_TZ: from, to; TO_TIMESTAMP_LTZ: [0] */
} pattern_state;

static void free_state(void *state) {
  pattern_state *s = state;
  rn_time_pattern_free(s->pattern);
  rn_zone_close(s->zones[0]);
  rn_zone_close(s->zones[1]);
  rn_free(s);
}

/* The pattern is argument 1. `tolerant`: a bad one gives NULL at run time instead of an error. */
static rn_status prepare_pattern(const rn_value *const *values, uint32_t count, void **state, rn_error *err, time_pattern_kind kind, bool tolerant) {
  *state = NULL;
  if (count < 2 || !values[1] || values[1]->is_null || !rn_type_is_string(values[1]->type)) return RN_OK;
  pattern_state *s = rn_calloc(1, sizeof *s);
  rn_error why = {0};
  s->constant = true;
  s->bad = rn_time_pattern_compile(values[1]->u.text, kind, &s->pattern, &why) != RN_OK;
  if (s->bad && !tolerant) {
    free_state(s);
    return rn_fail(err, RN_E_VALUE, "%s", why.message);
  }
  *state = s;
  return RN_OK;
}
static rn_status prepare_strict(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  return prepare_pattern(values, count, state, err, PATTERN_JAVA_TIME, false);
}
static rn_status prepare_simple(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  return prepare_pattern(values, count, state, err, PATTERN_SIMPLE, false);
}
static rn_status prepare_tolerant(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  return prepare_pattern(values, count, state, err, PATTERN_JAVA_TIME, true);
}

/* Patterns of one kernel call whose pattern argument is not constant. */
typedef struct pattern_cache {
  time_pattern_kind kind;
  rn_slice text;
  time_pattern *pattern;
  bool set;
  rn_error why; /* of the last text that is no pattern; large, so made once a call */
} pattern_cache;

/* NULL: not a pattern; cache->why tells. */
static const time_pattern *pattern_at(const rn_eval *eval, pattern_cache *cache, rn_slice text) {
  const pattern_state *s = eval->call_state;
  if (s && s->constant) return s->pattern;
  if (!cache->set || !rn_slice_eq(cache->text, text)) {
    rn_time_pattern_free(cache->pattern);
    cache->text = text;
    cache->set = true;
    rn_error_clear(&cache->why);
    rn_time_pattern_compile(text, cache->kind, &cache->pattern, &cache->why);
  }
  return cache->pattern;
}

/* yyyy-MM-dd HH:mm:ss, which stands where no pattern is given. */
static time_pattern *default_pattern(void) {
  time_pattern *p = NULL;
  rn_error ignored = {0};
  (void)rn_time_pattern_compile(rn_slice_of("yyyy-MM-dd HH:mm:ss"), PATTERN_SIMPLE, &p, &ignored);
  return p;
}

/* Folded constants have no clock of a query. */
static int64_t now_us(const rn_eval *eval) { return eval->now_us ? eval->now_us : rn_clock_now_us(NULL); }

/* --- to text --------------------------------------------------------------------------------------------------------------- */

/* An instant, or a wall clock by a java.time pattern. */
static rn_status put_formatted(rn_eval *eval, const rn_column *const *args, pattern_cache *cache, rn_builder *b, int64_t us, const rn_zone *zone,
                               rn_column *out, uint32_t row) {
  const time_pattern *pattern = pattern_at(eval, cache, TEXT(1, row));
  rn_builder_clear(b);
  if (!pattern) return rn_eval_fail(eval, row, RN_E_VALUE, "%s", cache->why.message);
  bool simple = cache->kind == PATTERN_SIMPLE;
  if (!(simple ? rn_simple_date_format(pattern, us, zone, b) : rn_time_pattern_format(pattern, us, b))) {
    rn_slice text = TEXT(1, row);
    return rn_eval_fail(eval, row, RN_E_VALUE, simple ? "pattern '%.*s' asks for the name of the zone: use X or Z, its offset"
                                                      : "pattern '%.*s' asks for a time zone, which the value does not have", (int)text.len, text.ptr);
  }
  put_copy(eval, out, row, b->data, b->len);
  return RN_OK;
}

KERNEL(date_format) {
  (void)arg_count;
  rn_builder b = {0};
  pattern_cache cache = {.kind = PATTERN_JAVA_TIME};
  rn_status status = RN_OK;
  bool instant = args[0]->type->id == RN_T_TIMESTAMP_LTZ;
  for (uint32_t i = 0; i < sel->count && status == RN_OK; i++) {
    uint32_t row = rn_sel_row(sel, i);
    int64_t us = instant ? rn_zone_to_local(eval->zone, I64(0, row)) : I64(0, row);
    status = put_formatted(eval, args, &cache, &b, us, NULL, out, row);
  }
  rn_time_pattern_free(cache.pattern);
  rn_builder_free(&b);
  return status;
}

KERNEL(date_format_text) { /* in UTC: no hour is missing */
  (void)arg_count;
  rn_builder b = {0};
  pattern_cache cache = {.kind = PATTERN_SIMPLE};
  time_pattern *from = default_pattern();
  rn_status status = RN_OK;
  int64_t now = now_us(eval), us;
  for (uint32_t i = 0; i < sel->count && status == RN_OK; i++) {
    uint32_t row = rn_sel_row(sel, i);
    if (rn_simple_date_parse(from, TEXT(0, row), NULL, now, &us)) status = put_formatted(eval, args, &cache, &b, us, NULL, out, row);
    else put_null(eval, out, row);
  }
  rn_time_pattern_free(from);
  rn_time_pattern_free(cache.pattern);
  rn_builder_free(&b);
  return status;
}

KERNEL(from_unixtime) {
  rn_builder b = {0};
  pattern_cache cache = {.kind = PATTERN_SIMPLE};
  rn_status status = RN_OK;
  for (uint32_t i = 0; i < sel->count && status == RN_OK; i++) {
    uint32_t row = rn_sel_row(sel, i);
    int64_t us;
    bool fits = !__builtin_mul_overflow(I64(0, row), RN_US_PER_SECOND, &us);
    if (!fits || us > INT64_MAX - 2 * RN_US_PER_DAY || us < INT64_MIN + 2 * RN_US_PER_DAY) { /* no room for a zone's offset */
      put_null(eval, out, row);
      continue;
    }
    if (arg_count > 1) {
      status = put_formatted(eval, args, &cache, &b, us, eval->zone, out, row);
      continue;
    }
    rn_builder_clear(&b);
    rn_format_timestamp(&b, rn_zone_to_local(eval->zone, us), 0, false, ' ');
    put_copy(eval, out, row, b.data, b.len);
  }
  rn_time_pattern_free(cache.pattern);
  rn_builder_free(&b);
  return status;
}

/* --- from text ------------------------------------------------------------------------------------------------------------- */

/* By argument 1; false: not of the form. *bad_pattern: nor is the pattern one. */
static bool parse_by_pattern(const rn_eval *eval, const rn_column *const *args, pattern_cache *cache, uint32_t row, int64_t *us, bool *bad_pattern) {
  const time_pattern *pattern = pattern_at(eval, cache, TEXT(1, row));
  *bad_pattern = pattern == NULL;
  return pattern && rn_time_pattern_parse(pattern, TEXT(0, row), us);
}

KERNEL(to_timestamp) {
  pattern_cache cache = {.kind = PATTERN_JAVA_TIME};
  FOR_ROWS(row) {
    int64_t us = 0;
    bool bad = false, ok = false;
    if (arg_count > 1) ok = parse_by_pattern(eval, args, &cache, row, &us, &bad);
    if (!ok && !bad) ok = rn_cast_timestamp(TEXT(0, row), &us);
    if (ok) put_i64(out, row, cut_us(us, 3));
    else put_null(eval, out, row);
  }
  rn_time_pattern_free(cache.pattern);
  return RN_OK;
}

KERNEL(to_date) { /* in UTC: an offset in the text may move the day */
  pattern_cache cache = {.kind = PATTERN_SIMPLE};
  rn_status status = RN_OK;
  int64_t now = now_us(eval);
  FOR_ROWS(row) {
    int64_t us;
    int32_t days = 0;
    bool ok;
    if (arg_count > 1) {
      const time_pattern *pattern = pattern_at(eval, &cache, TEXT(1, row));
      if (!pattern) {
        status = rn_eval_fail(eval, row, RN_E_VALUE, "%s", cache.why.message);
        break;
      }
      ok = rn_simple_date_parse(pattern, TEXT(0, row), NULL, now, &us) && us >= first_us && us <= last_us;
      if (ok) days = (int32_t)rn_floor_div(us, RN_US_PER_DAY);
    } else {
      ok = rn_cast_date(TEXT(0, row), &days);
    }
    if (ok) put_i32(out, row, days);
    else put_null(eval, out, row);
  }
  rn_time_pattern_free(cache.pattern);
  return status;
}

/* Seconds since 1970 of a wall clock in the session zone, or of the offset in the text. */
KERNEL(unix_timestamp) {
  pattern_cache cache = {.kind = PATTERN_SIMPLE};
  time_pattern *fixed = arg_count > 1 ? NULL : default_pattern();
  rn_status status = RN_OK;
  int64_t now = now_us(eval);
  FOR_ROWS(row) {
    const time_pattern *pattern = fixed ? fixed : pattern_at(eval, &cache, TEXT(1, row));
    int64_t us;
    if (!pattern) {
      status = rn_eval_fail(eval, row, RN_E_VALUE, "%s", cache.why.message);
      break;
    }
    bool ok = rn_simple_date_parse(pattern, TEXT(0, row), eval->zone, now, &us);
    put_i64(out, row, ok ? rn_floor_div(us, RN_US_PER_MS) / 1000 : INT64_MIN); /* milliseconds, cut toward 1970 */
  }
  rn_time_pattern_free(fixed);
  rn_time_pattern_free(cache.pattern);
  return status;
}

KERNEL(unix_now) {
  (void)args, (void)arg_count;
  FOR_ROWS(row) put_i64(out, row, rn_floor_div(eval->now_us, RN_US_PER_SECOND));
  return RN_OK;
}

/* --- TO_TIMESTAMP_LTZ ------------------------------------------------------------------------------------------------------ */

static void put_instant(rn_eval *eval, rn_column *out, uint32_t row, rn_i128 us) {
  if (us > last_us || us < first_us) put_null(eval, out, row);
  else put_i64(out, row, cut_us((int64_t)us, out->type->precision));
}

static rn_i128 floor_div_128(rn_i128 a, rn_i128 b) { return a / b - (a % b != 0 && (a % b < 0) != (b < 0)); }

/* n counts 10^-p seconds. */
static rn_i128 scaled_us(int64_t n, int p) {
  return p <= 6 ? (rn_i128)n * rn_pow10_64((unsigned)(6 - p)) : floor_div_128(n, rn_pow10_64((unsigned)(p - 6)));
}

static int precision_at(const rn_column *const *args, uint32_t arg_count, uint32_t row) {
  return arg_count > 1 ? I32(1, row) : 3;
}

KERNEL(ltz_of_integer) {
  FOR_ROWS(row) {
    int p = precision_at(args, arg_count, row);
    if (p < 0 || p > 9) return rn_eval_fail(eval, row, RN_E_VALUE, "the precision of TO_TIMESTAMP_LTZ is from 0 to 9, got %d", p);
    int64_t n;
    if (args[0]->type->id == RN_T_DECIMAL) n = (int64_t)(decimal_at(args[0], row) / rn_pow10_128((unsigned)args[0]->type->scale));
    else n = integer_at(args[0], row);
    put_instant(eval, out, row, scaled_us(n, p));
  }
  return RN_OK;
}

KERNEL(ltz_of_real) {
  FOR_ROWS(row) {
    int p = precision_at(args, arg_count, row);
    if (p < 0 || p > 9) return rn_eval_fail(eval, row, RN_E_VALUE, "the precision of TO_TIMESTAMP_LTZ is from 0 to 9, got %d", p);
    double us = floor(((const double *)args[0]->data)[AT(0, row)] * pow(10, 6 - p));
    if (us >= -1e18 && us <= 1e18) put_instant(eval, out, row, (rn_i128)us);
    else put_null(eval, out, row);
  }
  return RN_OK;
}

static rn_status resolve_ltz(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  const rn_value *v = count > 1 && out->constants ? out->constants[1] : NULL;
  bool text = rn_type_is_string(types[0]);
  int precision = !text && v && !v->is_null ? (int)v->u.i : 3;
  if (precision < 0 || precision > 9) return RN_FAIL;
  if (types[0]->id == RN_T_FLOAT) out->arg_types[0] = rn_type_basic(RN_T_DOUBLE, types[0]->nullable);
  out->result = rn_type_sized(arena, RN_T_TIMESTAMP_LTZ, precision > 3 ? precision : 3, true);
  out->kernel = rn_type_is_approximate(types[0]) ? ltz_of_real : fn->kernel;
  return RN_OK;
}

static rn_status prepare_ltz_text(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  if (prepare_pattern(values, count, state, err, PATTERN_JAVA_TIME, false) != RN_OK) return RN_FAIL;
  if (count < 3 || !values[2] || values[2]->is_null) return RN_OK;
  rn_zone *zone;
  rn_slice name = values[2]->u.text;
  char *text = rn_strndup(name.ptr, name.len);
  rn_status status = rn_zone_open(text, &zone, err);
  rn_free(text);
  if (status != RN_OK) {
    if (*state) free_state(*state);
    *state = NULL;
    return RN_FAIL;
  }
  pattern_state *s = *state ? *state : rn_calloc(1, sizeof *s);
  s->zones[0] = zone;
  *state = s;
  return RN_OK;
}

static rn_zone *open_zone(rn_slice name) {
  rn_zone *zone = NULL;
  rn_error ignored = {0};
  char *text = rn_strndup(name.ptr, name.len);
  if (rn_zone_open(text, &zone, &ignored) != RN_OK) zone = NULL;
  rn_free(text);
  return zone;
}

/* Of a text alone the form is fixed, and what is not of it an error; by a pattern it is NULL. */
/* A zone whose name is not constant, until the next other name. */
typedef struct zone_cache {
  rn_slice name;
  rn_zone *zone; /* NULL: unknown */
  bool set;
} zone_cache;
static const rn_zone *zone_at(zone_cache *c, rn_slice name, rn_zone *(*open)(rn_slice)) {
  if (!c->set || !rn_slice_eq(c->name, name)) {
    rn_zone_close(c->zone);
    *c = (zone_cache){name, open(name), true};
  }
  return c->zone;
}

KERNEL(ltz_of_text) {
  pattern_cache cache = {.kind = PATTERN_JAVA_TIME};
  zone_cache zones = {0};
  rn_status status = RN_OK;
  const pattern_state *s = eval->call_state;
  FOR_ROWS(row) {
    int64_t us = 0;
    bool bad = false, ok = false;
    if (arg_count > 1) ok = parse_by_pattern(eval, args, &cache, row, &us, &bad);
    if (!ok && !bad) ok = rn_cast_timestamp(TEXT(0, row), &us);
    if (!ok && arg_count == 1) {
      rn_slice text = TEXT(0, row);
      status = rn_eval_fail(eval, row, RN_E_VALUE, "text '%.*s' is no timestamp", (int)text.len, text.ptr);
      break;
    }
    const rn_zone *zone = s ? s->zones[0] : NULL;
    if (arg_count > 2 && !zone) {
      zone = zone_at(&zones, TEXT(2, row), open_zone);
      ok = ok && zone;
    }
    if (ok) put_instant(eval, out, row, zone ? rn_zone_to_utc(zone, us) : us);
    else put_null(eval, out, row);
  }
  rn_zone_close(zones.zone);
  rn_time_pattern_free(cache.pattern);
  return status;
}

/* --- CONVERT_TZ --------------------------------------------------------------------------------------------------------------- */

/* Java's old names of three letters, which CONVERT_TZ alone knows. */
static const struct { const char *name, *zone; } short_names[] = {
  {"ACT", "Australia/Darwin"}, {"AET", "Australia/Sydney"}, {"AGT", "America/Argentina/Buenos_Aires"}, {"ART", "Africa/Cairo"},
  {"AST", "America/Anchorage"}, {"BET", "America/Sao_Paulo"}, {"BST", "Asia/Dhaka"}, {"CAT", "Africa/Harare"}, {"CNT", "America/St_Johns"},
  {"CST", "America/Chicago"}, {"CTT", "Asia/Shanghai"}, {"EAT", "Africa/Addis_Ababa"}, {"ECT", "Europe/Paris"},
  {"IET", "America/Indiana/Indianapolis"}, {"IST", "Asia/Kolkata"}, {"JST", "Asia/Tokyo"}, {"MIT", "Pacific/Apia"}, {"NET", "Asia/Yerevan"},
  {"NST", "Pacific/Auckland"}, {"PLT", "Asia/Karachi"}, {"PNT", "America/Phoenix"}, {"PRT", "America/Puerto_Rico"},
  {"PST", "America/Los_Angeles"}, {"SST", "Pacific/Guadalcanal"}, {"VST", "Asia/Ho_Chi_Minh"},
};
static rn_zone *open_old_zone(rn_slice name) {
  for (size_t i = 0; i < sizeof short_names / sizeof *short_names; i++) {
    if (rn_slice_eq(name, rn_slice_of(short_names[i].name))) return open_zone(rn_slice_of(short_names[i].zone));
  }
  return open_zone(name);
}

static rn_status prepare_zones(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  (void)count, (void)err;
  pattern_state *s = rn_calloc(1, sizeof *s);
  for (int k = 0; k < 2; k++) {
    const rn_value *v = values[k + 1];
    if (v && !v->is_null) s->zones[k] = open_old_zone(v->u.text);
  }
  *state = s;
  return RN_OK;
}

/* An unknown zone counts as UTC. */
KERNEL(convert_tz) {
  (void)arg_count;
  const pattern_state *s = eval->call_state;
  time_pattern *pattern = default_pattern();
  rn_builder b = {0};
  int64_t now = now_us(eval), us;
  zone_cache caches[2] = {{.set = false}};
  FOR_ROWS(row) {
    const rn_zone *zones[2];
    for (uint32_t k = 0; k < 2; k++) {
      if (!args[k + 1]->constant) zones[k] = zone_at(&caches[k], TEXT(k + 1, row), open_old_zone);
      else zones[k] = s ? s->zones[k] : NULL;
    }
    const rn_zone *from = zones[0], *to = zones[1];
    if (rn_simple_date_parse(pattern, TEXT(0, row), from, now, &us)) {
      rn_builder_clear(&b);
      rn_format_timestamp(&b, to ? rn_zone_to_local(to, us) : us, 0, false, ' ');
      put_copy(eval, out, row, b.data, b.len);
    } else {
      put_null(eval, out, row);
    }
  }
  for (uint32_t k = 0; k < 2; k++) rn_zone_close(caches[k].zone);
  rn_time_pattern_free(pattern);
  rn_builder_free(&b);
  return RN_OK;
}

static rn_status resolve_timestamp3(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)types, (void)count;
  out->result = rn_type_sized(arena, RN_T_TIMESTAMP, 3, true);
  out->kernel = fn->kernel;
  return RN_OK;
}

#define FN(n, sig, lo, hi, f, res, k, result_type, prep, h, e, ...)                                                     \
  {.name = n, .signature = n sig, .min_args = lo, .max_args = hi, .flags = (f), .classes = {__VA_ARGS__}, .resolve = res, \
   .kernel = k, .result = result_type, .prepare = prep, .free_state = free_state, .help = h, .example = e}
enum { NULLS = RN_FN_STRICT | RN_FN_NULL_RESULT, FAILS = RN_FN_STRICT | RN_FN_NULL_RESULT | RN_FN_MAY_FAIL };
#define S RN_ARG_STRING
static const rn_function rows[] = {
  FN("DATE_FORMAT", "(t TIMESTAMP, pattern STRING) -> STRING", 2, 2, FAILS | RN_FN_ZONE, NULL, date_format, RN_T_VARCHAR, prepare_strict, "t written by a pattern of y M d H m s S E a ..", "DATE_FORMAT(TIMESTAMP '2024-02-29 13:14:15', 'HH:mm') = '13:14'", RN_ARG_TIMESTAMP, S),
  FN("DATE_FORMAT", "(t STRING, pattern STRING) -> STRING", 2, 2, FAILS, NULL, date_format_text, RN_T_VARCHAR, prepare_simple, "a timestamp in text, written by another pattern", "DATE_FORMAT('2024-02-29 13:14:15', 'yyyy') = '2024'", S, S),
  FN("TO_DATE", "(s STRING [, pattern STRING]) -> DATE", 1, 2, FAILS, NULL, to_date, RN_T_DATE, prepare_simple, "the date in a text; NULL when there is none", "TO_DATE('29/02/2024', 'dd/MM/yyyy') = DATE '2024-02-29'", S, S),
  FN("TO_TIMESTAMP", "(s STRING [, pattern STRING]) -> TIMESTAMP(3)", 1, 2, NULLS, resolve_timestamp3, to_timestamp, 0, prepare_tolerant, "the timestamp in a text; NULL when there is none", "TO_TIMESTAMP('2024-02-29 13:14:15') = TIMESTAMP '2024-02-29 13:14:15'", S, S),
  FN("TO_TIMESTAMP_LTZ", "(n NUMERIC [, precision INT]) -> TIMESTAMP_LTZ", 1, 2, FAILS, resolve_ltz, ltz_of_integer, 0, NULL, "the instant n * 10^-precision seconds (without: milliseconds) after 1970", "EXTRACT(EPOCH FROM TO_TIMESTAMP_LTZ(1500, 3)) = 1", RN_ARG_NUMERIC, RN_ARG_INT),
  FN("TO_TIMESTAMP_LTZ", "(s STRING [, pattern STRING [, zone STRING]]) -> TIMESTAMP_LTZ(3)", 1, 3, FAILS, resolve_ltz, ltz_of_text, 0, prepare_ltz_text, "the instant in a text, in UTC or the zone given", "EXTRACT(EPOCH FROM TO_TIMESTAMP_LTZ('1970-01-01 00:01:00')) = 60", S, S, S),
  FN("UNIX_TIMESTAMP", "() -> BIGINT", 0, 0, RN_FN_NOW, NULL, unix_now, RN_T_BIGINT, NULL, "seconds since 1970", "(UNIX_TIMESTAMP() > 0) = TRUE", 0),
  FN("UNIX_TIMESTAMP", "(s STRING [, pattern STRING]) -> BIGINT", 1, 2, RN_FN_STRICT | RN_FN_ZONE | RN_FN_MAY_FAIL, NULL, unix_timestamp, RN_T_BIGINT, prepare_simple, "seconds since 1970 of a timestamp in text", "UNIX_TIMESTAMP('1970-01-01T00:01:00Z', 'yyyy-MM-dd''T''HH:mm:ssX') = 60", S, S),
  FN("FROM_UNIXTIME", "(seconds BIGINT [, pattern STRING]) -> STRING", 1, 2, FAILS | RN_FN_ZONE, NULL, from_unixtime, RN_T_VARCHAR, prepare_simple, "seconds since 1970 as a timestamp in text", "CHAR_LENGTH(FROM_UNIXTIME(44)) = 19", RN_ARG_BIGINT, S),
  FN("CONVERT_TZ", "(s STRING, from STRING, to STRING) -> STRING", 3, 3, NULLS, NULL, convert_tz, RN_T_VARCHAR, prepare_zones, "a timestamp in text, moved from one zone to another", "CONVERT_TZ('1970-01-01 00:00:00', 'UTC', 'Asia/Tokyo') = '1970-01-01 09:00:00'", S, S, S),
};
RN_FUNCTION_SET(rn_set_time_text, "Dates and times as text", rows);
