/* PRINTF with the formats of java.util.Formatter (DIALECT 8.3).
 *
 * A format is read into a list of pieces, once per call site when it is constant; whatever Java answers with an
 * IllegalFormatException (a conversion that does not take the type, flags that exclude each other, an argument that is
 * not there) gives NULL. FLOAT and DOUBLE are rounded half up in their shortest decimal digits, as Java does, not in
 * their binary value as C does. Not there: %h (Java's hash codes) and %t (its calendar), which give NULL. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/vec.h"
#include "runtime/functions/scalar.h"
#include "runtime/value_text.h"

enum { LEFT = 1, ALTERNATE = 2, PLUS = 4, SPACE = 8, ZERO = 16, GROUP = 32, PARENTHESES = 64, PREVIOUS = 128 };
static const char flag_letters[] = "-#+ 0,(<";

typedef struct piece {
  rn_slice literal; /* text before it */
  char conversion;  /* in lower case; 0: literal only */
  bool upper;
  unsigned flags;
  int32_t index; /* from 1; 0: the next one */
  int32_t width, precision; /* -1: none */
} piece;

typedef struct format {
  char *text; /* own copy; NULL: points into the column */
  bool valid;
  RN_VEC(piece) pieces;
} format;

/* --- reading a format ---------------------------------------------------------------------------------------------- */

/* Digits at *p; false: more than fit. */
static bool read_number(const char **p, const char *end, int32_t *out) {
  int64_t v = 0;
  for (; *p < end && **p >= '0' && **p <= '9'; (*p)++) {
    v = v * 10 + (**p - '0');
    if (v > INT32_MAX) return false;
  }
  *out = (int32_t)v;
  return true;
}

/* What the conversion allows of flags, width and precision; the rest is an IllegalFormatException. */
static bool fits_together(const piece *s) {
  unsigned allowed;
  bool precise = false;
  switch (s->conversion) {
    case 's': case 'b': allowed = LEFT; precise = true; break;
    case 'c': allowed = LEFT; break;
    case '%': allowed = LEFT; break;
    case 'n': return !s->flags && s->width < 0 && s->precision < 0;
    case 'd': allowed = LEFT | PLUS | SPACE | ZERO | GROUP | PARENTHESES; break;
    case 'x': case 'o': allowed = LEFT | ALTERNATE | ZERO; break;
    case 'e': allowed = LEFT | ALTERNATE | PLUS | SPACE | ZERO | PARENTHESES; precise = true; break;
    case 'f': allowed = LEFT | ALTERNATE | PLUS | SPACE | ZERO | GROUP | PARENTHESES; precise = true; break;
    case 'g': allowed = LEFT | PLUS | SPACE | ZERO | GROUP | PARENTHESES; precise = true; break;
    case 'a': allowed = LEFT | ALTERNATE | PLUS | SPACE | ZERO; precise = true; break;
    default: return false;
  }
  unsigned flags = s->flags & ~(unsigned)PREVIOUS;
  if (flags & ~allowed || (s->precision >= 0 && !precise)) return false;
  if ((flags & (LEFT | ZERO)) && s->width < 0) return false;
  return (flags & (LEFT | ZERO)) != (LEFT | ZERO) && (flags & (PLUS | SPACE)) != (PLUS | SPACE);
}

/* One specifier behind the '%'; false: malformed. */
static bool read_piece(const char **p, const char *end, piece *s) {
  s->width = s->precision = -1;
  const char *q = *p;
  int32_t number;
  if (q < end && *q >= '1' && *q <= '9') { /* an index or a width */
    if (!read_number(&q, end, &number)) return false;
    if (q < end && *q == '$') {
      s->index = number;
      *p = q + 1;
    }
  }
  for (const char *letter; *p < end && **p && (letter = strchr(flag_letters, **p)); (*p)++) {
    unsigned flag = 1u << (letter - flag_letters);
    if (s->flags & flag) return false;
    s->flags |= flag;
  }
  if (*p < end && **p >= '1' && **p <= '9' && !read_number(p, end, &s->width)) return false;
  if (*p < end && **p == '.') {
    (*p)++;
    if (*p == end || **p < '0' || **p > '9' || !read_number(p, end, &s->precision)) return false;
  }
  if (*p == end) return false;
  char c = *(*p)++;
  s->upper = c >= 'A' && c <= 'Z' && strchr("SBCXEGA", c);
  if (c >= 'A' && c <= 'Z' && !s->upper) return false;
  s->conversion = (char)(s->upper ? c + 32 : c);
  return fits_together(s);
}

static void read_format(format *f, rn_slice text) {
  const char *p = text.ptr, *end = text.ptr + text.len;
  f->valid = true;
  f->pieces.len = 0;
  while (f->valid && p < end) {
    piece s = {.width = -1, .precision = -1};
    const char *percent = memchr(p, '%', (size_t)(end - p));
    s.literal = rn_slice_make(p, (size_t)((percent ? percent : end) - p));
    p = percent ? percent + 1 : end;
    f->valid = !percent || read_piece(&p, end, &s);
    RN_VEC_PUSH(&f->pieces, s);
  }
}

static rn_status prepare(const rn_value *const *values, uint32_t count, void **state, rn_error *err) {
  (void)count, (void)err;
  *state = NULL;
  if (!values[0] || values[0]->is_null) return RN_OK;
  format *f = rn_calloc(1, sizeof *f);
  f->text = rn_strndup(values[0]->u.text.ptr ? values[0]->u.text.ptr : "", values[0]->u.text.len);
  read_format(f, rn_slice_make(f->text, values[0]->u.text.len));
  *state = f;
  return RN_OK;
}
static void free_state(void *state) {
  format *f = state;
  RN_VEC_FREE(&f->pieces);
  rn_free(f->text);
  rn_free(f);
}

/* --- writing ----------------------------------------------------------------------------------------------------------- */

/* The row's text and scratch for its parts, kept from row to row. */
typedef struct printer {
  rn_builder out, value, number, capitals;
} printer;

/* `text` in the piece's width, in capitals where it is one of those. */
static void put_padded(printer *p, const piece *s, rn_slice text) {
  rn_builder *out = &p->out;
  if (s->upper) {
    rn_builder_clear(&p->capitals);
    rn_builder_reserve(&p->capitals, text.len * 3 + 5);
    text = rn_slice_make(p->capitals.data, rn_text_upper(text, p->capitals.data));
  }
  size_t chars = s->width > 0 ? rn_text_chars(text) : 0;
  size_t blanks = s->width > 0 && chars < (size_t)s->width ? (size_t)s->width - chars : 0;
  if (s->flags & LEFT) rn_builder_slice(out, text);
  for (size_t i = 0; i < blanks; i++) rn_builder_char(out, ' ');
  if (!(s->flags & LEFT)) rn_builder_slice(out, text);
}

static rn_builder *cleared(rn_builder *b) {
  rn_builder_clear(b);
  return b;
}
static rn_slice text_of(const rn_builder *b) { return rn_slice_make(b->data ? b->data : "", b->len); }

/* Cut to the precision. */
static void put_text(printer *p, const piece *s, rn_slice text) {
  if (s->precision >= 0) text.len = rn_text_skip(text, (size_t)s->precision);
  put_padded(p, s, text);
}

/* Sign, prefix, zeros up to the width, digits (with commas where wanted: only before the point). */
static void put_number(printer *p, const piece *s, bool negative, const char *prefix, rn_slice digits) {
  rn_builder *b = cleared(&p->number);
  bool closes = negative && (s->flags & PARENTHESES);
  if (negative) rn_builder_char(b, closes ? '(' : '-');
  else if (s->flags & PLUS) rn_builder_char(b, '+');
  else if (s->flags & SPACE) rn_builder_char(b, ' ');
  rn_builder_text(b, prefix);
  size_t whole = 0, commas = 0;
  while (whole < digits.len && digits.ptr[whole] >= '0' && digits.ptr[whole] <= '9') whole++;
  if ((s->flags & GROUP) && whole) commas = (whole - 1) / 3;
  size_t length = b->len + digits.len + commas + closes;
  if (s->flags & ZERO)
    for (; length < (size_t)s->width; length++) rn_builder_char(b, '0');
  for (size_t i = 0; i < digits.len; i++) {
    if (commas && i && i < whole && (whole - i) % 3 == 0) rn_builder_char(b, ',');
    rn_builder_char(b, digits.ptr[i]);
  }
  if (closes) rn_builder_char(b, ')');
  put_padded(p, s, text_of(b));
}

static void put_integer_text(printer *p, const piece *s, int64_t v, unsigned bits) {
  char text[32];
  uint64_t u = (uint64_t)v;
  if (s->conversion == 'd') {
    if (v < 0) u = 0 - u;
    snprintf(text, sizeof text, "%llu", (unsigned long long)u);
    put_number(p, s, v < 0, "", rn_slice_of(text));
    return;
  }
  if (bits < 64) u &= (1ull << bits) - 1; /* two's complement of the type's width */
  bool hex = s->conversion == 'x';
  snprintf(text, sizeof text, hex ? "%llx" : "%llo", (unsigned long long)u);
  put_number(p, s, false, !(s->flags & ALTERNATE) ? "" : hex ? "0x" : "0", rn_slice_of(text));
}

/* --- FLOAT, DOUBLE -------------------------------------------------------------------------------------------------------- */

typedef struct decimal_digits { /* 0.d1d2d3.. * 10^point */
  char digits[40];
  int count, point;
} decimal_digits;

/* The shortest digits that read back as the value: those of Java's Double.toString. */
static decimal_digits digits_of(double v) {
  decimal_digits d = {.count = 0, .point = 0};
  char text[64]; /* Java's longest has 24 */
  rn_builder b = {text, 0, sizeof text};
  rn_format_double(&b, v);
  bool fraction = false, started = false;
  for (const char *p = text; *p; p++) {
    if (*p == 'E') {
      d.point += atoi(p + 1);
      break;
    }
    if (*p == '.') {
      fraction = true;
      continue;
    }
    if (*p == '0' && !started) {
      d.point -= fraction;
      continue;
    }
    started = true;
    d.point += !fraction;
    if (d.count < (int)sizeof d.digits) d.digits[d.count++] = *p;
  }
  while (d.count && d.digits[d.count - 1] == '0') d.count--;
  if (!d.count) d.point = 0;
  return d;
}

/* To at most `keep` digits (may be 0 or less), half up. */
static void round_digits(decimal_digits *d, int keep) {
  if (keep >= d->count) return;
  bool up = keep >= 0 && d->digits[keep] >= '5';
  d->count = keep > 0 ? keep : 0;
  if (!up) return;
  while (d->count && d->digits[d->count - 1] == '9') d->count--;
  if (d->count) {
    d->digits[d->count - 1]++;
  } else {
    d->digits[d->count++] = '1';
    d->point++;
  }
}

static char digit_at(const decimal_digits *d, int i) { return i >= 0 && i < d->count ? d->digits[i] : '0'; }

static void write_fixed(rn_builder *b, decimal_digits d, int precision, bool always_point) {
  round_digits(&d, d.point + precision);
  if (d.point <= 0) rn_builder_char(b, '0');
  for (int i = 0; i < d.point; i++) rn_builder_char(b, digit_at(&d, i));
  if (precision || always_point) rn_builder_char(b, '.');
  for (int i = 0; i < precision; i++) rn_builder_char(b, digit_at(&d, d.point + i));
}

static void write_scientific(rn_builder *b, decimal_digits d, int precision, bool always_point) {
  round_digits(&d, precision + 1);
  int exponent = d.count ? d.point - 1 : 0;
  rn_builder_char(b, digit_at(&d, 0));
  if (precision || always_point) rn_builder_char(b, '.');
  for (int i = 1; i <= precision; i++) rn_builder_char(b, digit_at(&d, i));
  rn_builder_printf(b, "e%c%02d", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

static void write_general(rn_builder *b, decimal_digits d, int precision) {
  if (precision == 0) precision = 1;
  round_digits(&d, precision);
  if (!d.count) write_fixed(b, d, precision - 1, false);
  else if (d.point - 1 < -4 || d.point > precision) write_scientific(b, d, precision - 1, false);
  else write_fixed(b, d, precision - d.point, false);
}

/* Double.toHexString: as C's %a without the sign of the exponent, and with a digit behind the point. */
static void write_hex(rn_builder *b, double v, int precision) {
  char text[64];
  if (precision == 0) precision = 1;
  if (precision > 13) precision = -1;
  if (precision < 0) snprintf(text, sizeof text, "%a", v);
  else snprintf(text, sizeof text, "%.*a", precision, v);
  for (const char *p = text + 2; *p; p++) {
    if (*p == 'p' && !memchr(text, '.', (size_t)(p - text))) rn_builder_text(b, ".0");
    if (*p != '+') rn_builder_char(b, *p);
  }
}

static void put_real(printer *p, const piece *s, double v) {
  bool negative = v < 0 || (v == 0 && 1 / v < 0);
  double size = negative ? -v : v;
  piece plain = *s;
  if (v != v || size > 1.7976931348623157e308) { /* no zeros, no commas */
    plain.flags &= ~(unsigned)(ZERO | GROUP);
    if (v != v) plain.flags &= ~(unsigned)(PLUS | SPACE);
    put_number(p, &plain, v == v && negative, "", rn_slice_of(v != v ? "NaN" : "Infinity"));
    return;
  }
  rn_builder *b = cleared(&p->value);
  int precision = s->precision < 0 ? 6 : s->precision;
  switch (s->conversion) {
    case 'f': write_fixed(b, digits_of(size), precision, s->flags & ALTERNATE); break;
    case 'e': write_scientific(b, digits_of(size), precision, s->flags & ALTERNATE); break;
    case 'g': write_general(b, digits_of(size), precision); break;
    default: write_hex(b, size, s->precision); break;
  }
  put_number(p, s, negative, s->conversion == 'a' ? "0x" : "", text_of(b));
}

/* --- arguments ---------------------------------------------------------------------------------------------------------------- */

/* Bits of what Java holds in an int or long: dates are days, times milliseconds. 0: another kind of value. */
static unsigned integer_bits(const rn_type *type) {
  switch (rn_type_physical(type)) {
    case RN_P_I8: return 8;
    case RN_P_I16: return 16;
    case RN_P_I32: return 32;
    case RN_P_I64: return type->id == RN_T_BIGINT || type->id == RN_T_INTERVAL_MS ? 64 : 0;
    default: return 0;
  }
}

static void put_value(printer *p, const piece *s, const rn_column *c, uint32_t row) {
  rn_builder *b = cleared(&p->value);
  rn_column shown = *c;
  rn_type type = *c->type;
  if (integer_bits(c->type)) {
    rn_builder_int(b, integer_at(c, row));
  } else {
    if (type.id == RN_T_TIMESTAMP_LTZ) type.id = RN_T_TIMESTAMP; /* as a date and time in UTC */
    shown.type = &type;
    bool java = type.id == RN_T_TIMESTAMP || type.id == RN_T_BOOLEAN;
    rn_value_text(b, &shown, row, java ? RN_TEXT_PRINT : RN_TEXT_CAST, NULL);
  }
  put_text(p, s, text_of(b));
}

/* false: the conversion does not take the value. */
static bool put_argument(printer *p, const piece *s, const rn_column *c, uint32_t row) {
  if (c->constant) row = 0;
  bool is_null = c->type->id == RN_T_NULL || rn_is_null(c, row);
  unsigned bits = integer_bits(c->type);
  if (s->conversion == 'b') {
    bool truth = !is_null && (c->type->id != RN_T_BOOLEAN || ((const uint8_t *)c->data)[row]);
    put_text(p, s, rn_slice_of(truth ? "true" : "false"));
    return true;
  }
  if (is_null) {
    piece plain = *s;
    plain.flags &= LEFT;
    put_text(p, &plain, rn_slice_of("null"));
    return true;
  }
  switch (s->conversion) {
    case 's': put_value(p, s, c, row); return true;
    case 'd': case 'x': case 'o':
      if (bits) put_integer_text(p, s, integer_at(c, row), bits);
      return bits != 0;
    case 'c': {
      int64_t code = bits && bits <= 32 ? integer_at(c, row) : -1;
      if (code < 0 || code > 0x10ffff) return false;
      char text[4];
      size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
      if (code >= 0xd800 && code < 0xe000) code = '?', n = 1; /* half of a pair is no character */
      for (size_t i = n; i-- > 1; code >>= 6) text[i] = (char)(0x80 | (code & 0x3f));
      text[0] = (char)(leads[n == 1 ? 0 : n] | code);
      put_padded(p, s, rn_slice_make(text, n));
      return true;
    }
    default:
      if (c->type->id == RN_T_DOUBLE) put_real(p, s, ((const double *)c->data)[row]);
      else if (c->type->id == RN_T_FLOAT) put_real(p, s, (double)((const float *)c->data)[row]);
      else return false;
      return true;
  }
}

/* false: NULL. */
static bool print_row(printer *p, const format *f, const rn_column *const *args, uint32_t arg_count, uint32_t row) {
  uint32_t next = 1, last = 0;
  for (size_t i = 0; i < f->pieces.len; i++) {
    const piece *s = &f->pieces.data[i];
    rn_builder_slice(&p->out, s->literal);
    if (!s->conversion) continue;
    if (s->conversion == 'n' || s->conversion == '%') {
      put_padded(p, s, rn_slice_of(s->conversion == 'n' ? "\n" : "%"));
      continue;
    }
    uint32_t at = s->flags & PREVIOUS ? last : s->index ? (uint32_t)s->index : next++;
    if (at == 0 || at >= arg_count) return false;
    if (!put_argument(p, s, args[at], row)) return false;
    last = at;
  }
  return true;
}

static bool too_wide(const format *f) {
  for (size_t i = 0; i < f->pieces.len; i++) {
    if (f->pieces.data[i].width > RN_PRINTF_WIDTH_MAX || f->pieces.data[i].precision > RN_PRINTF_WIDTH_MAX) return true;
  }
  return false;
}

KERNEL(k_printf) {
  format own = {0};
  printer p = {0};
  rn_status status = RN_OK;
  FOR_ROWS(row) {
    const format *f = eval->call_state;
    bool ok = rn_is_valid(args[0], AT(0, row));
    if (ok && !f) {
      read_format(&own, TEXT(0, row));
      f = &own;
    }
    if (ok && f->valid && too_wide(f)) {
      status = rn_eval_fail(eval, row, RN_E_VALUE, "PRINTF: a width or precision above %d", RN_PRINTF_WIDTH_MAX);
      break;
    }
    rn_builder_clear(&p.out);
    ok = ok && f->valid && print_row(&p, f, args, arg_count, row);
    put_copy(eval, out, row, p.out.data, ok ? p.out.len : 0);
    if (!ok) put_null(eval, out, row);
  }
  RN_VEC_FREE(&own.pieces);
  rn_builder_free(&p.out);
  rn_builder_free(&p.value);
  rn_builder_free(&p.number);
  rn_builder_free(&p.capitals);
  return status;
}

static rn_status resolve(const rn_function *fn, const rn_type *const *types, uint32_t count, rn_arena *arena, rn_resolution *out) {
  (void)count, (void)arena;
  if (types[0]->id == RN_T_NULL) out->arg_types[0] = rn_type_basic(RN_T_VARCHAR, true);
  else if (!rn_type_is_string(types[0])) return RN_FAIL;
  out->result = rn_type_basic(RN_T_VARCHAR, true);
  out->kernel = fn->kernel;
  return RN_OK;
}

static const rn_function rows[] = {
  {.name = "PRINTF", .signature = "PRINTF(format STRING, a, ..) -> STRING", .min_args = 1, .max_args = 255,
   .flags = RN_FN_VARIADIC | RN_FN_NULL_RESULT | RN_FN_MAY_FAIL, .classes = {RN_ARG_ANY}, .resolve = resolve, .prepare = prepare, .free_state = free_state,
   .kernel = k_printf, .help = "values in a format of Java: %d %s %.2f %x ..; NULL when the format does not fit the values",
   .example = "PRINTF('%05d|%-3s|%.2f', 42, 'x', 1.005e0) = '00042|x  |1.01'"},
};
RN_FUNCTION_SET(rn_set_printf, "Formatted text", rows);
