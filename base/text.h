/* Slices (borrowed text) and builders (growing text). */
#ifndef RN_BASE_TEXT_H
#define RN_BASE_TEXT_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed bytes, not NUL-terminated. */
typedef struct rn_slice {
  const char *ptr;
  size_t len;
} rn_slice;

static inline rn_slice rn_slice_of(const char *text) {
  return (rn_slice){text, text ? strlen(text) : 0};
}
static inline rn_slice rn_slice_make(const char *ptr, size_t len) { return (rn_slice){ptr, len}; }
static inline bool rn_slice_eq(rn_slice a, rn_slice b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool rn_slice_is(rn_slice a, const char *text) { return rn_slice_eq(a, rn_slice_of(text)); }
/* ASCII case-insensitive. */
bool rn_slice_eq_nocase(rn_slice a, rn_slice b);
bool rn_text_eq_nocase(const char *a, const char *b);
rn_slice rn_slice_trim(rn_slice s); /* ASCII white space at both ends */

/* Growing heap text, always NUL-terminated once something was appended. A zeroed builder is empty. */
typedef struct rn_builder {
  char *data;
  size_t len, cap;
} rn_builder;

void rn_builder_free(rn_builder *b);
void rn_builder_reserve(rn_builder *b, size_t more);
void rn_builder_slow_append(rn_builder *b, const void *data, size_t len);
static inline void rn_builder_clear(rn_builder *b) {
  b->len = 0;
  if (b->data) b->data[0] = 0;
}
static inline void rn_builder_append(rn_builder *b, const void *data, size_t len) {
  if (b->cap - b->len > len) {
    if (len) memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = 0;
  } else {
    rn_builder_slow_append(b, data, len);
  }
}
static inline void rn_builder_char(rn_builder *b, char c) { rn_builder_append(b, &c, 1); }
static inline void rn_builder_slice(rn_builder *b, rn_slice s) { rn_builder_append(b, s.ptr, s.len); }
static inline void rn_builder_text(rn_builder *b, const char *text) {
  rn_builder_append(b, text, strlen(text));
}
void rn_builder_printf(rn_builder *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void rn_builder_vprintf(rn_builder *b, const char *format, va_list args);
/* Decimal digits of a 64-bit integer: the fast path of every encoder. */
void rn_builder_int(rn_builder *b, int64_t value);
/* Gives the heap text away (caller frees with rn_free) and empties the builder; never NULL. */
char *rn_builder_take(rn_builder *b);
/* The text between two `quote`s; a quote in it stands twice: SQL's strings and names. */
void rn_builder_quoted(rn_builder *b, rn_slice text, char quote);
/* "text" as a JSON string with quotes and escapes; bytes that are no UTF-8 become U+FFFD. */
void rn_builder_json_string(rn_builder *b, rn_slice s);

/* Damerau-Levenshtein distance, case-insensitive, for "did you mean"; SIZE_MAX when over `max`. */
size_t rn_text_distance(rn_slice a, rn_slice b, size_t max);
/* The name nearest to `wanted` among `names`, NULL when none is near (distance <= 2 and < len, or a
 * prefix of at least 3 letters). */
const char *rn_text_nearest(rn_slice wanted, const char *const *names, size_t count);

/* Length in bytes of the valid UTF-8 sequence at s (1..4), 0 when invalid or cut. */
unsigned rn_utf8_valid_at(const char *s, size_t len);
bool rn_utf8_valid(const char *s, size_t len);
size_t rn_utf8_length(const char *s, size_t len); /* code points of valid UTF-8 */

#endif
