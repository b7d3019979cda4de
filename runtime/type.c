/* Types: the static defaults, constructors, predicates and spellings of runtime/type.h.
 * Properties of a kind stand in one table, so that a new kind is one row. */
#include "runtime/type.h"

#include "runtime/batch.h"

typedef enum type_family {
  F_NONE = 0, F_STRING = 1, F_BINARY = 2, F_INTEGER = 4, F_DECIMAL = 8, F_APPROXIMATE = 16,
  F_TEMPORAL = 32, F_TIMESTAMP = 64, F_INTERVAL = 128
} type_family;

enum { P_NONE, P_LENGTH, P_MAX_LENGTH, P_PRECISION, P_DECIMAL }; /* how parameters are printed */

typedef struct type_row {
  const char *name;
  uint8_t physical; /* rn_physical */
  uint8_t params;
  uint8_t family;   /* type_family bits */
  int32_t precision;
} type_row;

static const type_row type_rows[RN_T_COUNT] = {
  [RN_T_NULL] = {"NULL", RN_P_NONE, P_NONE, F_NONE, 0},
  [RN_T_BOOLEAN] = {"BOOLEAN", RN_P_BOOL, P_NONE, F_NONE, 0},
  [RN_T_TINYINT] = {"TINYINT", RN_P_I8, P_NONE, F_INTEGER, 0},
  [RN_T_SMALLINT] = {"SMALLINT", RN_P_I16, P_NONE, F_INTEGER, 0},
  [RN_T_INT] = {"INT", RN_P_I32, P_NONE, F_INTEGER, 0},
  [RN_T_BIGINT] = {"BIGINT", RN_P_I64, P_NONE, F_INTEGER, 0},
  [RN_T_FLOAT] = {"FLOAT", RN_P_F32, P_NONE, F_APPROXIMATE, 0},
  [RN_T_DOUBLE] = {"DOUBLE", RN_P_F64, P_NONE, F_APPROXIMATE, 0},
  [RN_T_DECIMAL] = {"DECIMAL", RN_P_I64, P_DECIMAL, F_DECIMAL, 10},
  [RN_T_CHAR] = {"CHAR", RN_P_STR, P_LENGTH, F_STRING, 1},
  [RN_T_VARCHAR] = {"VARCHAR", RN_P_STR, P_MAX_LENGTH, F_STRING, RN_LENGTH_MAX},
  [RN_T_BINARY] = {"BINARY", RN_P_STR, P_LENGTH, F_BINARY, 1},
  [RN_T_VARBINARY] = {"VARBINARY", RN_P_STR, P_MAX_LENGTH, F_BINARY, RN_LENGTH_MAX},
  [RN_T_DATE] = {"DATE", RN_P_I32, P_NONE, F_TEMPORAL, 0},
  [RN_T_TIME] = {"TIME", RN_P_I32, P_PRECISION, F_TEMPORAL, 0},
  [RN_T_TIMESTAMP] = {"TIMESTAMP", RN_P_I64, P_PRECISION, F_TEMPORAL | F_TIMESTAMP, 6},
  [RN_T_TIMESTAMP_LTZ] = {"TIMESTAMP_LTZ", RN_P_I64, P_PRECISION, F_TEMPORAL | F_TIMESTAMP, 6},
  [RN_T_INTERVAL_MONTH] = {"INTERVAL MONTH", RN_P_I32, P_NONE, F_INTERVAL, 0},
  [RN_T_INTERVAL_MS] = {"INTERVAL SECOND(3)", RN_P_I64, P_NONE, F_INTERVAL, 3},
  [RN_T_ARRAY] = {"ARRAY", RN_P_LIST, P_NONE, F_NONE, 0},
  [RN_T_MAP] = {"MAP", RN_P_LIST, P_NONE, F_NONE, 0},
  [RN_T_MULTISET] = {"MULTISET", RN_P_LIST, P_NONE, F_NONE, 0},
  [RN_T_ROW] = {"ROW", RN_P_ROW, P_NONE, F_NONE, 0},
  [RN_T_VARIANT] = {"VARIANT", RN_P_STR, P_NONE, F_NONE, 0},
  [RN_T_ERROR] = {"ERROR", RN_P_NONE, P_NONE, F_NONE, 0},
};

/* Two statics per kind, made from the kind's defaults (kept in step with type_rows by test_type). */
#define BASIC(kind, p) {{.id = (kind), .nullable = false, .precision = (p)}, {.id = (kind), .nullable = true, .precision = (p)}}
static const rn_type basic_types[RN_T_COUNT][2] = {
  [RN_T_NULL] = BASIC(RN_T_NULL, 0), [RN_T_BOOLEAN] = BASIC(RN_T_BOOLEAN, 0),
  [RN_T_TINYINT] = BASIC(RN_T_TINYINT, 0), [RN_T_SMALLINT] = BASIC(RN_T_SMALLINT, 0),
  [RN_T_INT] = BASIC(RN_T_INT, 0), [RN_T_BIGINT] = BASIC(RN_T_BIGINT, 0),
  [RN_T_FLOAT] = BASIC(RN_T_FLOAT, 0), [RN_T_DOUBLE] = BASIC(RN_T_DOUBLE, 0),
  [RN_T_DECIMAL] = BASIC(RN_T_DECIMAL, 10), [RN_T_CHAR] = BASIC(RN_T_CHAR, 1),
  [RN_T_VARCHAR] = BASIC(RN_T_VARCHAR, RN_LENGTH_MAX), [RN_T_BINARY] = BASIC(RN_T_BINARY, 1),
  [RN_T_VARBINARY] = BASIC(RN_T_VARBINARY, RN_LENGTH_MAX), [RN_T_DATE] = BASIC(RN_T_DATE, 0),
  [RN_T_TIME] = BASIC(RN_T_TIME, 0), [RN_T_TIMESTAMP] = BASIC(RN_T_TIMESTAMP, 6),
  [RN_T_TIMESTAMP_LTZ] = BASIC(RN_T_TIMESTAMP_LTZ, 6), [RN_T_INTERVAL_MONTH] = BASIC(RN_T_INTERVAL_MONTH, 0),
  [RN_T_INTERVAL_MS] = BASIC(RN_T_INTERVAL_MS, 3), [RN_T_ARRAY] = BASIC(RN_T_ARRAY, 0),
  [RN_T_MAP] = BASIC(RN_T_MAP, 0), [RN_T_MULTISET] = BASIC(RN_T_MULTISET, 0),
  [RN_T_ROW] = BASIC(RN_T_ROW, 0), [RN_T_VARIANT] = BASIC(RN_T_VARIANT, 0), [RN_T_ERROR] = BASIC(RN_T_ERROR, 0),
};

const rn_type *rn_type_basic(rn_type_id id, bool nullable) { return &basic_types[id][nullable]; }

static bool is_basic(const rn_type *t) { return t == &basic_types[t->id][0] || t == &basic_types[t->id][1]; }

static rn_type *new_type(rn_arena *arena, rn_type_id id, bool nullable) {
  rn_type *t = RN_NEW(arena, rn_type);
  t->id = (uint8_t)id;
  t->nullable = nullable;
  t->precision = type_rows[id].precision;
  return t;
}

const rn_type *rn_type_decimal(rn_arena *arena, int precision, int scale, bool nullable) {
  rn_type *t = new_type(arena, RN_T_DECIMAL, nullable);
  t->precision = precision;
  t->scale = scale;
  return t;
}

const rn_type *rn_type_sized(rn_arena *arena, rn_type_id id, int32_t precision, bool nullable) {
  if (precision == type_rows[id].precision) return rn_type_basic(id, nullable);
  rn_type *t = new_type(arena, id, nullable);
  t->precision = precision;
  return t;
}

static const rn_type *new_nested(rn_arena *arena, rn_type_id id, uint32_t count, const rn_type *const *children,
                                 bool nullable) {
  rn_type *t = new_type(arena, id, nullable);
  const rn_type **copy = rn_arena_alloc(arena, (count ? count : 1) * sizeof *copy);
  for (uint32_t i = 0; i < count; i++) copy[i] = children[i];
  t->child_count = count;
  t->children = copy;
  return t;
}

const rn_type *rn_type_array(rn_arena *arena, const rn_type *element, bool nullable) {
  return new_nested(arena, RN_T_ARRAY, 1, &element, nullable);
}
const rn_type *rn_type_multiset(rn_arena *arena, const rn_type *element, bool nullable) {
  return new_nested(arena, RN_T_MULTISET, 1, &element, nullable);
}
const rn_type *rn_type_map(rn_arena *arena, const rn_type *key, const rn_type *value, bool nullable) {
  return new_nested(arena, RN_T_MAP, 2, (const rn_type *[]){key, value}, nullable);
}

const rn_type *rn_type_row(rn_arena *arena, uint32_t count, const char *const *names, const rn_type *const *types,
                           bool nullable) {
  rn_type *t = new_type(arena, RN_T_ROW, nullable);
  const rn_type **children = rn_arena_alloc(arena, (count ? count : 1) * sizeof *children);
  const char **copies = rn_arena_alloc(arena, (count ? count : 1) * sizeof *copies);
  for (uint32_t i = 0; i < count; i++) {
    children[i] = types[i];
    copies[i] = names ? names[i] : rn_arena_printf(arena, "EXPR$%u", i);
  }
  t->child_count = count;
  t->children = children;
  t->names = copies;
  return t;
}

const rn_type *rn_type_structured(rn_arena *arena, const char *class_name, uint32_t count, const char *const *names,
                                  const rn_type *const *types, bool nullable) {
  rn_type *t = (rn_type *)rn_type_row(arena, count, names, types, nullable);
  t->class_name = class_name;
  return t;
}

const rn_type *rn_type_with_null(rn_arena *arena, const rn_type *type, bool nullable) {
  if (type->nullable == nullable) return type;
  if (is_basic(type)) return &basic_types[type->id][nullable];
  rn_type *t = RN_NEW(arena, rn_type);
  *t = *type;
  t->nullable = nullable;
  return t;
}

const rn_type *rn_type_with_time(rn_arena *arena, const rn_type *type, rn_time_attribute attribute) {
  if (type->time_attribute == attribute) return type;
  rn_type *t = RN_NEW(arena, rn_type);
  *t = *type;
  t->time_attribute = (uint8_t)attribute;
  return t;
}

const rn_type *rn_type_copy(rn_arena *arena, const rn_type *type) {
  if (is_basic(type)) return type;
  rn_type *t = RN_NEW(arena, rn_type);
  *t = *type;
  if (type->class_name) t->class_name = rn_arena_strdup(arena, type->class_name);
  if (type->child_count) {
    const rn_type **children = rn_arena_alloc(arena, type->child_count * sizeof *children);
    for (uint32_t i = 0; i < type->child_count; i++) children[i] = rn_type_copy(arena, type->children[i]);
    t->children = children;
    if (type->names) {
      const char **names = rn_arena_alloc(arena, type->child_count * sizeof *names);
      for (uint32_t i = 0; i < type->child_count; i++) names[i] = rn_arena_strdup(arena, type->names[i]);
      t->names = names;
    }
  }
  return t;
}

rn_physical rn_type_physical(const rn_type *type) {
  if (type->id == RN_T_DECIMAL && type->precision > RN_DECIMAL_SMALL_DIGITS) return RN_P_I128;
  return (rn_physical)type_rows[type->id].physical;
}

size_t rn_physical_width(rn_physical p) {
  static const uint8_t widths[] = {
    [RN_P_NONE] = 0, [RN_P_BOOL] = 1, [RN_P_I8] = 1, [RN_P_I16] = 2, [RN_P_I32] = 4, [RN_P_I64] = 8,
    [RN_P_F32] = 4, [RN_P_F64] = 8, [RN_P_I128] = 16, [RN_P_STR] = sizeof(rn_str), [RN_P_LIST] = sizeof(rn_list),
    [RN_P_ROW] = 0,
  };
  return widths[p];
}

bool rn_type_same(const rn_type *a, const rn_type *b) {
  if (a == b) return true;
  if (a->id != b->id || a->precision != b->precision || a->scale != b->scale) return false;
  if (a->child_count != b->child_count) return false;
  if (a->class_name != b->class_name && (!a->class_name || !b->class_name || strcmp(a->class_name, b->class_name) != 0)) return false;
  for (uint32_t i = 0; i < a->child_count; i++) {
    if (!rn_type_same(a->children[i], b->children[i])) return false;
  }
  return true;
}

static void print_type(const rn_type *t, bool nullability, bool attribute, rn_builder *out) {
  const type_row *row = &type_rows[t->id];
  if (row->params == P_MAX_LENGTH && t->precision == RN_LENGTH_MAX) {
    rn_builder_text(out, t->id == RN_T_VARCHAR ? "STRING" : "BYTES");
  } else {
    rn_builder_text(out, t->class_name ? "STRUCTURED" : row->name);
    switch (row->params) {
      case P_LENGTH: case P_MAX_LENGTH: case P_PRECISION: rn_builder_printf(out, "(%d)", t->precision); break;
      case P_DECIMAL: rn_builder_printf(out, "(%d, %d)", t->precision, t->scale); break;
      default: break;
    }
  }
  if (t->child_count || t->id == RN_T_ROW) {
    rn_builder_char(out, '<');
    if (t->class_name) rn_builder_quoted(out, rn_slice_of(t->class_name), '\'');
    for (uint32_t i = 0; i < t->child_count; i++) {
      if (i || t->class_name) rn_builder_text(out, ", ");
      if (t->names) {
        rn_builder_quoted(out, rn_slice_of(t->names[i]), '`');
        rn_builder_char(out, ' ');
      }
      print_type(t->children[i], nullability, attribute, out);
    }
    rn_builder_char(out, '>');
  }
  if (nullability && !t->nullable) rn_builder_text(out, " NOT NULL");
  if (attribute && t->time_attribute == RN_TIME_ROWTIME) rn_builder_text(out, " *ROWTIME*");
  if (attribute && t->time_attribute == RN_TIME_PROCTIME) rn_builder_text(out, " *PROCTIME*");
}

void rn_type_print(const rn_type *type, rn_builder *out) { print_type(type, true, true, out); }

static const char *type_to_arena(rn_arena *arena, const rn_type *type, bool nullability) {
  rn_builder b = {0};
  print_type(type, nullability, false, &b);
  const char *text = rn_arena_strndup(arena, b.data, b.len);
  rn_builder_free(&b);
  return text;
}
const char *rn_type_text(rn_arena *arena, const rn_type *type) { return type_to_arena(arena, type, true); }
const char *rn_type_name(rn_arena *arena, const rn_type *type) { return type_to_arena(arena, type, false); }

static bool in_family(const rn_type *t, int families) { return (type_rows[t->id].family & families) != 0; }
bool rn_type_is_string(const rn_type *t) { return in_family(t, F_STRING); }
bool rn_type_is_binary(const rn_type *t) { return in_family(t, F_BINARY); }
bool rn_type_is_integer(const rn_type *t) { return in_family(t, F_INTEGER); }
bool rn_type_is_exact(const rn_type *t) { return in_family(t, F_INTEGER | F_DECIMAL); }
bool rn_type_is_approximate(const rn_type *t) { return in_family(t, F_APPROXIMATE); }
bool rn_type_is_numeric(const rn_type *t) { return in_family(t, F_INTEGER | F_DECIMAL | F_APPROXIMATE); }
bool rn_type_is_temporal(const rn_type *t) { return in_family(t, F_TEMPORAL); }
bool rn_type_is_timestamp(const rn_type *t) { return in_family(t, F_TIMESTAMP); }
bool rn_type_is_interval(const rn_type *t) { return in_family(t, F_INTERVAL); }
bool rn_type_is_ordered(const rn_type *t) {
  if (t->id == RN_T_MAP || t->id == RN_T_MULTISET || t->id == RN_T_VARIANT) return false;
  for (uint32_t i = 0; i < t->child_count; i++) {
    if (!rn_type_is_ordered(t->children[i])) return false;
  }
  return true;
}

int rn_schema_find(const rn_schema *schema, const char *name) {
  for (uint32_t i = 0; i < schema->count; i++) {
    if (strcmp(schema->fields[i].name, name) == 0) return (int)i;
  }
  return -1;
}
