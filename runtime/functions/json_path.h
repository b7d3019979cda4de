/* SQL/JSON paths: `[lax|strict] $.a.b[0]['x y'][*]..c[?(@.p > 1)].length()`, compiled once per call site when constant, and
 * evaluated over the text of a document. A node is the stretch of text a value stands in; no tree is built.
 *
 * The meaning is that of the JSONPath library that Flink uses (Jayway), DIALECT 8.7:
 *   definite path (names and single elements; at its end also ['a','b'] or a function)   one value, or none
 *   any other                                                                            a list, which may be empty
 * strict: what a definite step does not find is an error. lax: it is none; of an indefinite path the empty list. */
#ifndef RN_RUNTIME_FUNCTIONS_JSON_PATH_H
#define RN_RUNTIME_FUNCTIONS_JSON_PATH_H
#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"
#include "base/vec.h"

typedef struct json_filter json_filter;     /* json_filter.c */
typedef struct json_function json_function; /* json_function.c */

typedef enum json_step_kind {
  JSON_NAME,
  JSON_INDEX,
  JSON_NAMES,
  JSON_INDEXES,
  JSON_SLICE,
  JSON_WILDCARD,
  JSON_FILTER,
  JSON_CALL /* a function of what the steps before it lead to: the last step */
} json_step_kind;
struct json_argument;
typedef struct json_path_step {
  json_step_kind kind;
  bool deep; /* `..` before it: at this node and every one below */
  uint32_t count;
  rn_slice *names;  /* NAME (one), NAMES */
  int64_t *indexes; /* INDEX (one), INDEXES: negative ones count from the end; SLICE: from, to, step; an end that is open is INT64_MAX or, of a negative
                       step, INT64_MIN */
  json_filter *filter;
  const json_function *function;   /* CALL, */
  struct json_argument *arguments; /* count of them */
} json_path_step;
typedef struct json_argument {
  rn_slice value; /* JSON text; ptr NULL: the path from the document's root */
  bool definite;
  uint32_t step_count;
  json_path_step *steps;
} json_argument;

typedef struct json_path {
  rn_arena arena;
  bool lax, definite;
  uint32_t step_count;
  json_path_step *steps;
  uint32_t prefix_count; /* leading names and elements from 0: found by the pass that checks the document */
  rn_json_step *prefix;
} json_path;

/* NULL: not a path; *err (E_VALUE) says what is wrong and where, *fault (may be NULL) the byte of the text. Free with
 * json_path_free. */
json_path *json_path_compile(rn_slice text, size_t *fault, rn_error *err);
void json_path_free(json_path *path);

/* Inside of the compiler. */
/* A position in the text of a path. */
typedef struct json_path_reader {
  const char *begin, *at, *end;
  rn_arena *arena;
  rn_error *err;
  size_t *fault;
  unsigned depth;
  bool in_filter;
} json_path_reader;
static inline void json_path_skip_blank(json_path_reader *r) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) r->at++;
}
rn_status json_path_refuse(json_path_reader *r, const char *at, const char *why);
/* A text in quotes at r->at. */
rn_status json_path_quoted(json_path_reader *r, rn_slice *out);
/* A constant at r->at as JSON text: a number, a 'text' or "text", a list [..] of constants, an object, true, false,
 * null. */
rn_status json_path_constant(json_path_reader *r, rn_builder *json);
/* Steps from r->at up to the end of the text, or, of an inner path (in a filter, an argument), to what no step begins
 * with. */
rn_status json_path_steps(json_path_reader *r, bool inner, uint32_t *count, json_path_step **steps);
/* Do they lead to one value? */
bool json_path_is_definite(const json_path_step *steps, uint32_t count);
rn_status json_filter_compile(json_path_reader *r, json_filter **out); /* behind "?(", up to and with ")" */
/* A call of the function `name`, whose text ends at r->at, up to and with ")". */
rn_status json_function_compile(json_path_reader *r, rn_slice name, json_path_step *step);
void json_filter_free(json_filter *filter);
void json_filter_match_free(void *match);

/* --- evaluation ------------------------------------------------------------------------------------------------ */

typedef struct json_member { /* of an object, while it is sorted */
  rn_slice name, value;      /* name: escapes resolved */
  uint32_t position;
} json_member;

/* What evaluation and writing need for a while: one per kernel call. Zeroed is empty. */
typedef struct json_scratch {
  RN_VEC(rn_slice) list;       /* result of an indefinite path; above it values of arguments */
  RN_VEC(json_member) members; /* a stack of objects that are being walked */
  rn_arena arena;              /* names with escapes, objects of ['a','b'] */
  void *match;                 /* of regular expressions in filters */
  rn_builder text, other;      /* a value that is being made */
  const char *why;             /* JSON_FAILED: of the function */
  uint64_t visits;
} json_scratch;
void json_scratch_free(json_scratch *s);

typedef enum json_outcome {
  JSON_FOUND,
  JSON_LIST,
  JSON_MISSING,
  JSON_BAD_TEXT,
  JSON_NULL_TEXT,
  JSON_TOO_MUCH,
  JSON_FAILED
} json_outcome;
/* FOUND: *value. LIST: s->list. BAD_TEXT: *fault. NULL_TEXT: the document is null. FAILED: a function, s->why. Empties the scratch first. */
json_outcome json_path_evaluate(const json_path *path, rn_slice text, json_scratch *s, rn_slice *value,
                                rn_json_fault *fault);

/* The value of a member; of several of that name the last; ptr NULL: none, or no object. */
rn_slice json_member_of(json_scratch *s, rn_slice object, rn_slice name);
/* An element by number, negative ones from the end; ptr NULL: none, or no array. */
rn_slice json_element_of(rn_slice array, int64_t index);
/* Where definite steps lead from a node; ptr NULL: nowhere, or the call at their end fails. */
rn_slice json_follow(json_scratch *s, const json_path_step *steps, uint32_t count, rn_slice node, rn_slice root,
                     bool lax);
/* The JSON list of all that steps lead to from a node; ptr NULL: a definite step finds nothing. */
rn_slice json_follow_all(json_scratch *s, const json_path_step *steps, uint32_t count, rn_slice node, rn_slice root,
                         bool lax);
/* Pushes onto s->list what an argument stands for. False: its path leads nowhere, or through too much. */
bool json_argument_values(json_scratch *s, const json_argument *argument, rn_slice root, bool lax);
/* Of the node; *value lives as long as the evaluation. False: s->why. */
bool json_function_call(json_scratch *s, const json_path_step *call, rn_slice node, rn_slice root, bool lax,
                        rn_slice *value);
bool json_filter_accepts(json_scratch *s, const json_filter *filter, rn_slice node, rn_slice root, bool lax);
/* Pushes the members onto s->members, names that repeat made one (the last value, at the first's position), sorted by
 * name (as UTF-16, which is Java's order) or by position. Returns their number; the caller pops them. */
uint32_t json_members(json_scratch *s, rn_slice object, bool by_name);
int json_compare_names(rn_slice a, rn_slice b);
/* The inside of a string between the quotes, escapes resolved (in the scratch when there are any). */
rn_slice json_plain(json_scratch *s, rn_slice raw);

/* --- writing (json_write.c) ----------------------------------------------------------------------------------------
 */
/* Checked text, compact, members sorted by name, numbers as BigDecimal prints them. */
void json_put_text(rn_builder *out, json_scratch *s, rn_slice value);
/* The list of an evaluation as an array. */
void json_put_list(rn_builder *out, json_scratch *s);

#endif
