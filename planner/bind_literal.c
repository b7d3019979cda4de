/* Binder: literals (DIALECT 1.5 to 1.8). Their types are exact: 'abc' is CHAR(3) NOT NULL, 1.5 is
 * DECIMAL(2, 1) NOT NULL, an interval is a count of months or of milliseconds. */
#include <math.h>
#include "base/calendar.h"
#include "base/number.h"
#include "planner/bind_parts.h"

static rn_expr *bad_literal(rn_binder *binder, rn_span span, const char *hint, const char *format, ...) __attribute__((format(printf, 4, 5)));
static rn_expr *bad_literal(rn_binder *binder, rn_span span, const char *hint, const char *format, ...) {
  va_list args;
  va_start(args, format);
  const char *message = rn_arena_vprintf(binder->arena, format, args);
  va_end(args);
  rn_diag(binder->diags, RN_E_LITERAL, span, hint, "%s", message);
  return rn_bind_error(binder, span);
}

static rn_expr *int_const(rn_binder *binder, const rn_type *type, int64_t value, rn_span span) {
  return rn_expr_const(binder->arena, (rn_value){.type = type, .u.i = value}, span);
}

rn_expr *rn_bind_boolean_const(rn_binder *binder, int value, rn_span span) {
  rn_value v = {.type = rn_type_basic(RN_T_BOOLEAN, value < 0), .is_null = value < 0, .u.i = value > 0};
  return rn_expr_const(binder->arena, v, span);
}

rn_expr *rn_bind_text_const(rn_binder *binder, const char *text, rn_span span) {
  size_t len = strlen(text);
  rn_value v = {.type = rn_type_sized(binder->arena, RN_T_CHAR, (int32_t)rn_utf8_length(text, len), false)};
  v.u.text = rn_slice_make(rn_arena_strndup(binder->arena, text, len), len);
  return rn_expr_const(binder->arena, v, span);
}

/* --- numbers ----------------------------------------------------------------------------------------- */

static rn_expr *number(rn_binder *binder, const rn_ast_expr *ast, bool negate) {
  rn_slice text = {ast->text, ast->text_len ? ast->text_len : strlen(ast->text)};
  const char *out_of_range = "larger numbers: CAST('..' AS DECIMAL(38, 0))";
  bool exponent = memchr(text.ptr, 'e', text.len) || memchr(text.ptr, 'E', text.len);
  if (exponent) {
    double d;
    if (!rn_parse_double(text, true, &d)) return bad_literal(binder, ast->span, NULL, "\"%.*s\" is not a number", (int)text.len, text.ptr);
    if (isinf(d)) return bad_literal(binder, ast->span, NULL, "number %.*s is out of range", (int)text.len, text.ptr);
    rn_value v = {.type = rn_type_basic(RN_T_DOUBLE, false), .u.d = negate ? -d : d};
    return rn_expr_const(binder->arena, v, ast->span);
  }
  uint64_t limit = negate ? (uint64_t)INT64_MAX + 1 : INT64_MAX, value = 0;
  int digits = 0, scale = -1;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if (c == '.') {
      scale = 0;
      continue;
    }
    uint64_t digit = (uint64_t)(c - '0');
    if (value > (limit - digit) / 10) {
      return bad_literal(binder, ast->span, out_of_range, "number %.*s is out of range", (int)text.len, text.ptr);
    }
    value = value * 10 + digit;
    digits++;
    if (scale >= 0) scale++;
  }
  int64_t signed_value = negate ? (int64_t)(0 - value) : (int64_t)value;
  if (scale <= 0) { /* "5." is an integer */
    bool fits = signed_value >= INT32_MIN && signed_value <= INT32_MAX;
    return int_const(binder, rn_type_basic(fits ? RN_T_INT : RN_T_BIGINT, false), signed_value, ast->span);
  }
  /* Every written digit counts: 0.011 is DECIMAL(4, 3), .5 is DECIMAL(1, 1). */
  int precision = digits > scale ? digits : scale;
  rn_value v = {.type = rn_type_decimal(binder->arena, precision, scale, false)};
  if (rn_type_physical(v.type) == RN_P_I128) {
    v.u.wide = signed_value;
  } else {
    v.u.i = signed_value;
  }
  return rn_expr_const(binder->arena, v, ast->span);
}

/* --- dates and times --------------------------------------------------------------------------------- */

typedef struct reader {
  const char *at, *end;
} reader;

static bool read_number(reader *r, int min_digits, int max_digits, int64_t *out) {
  int digits = 0;
  int64_t value = 0;
  while (r->at < r->end && digits < max_digits && *r->at >= '0' && *r->at <= '9') {
    value = value * 10 + (*r->at++ - '0');
    digits++;
  }
  *out = value;
  return digits >= min_digits;
}
static bool read_char(reader *r, char c) {
  if (r->at == r->end || *r->at != c) return false;
  r->at++;
  return true;
}

static bool read_date(reader *r, int64_t *days) {
  int64_t year, month, day;
  if (!read_number(r, 1, 4, &year) || !read_char(r, '-') || !read_number(r, 1, 2, &month) || !read_char(r, '-') || !read_number(r, 1, 2, &day)) {
    return false;
  }
  if (month < 1 || month > 12 || day < 1 || day > (int64_t)rn_days_in_month(year, (unsigned)month)) return false;
  *days = rn_days_from_civil(year, (unsigned)month, (unsigned)day);
  return true;
}

/* Nanoseconds of the day and how many fraction digits were written. */
static bool read_time(reader *r, int64_t *nanos, int *digits) {
  int64_t hour, minute, second, fraction = 0;
  if (!read_number(r, 1, 2, &hour) || !read_char(r, ':') || !read_number(r, 1, 2, &minute) || !read_char(r, ':') || !read_number(r, 1, 2, &second)) {
    return false;
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  *digits = 0;
  if (read_char(r, '.')) {
    const char *from = r->at;
    if (!read_number(r, 0, 9, &fraction)) return false;
    *digits = (int)(r->at - from);
    for (int i = *digits; i < 9; i++) fraction *= 10;
  }
  *nanos = ((hour * 60 + minute) * 60 + second) * 1000000000 + fraction;
  return true;
}

static void skip_blanks(reader *r) {
  while (read_char(r, ' ')) {}
}

static rn_expr *temporal(rn_binder *binder, const rn_ast_expr *ast) {
  reader r = {ast->text, ast->text + ast->text_len};
  skip_blanks(&r);
  int64_t days = 0, nanos = 0;
  int digits = 0;
  if (strcmp(ast->name, "DATE") == 0) {
    if (read_date(&r, &days) && r.at == r.end) return int_const(binder, rn_type_basic(RN_T_DATE, false), days, ast->span);
    return bad_literal(binder, ast->span, "the form is DATE 'yyyy-MM-dd'", "'%.*s' is not a date", (int)ast->text_len, ast->text);
  }
  if (strcmp(ast->name, "TIME") == 0) {
    if (read_time(&r, &nanos, &digits) && r.at == r.end) {
      const rn_type *type = rn_type_sized(binder->arena, RN_T_TIME, digits < 3 ? digits : 3, false);
      return int_const(binder, type, nanos / 1000000, ast->span);
    }
    return bad_literal(binder, ast->span, "the form is TIME 'HH:mm:ss[.fff]'", "'%.*s' is not a time", (int)ast->text_len, ast->text);
  }
  bool ok = read_date(&r, &days);
  if (ok && r.at < r.end) {
    ok = read_char(&r, ' ');
    skip_blanks(&r);
    ok = ok && read_time(&r, &nanos, &digits);
  }
  if (!ok || r.at != r.end) {
    const char *hint = "the form is TIMESTAMP 'yyyy-MM-dd HH:mm:ss[.f]', with a blank, without T and zone";
    return bad_literal(binder, ast->span, hint, "'%.*s' is not a timestamp", (int)ast->text_len, ast->text);
  }
  if (nanos % 1000) {
    rn_diag(binder->diags, RN_W_PRECISION, ast->span, NULL, "digits 7 to 9 of the fraction read as 0");
  }
  const rn_type *type = rn_type_sized(binder->arena, RN_T_TIMESTAMP, digits, false);
  return int_const(binder, type, days * RN_US_PER_DAY + nanos / 1000, ast->span);
}

/* --- intervals --------------------------------------------------------------------------------------- */

typedef struct unit_row {
  const char *name;
  bool months;
  int64_t factor;     /* months or milliseconds */
  char separator;     /* before this field when it is not the first */
  int64_t below;      /* limit of the field when it is not the first */
} unit_row;

static const unit_row units[] = {
  {"YEAR", true, 12, 0, 0}, {"QUARTER", true, 3, 0, 0}, {"MONTH", true, 1, '-', 12}, {"WEEK", false, 7 * RN_MS_PER_DAY, 0, 0},
  {"DAY", false, RN_MS_PER_DAY, 0, 0}, {"HOUR", false, 3600000, ' ', 24}, {"MINUTE", false, 60000, ':', 60}, {"SECOND", false, 1000, ':', 60},
};
enum { UNIT_COUNT = sizeof units / sizeof *units };

static const char *const other_units[] = {"MILLENNIUM", "CENTURY", "DECADE", "MILLISECOND", "MICROSECOND", "NANOSECOND",
                                          "EPOCH", "DOY", "DOW", "ISODOW", "ISOYEAR"};

const char *rn_bind_unit_name(const char *text) {
  if (strncasecmp(text, "SQL_TSI_", 8) == 0) text += 8;
  size_t len = strlen(text);
  for (size_t i = 0; i < UNIT_COUNT; i++) {
    size_t n = strlen(units[i].name);
    if (strncasecmp(text, units[i].name, n) == 0 && (len == n || (len == n + 1 && (text[n] | 32) == 's'))) return units[i].name;
  }
  for (size_t i = 0; i < sizeof other_units / sizeof *other_units; i++) {
    if (rn_text_eq_nocase(text, other_units[i])) return other_units[i];
  }
  return NULL;
}

static int find_unit(const char *text, size_t len) {
  for (int i = 0; i < UNIT_COUNT; i++) {
    size_t n = strlen(units[i].name);
    if (n <= len && strncasecmp(text, units[i].name, n) == 0 && (len == n || (len == n + 1 && (text[n] | 32) == 's'))) return i;
  }
  return -1;
}

/* "DAY TO SECOND" to first and last row of units[]. */
static bool find_qualifier(const char *text, int *first, int *last) {
  const char *to = strcasestr(text, " TO ");
  *first = find_unit(text, to ? (size_t)(to - text) : strlen(text));
  *last = to ? find_unit(to + 4, strlen(to + 4)) : *first;
  return *first >= 0 && *last >= *first && units[*first].months == units[*last].months;
}

/* Adds value * factor; false on overflow. */
static bool add_field(int64_t *sum, int64_t value, int64_t factor) {
  int64_t product;
  return !__builtin_mul_overflow(value, factor, &product) && !__builtin_add_overflow(*sum, product, sum);
}

static bool read_interval(reader *r, int first, int last, int64_t *sum, int *leading_digits) {
  bool minus = read_char(r, '-');
  if (!minus) read_char(r, '+');
  *sum = 0;
  bool leading = true;
  for (int i = first; i <= last; i++) {
    if (!leading && (units[i].separator == 0)) continue; /* QUARTER and WEEK stand alone only */
    int64_t value;
    if (!leading && !read_char(r, units[i].separator)) return false;
    const char *from = r->at;
    if (!read_number(r, 1, leading ? 18 : 2, &value)) return false;
    if (leading) *leading_digits = (int)(r->at - from);
    if (!leading && value >= units[i].below) return false;
    if (!add_field(sum, value, units[i].factor)) return false;
    leading = false;
  }
  if (units[last].factor == 1000 && !units[last].months && read_char(r, '.')) {
    const char *from = r->at;
    int64_t fraction;
    if (!read_number(r, 1, 9, &fraction)) return false;
    for (long n = r->at - from; n < 9; n++) fraction *= 10;
    *sum += fraction / 1000000; /* cut to milliseconds */
  }
  if (minus) *sum = -*sum;
  return r->at == r->end;
}

rn_expr *rn_bind_interval_literal(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  int first, last;
  if (!ast->name || !find_qualifier(ast->name, &first, &last)) {
    return bad_literal(binder, ast->span, "units are YEAR QUARTER MONTH WEEK DAY HOUR MINUTE SECOND", "\"%s\" is no unit of an interval",
                       ast->name ? ast->name : "");
  }
  if (ast->precision == 0 || ast->precision > 10 || ast->scale > 9) {
    return bad_literal(binder, ast->span, NULL, "an interval's first field has 1 to 10 digits, its seconds up to 9 behind the point");
  }
  const rn_type *type = rn_type_basic(units[first].months ? RN_T_INTERVAL_MONTH : RN_T_INTERVAL_MS, false);
  if (ast->arg_count) { /* INTERVAL (n) DAY */
    rn_expr *n = rn_bind_expr(binder, scope, ast->args[0]);
    rn_expr *one = int_const(binder, type, ast->negative ? -units[first].factor : units[first].factor, ast->span);
    if (rn_bind_failed(n)) return n;
    return rn_bind_operator(binder, "*", one, n, ast->span);
  }
  rn_slice text = rn_slice_trim(rn_slice_make(ast->text, ast->text_len));
  reader r = {text.ptr, text.ptr + text.len};
  int64_t sum;
  int digits = 0;
  if (!read_interval(&r, first, last, &sum, &digits)) {
    return bad_literal(binder, ast->span, NULL, "'%.*s' is not an interval of %s", (int)ast->text_len, ast->text, ast->name);
  }
  if (units[first].months && (sum > INT32_MAX || sum < INT32_MIN)) {
    return bad_literal(binder, ast->span, NULL, "interval '%.*s' %s is too large", (int)ast->text_len, ast->text, ast->name);
  }
  int allowed = ast->precision > 0 ? ast->precision : 2;
  if (digits > allowed) {
    const char *hint = rn_arena_printf(binder->arena, "Flink wants the number of digits: %s(%d)", units[first].name, digits);
    rn_diag(binder->diags, RN_W_PORTABILITY, ast->span, hint, "interval field has more than %d digits", allowed);
  }
  return int_const(binder, type, ast->negative ? -sum : sum, ast->span);
}

/* ------------------------------------------------------------------------------------------------------- */

rn_expr *rn_bind_literal(rn_binder *binder, const rn_ast_expr *ast, bool negate) {
  rn_value v;
  memset(&v, 0, sizeof v);
  switch (ast->kind) {
    case RN_AST_NUMBER: return number(binder, ast, negate);
    case RN_AST_BOOLEAN: return rn_bind_boolean_const(binder, ast->boolean, ast->span);
    case RN_AST_TEMPORAL: return temporal(binder, ast);
    case RN_AST_STRING:
      v.type = rn_type_sized(binder->arena, RN_T_CHAR, (int32_t)rn_utf8_length(ast->text, ast->text_len), false);
      v.u.text = rn_slice_make(rn_arena_strndup(binder->arena, ast->text, ast->text_len), ast->text_len); /* a plan outlives its statement */
      return rn_expr_const(binder->arena, v, ast->span);
    case RN_AST_BINARY:
      v.type = rn_type_sized(binder->arena, RN_T_BINARY, (int32_t)ast->text_len, false);
      v.u.text = rn_slice_make(rn_arena_strndup(binder->arena, ast->text, ast->text_len), ast->text_len);
      return rn_expr_const(binder->arena, v, ast->span);
    default:
      if (ast->cast_type) {
        const rn_type *type = rn_bind_type(binder, ast->cast_type);
        return type ? rn_expr_const(binder->arena, rn_value_null(rn_type_with_null(binder->arena, type, true)), ast->span)
                    : rn_bind_error(binder, ast->span);
      }
      return rn_expr_const(binder->arena, rn_value_null(rn_type_basic(RN_T_NULL, true)), ast->span);
  }
}
