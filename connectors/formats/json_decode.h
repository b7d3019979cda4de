/* Inside of the json decoder: the compiled schema, the learned key order, and the slow but complete
 * conversions that the three scanners (AVX2, SSE2, plain) share. See json_scan.h for the algorithm. */
#ifndef RN_CONNECTORS_FORMATS_JSON_DECODE_H
#define RN_CONNECTORS_FORMATS_JSON_DECODE_H
#include "base/json.h"
#include "connectors/formats/format_common.h"
#include "connectors/formats/text_scan.h"
#include "runtime/variant.h"

typedef enum json_kind {
  JSON_SKIP, JSON_BOOL, JSON_I8, JSON_I16, JSON_I32, JSON_I64, JSON_F32, JSON_F64, JSON_DEC64, JSON_DEC128,
  JSON_TEXT, JSON_BYTES, JSON_DATE, JSON_TIME, JSON_TIMESTAMP, JSON_LTZ, JSON_ROW, JSON_LIST, JSON_MAP,
  JSON_VARIANT
} json_kind;

typedef struct json_object json_object;

typedef struct json_field { /* a wanted column, a field of a wanted ROW, or what a collection holds */
  const char *name;
  size_t name_len;
  json_kind kind;
  bool not_null;
  uint8_t precision, scale; /* DECIMAL; TIMESTAMP */
  bool cuts_us;             /* TIMESTAMP(p < 6) */
  int64_t min, max;         /* integers; DECIMAL p <= 18: the largest unscaled value */
  const rn_type *type;
  int table_column;         /* of the top-level column, for messages */
  const char *path;         /* "a.b", for messages */
  uint64_t serial;          /* object in which it was last seen */
  rn_column *column;        /* bound by each decode() */
  void *data;
  json_object *object;      /* ROW */
  struct json_field *element; /* LIST: of the elements; MAP: of the values (MULTISET: the counts) */
} json_field;

/* One expected key: the bytes between the value before it and its own value, such as `,"price":`. */
enum { JSON_LITERAL_BLOCK = 32, JSON_LITERAL_MAX = 192, JSON_STEPS_MAX = 128 };
typedef struct json_step {
  _Alignas(32) char block[JSON_LITERAL_BLOCK]; /* first bytes, zero-filled */
  uint32_t mask;      /* the low `len` bits (all, when longer) */
  uint32_t len;
  uint8_t kind;       /* json_kind of field, JSON_SKIP: not wanted */
  bool opens;         /* begins with '{': fits the first key only */
  json_field *field;
  const char *rest;   /* bytes from 32 on; NULL when len <= 32 */
} json_step;

struct json_object {
  uint32_t field_count;
  json_field *fields;
  json_step *steps;   /* JSON_STEPS_MAX + 1 (the last: a key that is not learned), 32-byte aligned */
  char *rests;        /* JSON_STEPS_MAX x (JSON_LITERAL_MAX - JSON_LITERAL_BLOCK), made when needed */
  uint32_t rest_count;
  uint32_t step_count;
};

typedef enum json_failure { JSON_FINE, JSON_MALFORMED, JSON_BAD_FIELD } json_failure;

struct rn_decoder {
  json_object *top;
  bool is_key, ignore_errors, fail_on_missing;
  char separator;       /* ' ' or 'T' */
  scan_zone zone;       /* of TIMESTAMP_LTZ */
  uint64_t serial;      /* object counter: which fields were seen in the current object */
  scan_date_cache date; /* shared by all timestamp columns */
  rn_arena arena;       /* fields, steps, names; lives with the decoder */
  rn_builder scratch;   /* unescaped keys, bytes out of base64 */
  rn_variant_parser *variants; /* NULL: there is none */
  /* the record being decoded */
  const char *begin, *end;
  rn_arena *out;        /* text that is not a view */
  json_failure failure;
  const json_field *bad_field;
  const char *bad_at;
  char reason[160];
  uint64_t bad_fields;
  uint64_t bad_fields_before; /* of the records before the current one */
  const struct json_scanner *scanner;
};

/* One record's text at p (white space skipped by the caller), which ends at decoder->end and is followed
 * by 64 readable bytes. Returns the byte behind it, or NULL with decoder->failure set. */
typedef struct json_scanner {
  const char *name; /* "avx2", "sse2", "plain" */
  bool (*usable)(void);
  const char *(*object)(rn_decoder *d, json_object *o, const char *p, unsigned depth, uint32_t row);
  const char *(*skip)(rn_decoder *d, const char *p, unsigned depth);
} json_scanner;
extern const json_scanner json_scanner_avx2, json_scanner_sse2, json_scanner_plain;
/* The best one of this machine; RUNNEL_JSON_SCANNER=plain|sse2|avx2 forces one (tests, measurements). */
const json_scanner *json_scanner_choose(const char *forced);
/* Tests: forces the scanner of an open decoder. False: no such one here. */
bool json_decoder_force(rn_decoder *d, const char *name);

/* The field and all below it write into this column from now on. */
void json_bind_field(json_field *f, rn_column *column);

/* --- json_collection.c: an array or object that the scanner has checked, into ARRAY, MAP, MULTISET -------- */
bool json_convert_collection(rn_decoder *d, json_field *f, rn_slice value, uint32_t row);

/* --- json_value.c: complete conversions, off the hot path ----------------------------------------------- */
/* Fails the record; returns NULL for chaining. */
const char *json_malformed(rn_decoder *d, const char *at, const char *why);
/* A field's value cannot be taken: NULL in its place when errors are ignored (true), else the record
 * fails (false). */
bool json_bad_value(rn_decoder *d, json_field *f, const char *at, rn_slice value, uint32_t row);
/* Converts a structurally valid value. False: the record failed. */
bool json_convert(rn_decoder *d, json_field *f, rn_slice value, uint32_t row);
bool json_set_null(rn_decoder *d, json_field *f, const char *at, uint32_t row, bool missing);
/* Called when the literal at a step did not match: finds or learns the step of the key whose literal is
 * [from, value). Returns its index. */
uint32_t json_locate(rn_decoder *d, json_object *o, uint32_t from_step, const char *from, const char *value,
                     rn_slice key, bool key_escaped);
/* Some wanted field did not come: NULL or an error. False: the record failed. */
bool json_missing(rn_decoder *d, json_object *o, uint64_t serial, const char *at, uint32_t row);

#endif
