/* Errors: a code, a message, the byte span in the statement, a hint.
 *
 * Functions return rn_status and take `rn_error *err` last. The FIRST error wins: rn_fail() on an
 * error that is already set keeps it, so outer layers may add context but never a new code. Nothing
 * below cli/ prints or exits. Codes are rows of base/error_codes.h. */
#ifndef RN_BASE_ERROR_H
#define RN_BASE_ERROR_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/limits.h"

typedef enum rn_status { RN_OK = 0, RN_FAIL = 1 } rn_status;

/* Bytes [begin, end) of the statement's (or script's) source text. begin == end == 0: unknown. */
typedef struct rn_span {
  uint32_t begin, end;
} rn_span;
static inline rn_span rn_span_join(rn_span a, rn_span b) {
  if (a.begin == a.end) return b;
  if (b.begin == b.end) return a;
  return (rn_span){a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

typedef enum rn_code {
  RN_NO_ERROR = 0,
#define RN_CODE(name, number, exit_code, title, help, example) RN_##name = number,
#include "base/error_codes.h"
#undef RN_CODE
} rn_code;

typedef struct rn_code_row {
  int number;        /* 2004: shown as RN2004; warnings W2101 have numbers from 100000: 102101 */
  int exit_code;     /* of the program, UX.md B9 */
  const char *name;  /* "E_COLUMN_NOT_FOUND" */
  const char *title; /* one line */
  const char *help;  /* what `runnel help CODE` prints */
} rn_code_row;
const rn_code_row *rn_code_find(int number); /* NULL: no such code */
const rn_code_row *rn_code_rows(size_t *count);
/* "RN2004" or "W2101" into buf (at least 8 bytes). */
const char *rn_code_text(int number, char *buf);

typedef struct rn_error {
  int code;           /* rn_code; 0: no error */
  rn_span span;       /* where in the SQL; empty when unknown */
  char message[768];  /* one line, lower-case start, no full stop, the user's words */
  char hint[384];     /* may be empty; may guess */
  /* for data errors: which record. topic[0] == 0: not a data error */
  char topic[128];    /* topic, file or table */
  int32_t partition;  /* -1: none */
  int64_t offset;     /* record offset or line; -1: none */
  bool has_span;
} rn_error;

static inline bool rn_failed(const rn_error *err) { return err && err->code != 0; }
void rn_error_clear(rn_error *err);
/* Sets the error unless one is set; always returns RN_FAIL. */
rn_status rn_fail(rn_error *err, rn_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
rn_status rn_fail_at(rn_error *err, rn_code code, rn_span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Adds a hint to the error that is set, unless it has one. Returns RN_FAIL, for chaining. */
rn_status rn_hint(rn_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Puts "context: " before the message. */
void rn_error_context(rn_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Diagnostics of the front end: at most RN_DIAGNOSTICS_MAX, in order of position. */
typedef struct rn_diagnostics {
  rn_error items[RN_DIAGNOSTICS_MAX]; /* errors; warnings have codes from 100000 */
  size_t count, error_count;          /* error_count goes on counting past the limit */
} rn_diagnostics;
void rn_diagnostics_add(rn_diagnostics *diags, const rn_error *err);
rn_status rn_diag(rn_diagnostics *diags, rn_code code, rn_span span, const char *hint,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
void rn_diagnostics_sort(rn_diagnostics *diags); /* by span, stable */

_Noreturn void rn_unreachable(const char *why);

#endif
