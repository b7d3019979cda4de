/* Errors and diagnostics: see error.h. */
#include "base/error.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const rn_code_row rows[] = {
#define RN_CODE(name, number, exit_code, title, help, example) {number, exit_code, #name, title, help example},
#include "base/error_codes.h"
#undef RN_CODE
};

const rn_code_row *rn_code_rows(size_t *count) {
  *count = sizeof rows / sizeof rows[0];
  return rows;
}
const rn_code_row *rn_code_find(int number) {
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (rows[i].number == number) return &rows[i];
  return NULL;
}
const char *rn_code_text(int number, char *buf) {
  if (number >= 100000)
    (void)snprintf(buf, 8, "W%04d", number % 10000);
  else
    (void)snprintf(buf, 8, "RN%04d", number % 10000);
  return buf;
}

void rn_error_clear(rn_error *err) {
  memset(err, 0, sizeof *err);
  err->partition = -1;
  err->offset = -1;
}

static void set(rn_error *err, rn_code code, rn_span span, const char *format, va_list args) {
  if (!err || err->code) return;
  rn_error_clear(err);
  err->code = (int)code;
  err->span = span;
  err->has_span = span.end > span.begin;
  (void)vsnprintf(err->message, sizeof err->message, format, args);
}
rn_status rn_fail(rn_error *err, rn_code code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  set(err, code, (rn_span){0, 0}, format, args);
  va_end(args);
  return RN_FAIL;
}
rn_status rn_fail_at(rn_error *err, rn_code code, rn_span span, const char *format, ...) {
  va_list args;
  va_start(args, format);
  set(err, code, span, format, args);
  va_end(args);
  return RN_FAIL;
}
rn_status rn_hint(rn_error *err, const char *format, ...) {
  if (err && err->code && !err->hint[0]) {
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
  }
  return RN_FAIL;
}
void rn_error_context(rn_error *err, const char *format, ...) {
  if (!err || !err->code) return;
  char text[sizeof err->message];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (n < 0) return;
  size_t used = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
  size_t rest = strlen(err->message);
  if (used + 2 < sizeof text) {
    if (rest > sizeof text - used - 3) rest = sizeof text - used - 3;
    memcpy(text + used, ": ", 2);
    memcpy(text + used + 2, err->message, rest);
    text[used + 2 + rest] = 0;
  }
  memcpy(err->message, text, sizeof text);
}

void rn_diagnostics_add(rn_diagnostics *diags, const rn_error *err) {
  if (!err->code) return;
  if (err->code < 100000) diags->error_count++;
  if (diags->count < RN_DIAGNOSTICS_MAX) diags->items[diags->count++] = *err;
}
rn_status rn_diag(rn_diagnostics *diags, rn_code code, rn_span span, const char *hint, const char *format, ...) {
  rn_error err;
  rn_error_clear(&err);
  va_list args;
  va_start(args, format);
  set(&err, code, span, format, args);
  va_end(args);
  if (hint) (void)snprintf(err.hint, sizeof err.hint, "%s", hint);
  rn_diagnostics_add(diags, &err);
  return RN_FAIL;
}
void rn_diagnostics_sort(rn_diagnostics *diags) {
  for (size_t i = 1; i < diags->count; i++) { /* insertion sort: at most 20, stable */
    rn_error item = diags->items[i];
    size_t j = i;
    for (; j > 0 && diags->items[j - 1].span.begin > item.span.begin; j--) diags->items[j] = diags->items[j - 1];
    diags->items[j] = item;
  }
}

_Noreturn void rn_unreachable(const char *why) {
  (void)why; /* visible in a debugger */
  abort();
}
