/* Types of values. A type is immutable and shared; it lives in the arena of the statement, plan or
 * catalog that made it, or is one of the statics that rn_type_basic() returns. */
#ifndef RN_RUNTIME_TYPE_H
#define RN_RUNTIME_TYPE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/text.h"

typedef enum rn_type_id {
  RN_T_NULL,        /* untyped NULL */
  RN_T_BOOLEAN, RN_T_TINYINT, RN_T_SMALLINT, RN_T_INT, RN_T_BIGINT,
  RN_T_FLOAT, RN_T_DOUBLE, RN_T_DECIMAL,
  RN_T_CHAR, RN_T_VARCHAR,         /* STRING is VARCHAR(2147483647) */
  RN_T_BINARY, RN_T_VARBINARY,     /* BYTES is VARBINARY(2147483647) */
  RN_T_DATE, RN_T_TIME, RN_T_TIMESTAMP, RN_T_TIMESTAMP_LTZ,
  RN_T_INTERVAL_MONTH, RN_T_INTERVAL_MS,
  RN_T_ARRAY, RN_T_MAP, RN_T_MULTISET, RN_T_ROW,
  RN_T_VARIANT,     /* physically its canonical JSON text: equal values are equal bytes (variant.h) */
  RN_T_ERROR,       /* binder only: silences what follows from an error */
  RN_T_COUNT
} rn_type_id;

/* How a column of the type lies in memory (batch.h). */
typedef enum rn_physical {
  RN_P_NONE,   /* NULL type: no data, no row valid */
  RN_P_BOOL,   /* uint8_t 0/1 */
  RN_P_I8, RN_P_I16, RN_P_I32, RN_P_I64,
  RN_P_F32, RN_P_F64,
  RN_P_I128,   /* DECIMAL with p > 18 */
  RN_P_STR,    /* rn_str: CHAR, VARCHAR, BINARY, VARBINARY */
  RN_P_LIST,   /* rn_list + child columns: ARRAY, MAP, MULTISET (collection.h builds and reads them) */
  RN_P_ROW     /* children only */
} rn_physical;

typedef enum rn_time_attribute { RN_TIME_NONE, RN_TIME_ROWTIME, RN_TIME_PROCTIME } rn_time_attribute;

enum { RN_LENGTH_MAX = 2147483647 };

typedef struct rn_type {
  uint8_t id;             /* rn_type_id */
  uint8_t time_attribute; /* rn_time_attribute */
  bool nullable;
  int32_t precision;      /* length of CHAR.., p of DECIMAL, fraction digits of TIME.. */
  int32_t scale;          /* DECIMAL */
  uint32_t child_count;   /* ROW: fields; ARRAY, MULTISET: 1; MAP: 2 */
  const struct rn_type *const *children;
  const char *const *names; /* ROW field names */
  const char *class_name;   /* ROW that is a STRUCTURED type: a row with the name of a class; else NULL */
} rn_type;

/* A static type with default parameters: rn_type_basic(RN_T_VARCHAR, true) is STRING; TIMESTAMP has 6,
 * DECIMAL (10,0), CHAR and BINARY length 1. */
const rn_type *rn_type_basic(rn_type_id id, bool nullable);
const rn_type *rn_type_decimal(rn_arena *arena, int precision, int scale, bool nullable);
/* CHAR, VARCHAR, BINARY, VARBINARY, TIME, TIMESTAMP, TIMESTAMP_LTZ with a length or precision. */
const rn_type *rn_type_sized(rn_arena *arena, rn_type_id id, int32_t precision, bool nullable);
const rn_type *rn_type_array(rn_arena *arena, const rn_type *element, bool nullable);
const rn_type *rn_type_multiset(rn_arena *arena, const rn_type *element, bool nullable);
const rn_type *rn_type_map(rn_arena *arena, const rn_type *key, const rn_type *value, bool nullable);
/* names NULL: EXPR$0, EXPR$1 .. The arrays are copied, names and types are shared. */
const rn_type *rn_type_row(rn_arena *arena, uint32_t count, const char *const *names,
                           const rn_type *const *types, bool nullable);
/* STRUCTURED<'class', ..>: a ROW of that class. */
const rn_type *rn_type_structured(rn_arena *arena, const char *class_name, uint32_t count, const char *const *names,
                                  const rn_type *const *types, bool nullable);
const rn_type *rn_type_with_null(rn_arena *arena, const rn_type *type, bool nullable);
const rn_type *rn_type_with_time(rn_arena *arena, const rn_type *type, rn_time_attribute attribute);
const rn_type *rn_type_copy(rn_arena *arena, const rn_type *type); /* deep */

rn_physical rn_type_physical(const rn_type *type);
size_t rn_physical_width(rn_physical p); /* bytes of one value in the data array; 0 for NONE, ROW */
/* Same kind and parameters; ignores nullability, time attribute and field names (children: the same
 * way), so values of the two lie in memory alike and rows fit by position. The class of STRUCTURED counts. */
bool rn_type_same(const rn_type *a, const rn_type *b);
/* "DECIMAL(10, 2) NOT NULL", "TIMESTAMP(3) *ROWTIME*" as the dialect prints types. */
void rn_type_print(const rn_type *type, rn_builder *out);
const char *rn_type_text(rn_arena *arena, const rn_type *type); /* with NOT NULL, without attribute */
/* For messages: "INT", "DECIMAL(10, 2)": no nullability, no attribute. */
const char *rn_type_name(rn_arena *arena, const rn_type *type);
bool rn_type_is_string(const rn_type *t);   /* CHAR, VARCHAR */
bool rn_type_is_binary(const rn_type *t);   /* BINARY, VARBINARY */
bool rn_type_is_integer(const rn_type *t);
bool rn_type_is_exact(const rn_type *t);    /* integers, DECIMAL */
bool rn_type_is_approximate(const rn_type *t);
bool rn_type_is_numeric(const rn_type *t);
bool rn_type_is_temporal(const rn_type *t); /* DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ */
bool rn_type_is_timestamp(const rn_type *t);/* TIMESTAMP, TIMESTAMP_LTZ */
bool rn_type_is_interval(const rn_type *t);
bool rn_type_is_ordered(const rn_type *t);  /* ORDER BY takes it: no MAP, no MULTISET, not in ARRAY or ROW either */

typedef struct rn_field {
  const char *name;
  const rn_type *type;
} rn_field;
typedef struct rn_schema {
  uint32_t count;
  const rn_field *fields;
} rn_schema;
int rn_schema_find(const rn_schema *schema, const char *name); /* index or -1 */

#endif
