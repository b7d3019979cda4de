/* JSON text (RFC 8259), checked and walked in place: nothing is built, a value is the stretch of text it stands in.
 * Functions over JSON texts (runtime/functions/json_*) and the json format share it. Text is UTF-8; bytes inside
 * strings are not judged, a half of a surrogate pair in an escape reads as U+FFFD. */
#ifndef RN_BASE_JSON_H
#define RN_BASE_JSON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/text.h"

/* A member by name (escapes resolved), or an element by its number from 0. */
typedef struct rn_json_step {
  rn_slice name;
  int64_t index; /* >= 0: an element; -1: a member */
} rn_json_step;

typedef struct rn_json_fault {
  size_t at;       /* byte of the text */
  const char *why; /* "a name in quotes must stand here" */
} rn_json_fault;

/* Checks the value that text begins with (behind blanks) and finds, in the same pass, the value that the steps
 * lead to from it: found->ptr NULL: there is none. Of members of one name the last counts. *end (may be NULL):
 * the byte behind the value. False: it is no JSON. */
bool rn_json_find(rn_slice text, const rn_json_step *steps, uint32_t count, rn_slice *found, size_t *end, rn_json_fault *fault);

/* --- text that rn_json_find has checked --------------------------------------------------------------------- */
/* Behind the value at p. */
const char *rn_json_skip(const char *p, const char *end);

/* Members or elements of an object or array in their order, names that repeat included. */
typedef struct rn_json_walk {
  const char *at, *end;
  bool object;
  rn_slice name; /* of a member: raw, between the quotes */
  rn_slice value;
} rn_json_walk;
void rn_json_walk_begin(rn_json_walk *walk, rn_slice value);
bool rn_json_walk_next(rn_json_walk *walk);

/* What stands between the quotes, escapes resolved; `out` has room for s.len bytes. Returns the length. */
size_t rn_json_unescape(rn_slice s, char *out);

/* A number as java.math.BigDecimal prints it: 1e3 is 1E+3, 0.10 is 0.10; an integer without its needless zeros
 * and signs. For JSON's text and for what rn_format_double writes. */
void rn_json_number_text(rn_builder *out, rn_slice number);
/* Text as a JSON string in the spelling of Flink's writer: \u001F, no escape beyond ASCII. */
void rn_json_put_string(rn_builder *out, rn_slice s);

#endif
