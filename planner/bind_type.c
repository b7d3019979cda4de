/* Binder: types as written to rn_type (DIALECT 2.1): defaults, limits, what the dialect does not have. */
#include "planner/bind_parts.h"

typedef enum param_kind { NO_PARAMS, LENGTH, TIME_PRECISION, DECIMAL_PARAMS, FIELDS, ELEMENTS, INTERVAL_PARAMS } param_kind;

typedef struct type_word {
  const char *name;
  uint8_t id; /* rn_type_id */
  uint8_t params;
} type_word;

static const type_word words[] = {
  {"BOOLEAN", RN_T_BOOLEAN, NO_PARAMS}, {"TINYINT", RN_T_TINYINT, NO_PARAMS}, {"SMALLINT", RN_T_SMALLINT, NO_PARAMS},
  {"INT", RN_T_INT, NO_PARAMS}, {"INTEGER", RN_T_INT, NO_PARAMS}, {"BIGINT", RN_T_BIGINT, NO_PARAMS},
  {"FLOAT", RN_T_FLOAT, NO_PARAMS}, {"DOUBLE", RN_T_DOUBLE, NO_PARAMS}, {"DECIMAL", RN_T_DECIMAL, DECIMAL_PARAMS},
  {"DEC", RN_T_DECIMAL, DECIMAL_PARAMS}, {"NUMERIC", RN_T_DECIMAL, DECIMAL_PARAMS}, {"CHAR", RN_T_CHAR, LENGTH},
  {"VARCHAR", RN_T_VARCHAR, LENGTH}, {"STRING", RN_T_VARCHAR, NO_PARAMS}, {"BINARY", RN_T_BINARY, LENGTH},
  {"VARBINARY", RN_T_VARBINARY, LENGTH}, {"BYTES", RN_T_VARBINARY, NO_PARAMS}, {"DATE", RN_T_DATE, NO_PARAMS},
  {"TIME", RN_T_TIME, TIME_PRECISION}, {"TIMESTAMP", RN_T_TIMESTAMP, TIME_PRECISION},
  {"TIMESTAMP_LTZ", RN_T_TIMESTAMP_LTZ, TIME_PRECISION}, {"ROW", RN_T_ROW, FIELDS}, {"STRUCTURED", RN_T_ROW, FIELDS}, {"ARRAY", RN_T_ARRAY, ELEMENTS},
  {"VARIANT", RN_T_VARIANT, NO_PARAMS}, {"MAP", RN_T_MAP, ELEMENTS}, {"MULTISET", RN_T_MULTISET, ELEMENTS}, {"INTERVAL", RN_T_INTERVAL_MS, INTERVAL_PARAMS},
};
enum { WORD_COUNT = sizeof words / sizeof *words };

/* Spellings that people bring along. */
static const struct {
  const char *name, *hint;
} foreign[] = {
  {"REAL", "write FLOAT (32 bits) or DOUBLE"}, {"TEXT", "write STRING"}, {"BLOB", "write BYTES"}, {"DATETIME", "write TIMESTAMP(3)"},
  {"TIMESTAMP WITH TIME ZONE", "write TIMESTAMP_LTZ(3): an instant, shown in the session's zone"},
  {"LONG", "write BIGINT"}, {"INT64", "write BIGINT"}, {"INT32", "write INT"}, {"FLOAT64", "write DOUBLE"}, {"BOOL", "write BOOLEAN"},
  {"JSON", "write STRING, and read it with JSON_VALUE, or VARIANT"}, {"JSONB", "write STRING, and read it with JSON_VALUE, or VARIANT"},
  {"NUMBER", "write DECIMAL(p, s), or DOUBLE"}, {"VARCHAR2", "write VARCHAR(n)"}, {"NVARCHAR", "write VARCHAR(n)"}, {"NCHAR", "write CHAR(n)"},
  {"UUID", "write STRING"}, {"TIMESTAMPTZ", "write TIMESTAMP_LTZ(3): an instant, shown in the session's zone"}, {"TIMESTAMP_TZ", "write TIMESTAMP_LTZ(3): an instant, shown in the session's zone"},
  {"TIMESTAMP_NTZ", "write TIMESTAMP(3)"}, {"TINYTEXT", "write STRING"}, {"MEDIUMTEXT", "write STRING"}, {"LONGTEXT", "write STRING"}, {"CLOB", "write STRING"},
  {"BYTEA", "write BYTES"}, {"MONEY", "write DECIMAL(19, 4)"}, {"SERIAL", "write BIGINT; rows get no numbers of their own"}, {"BIGSERIAL", "write BIGINT; rows get no numbers of their own"},
  {"INT2", "write SMALLINT"}, {"INT4", "write INT"}, {"INT8", "write BIGINT"}, {"INT16", "write SMALLINT"}, {"UINT8", "write SMALLINT"}, {"UINT16", "write INT"}, {"UINT32", "write BIGINT"},
  {"UINT64", "write DECIMAL(20, 0)"}, {"FLOAT4", "write FLOAT"}, {"FLOAT8", "write DOUBLE"}, {"FLOAT32", "write FLOAT"}, {"BIGNUMERIC", "write DECIMAL(38, s)"},
  {"SHORT", "write SMALLINT"}, {"BYTE", "write TINYINT"}, {"STRUCT", "write ROW<name type, ..>"}, {"OBJECT", "write VARIANT, or ROW<name type, ..>"}, {"LIST", "write ARRAY<type>"},
  {"RAW", NULL}, {"BITMAP", NULL}, {"GEOGRAPHY", NULL}, {"NULL", NULL},
};

static const rn_type *fail(rn_binder *binder, rn_span span, const char *hint, const char *format, ...) __attribute__((format(printf, 4, 5)));
static const rn_type *fail(rn_binder *binder, rn_span span, const char *hint, const char *format, ...) {
  va_list args;
  va_start(args, format);
  const char *message = rn_arena_vprintf(binder->arena, format, args);
  va_end(args);
  rn_diag(binder->diags, RN_E_TYPE_UNSUPPORTED, span, hint, "%s", message);
  return NULL;
}

static const rn_type *unknown(rn_binder *binder, const rn_ast_type *ast) {
  for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
    if (rn_text_eq_nocase(foreign[i].name, ast->name)) {
      return fail(binder, ast->span, foreign[i].hint, "type %s is not supported", foreign[i].name);
    }
  }
  const char *names[WORD_COUNT];
  for (size_t i = 0; i < WORD_COUNT; i++) names[i] = words[i].name;
  /* not rn_bind_suggest(): the names of types need no back-ticks */
  const char *nearest = rn_text_nearest(rn_slice_of(ast->name), names, WORD_COUNT);
  const char *hint = nearest ? rn_arena_printf(binder->arena, "did you mean %s?", nearest) : NULL;
  return fail(binder, ast->span, hint, "type %s is not known", ast->name);
}

static const rn_type *bind_row(rn_binder *binder, const rn_ast_type *ast, bool nullable) {
  uint32_t count = ast->field_count;
  const char *word = ast->class_name ? "STRUCTURED" : "ROW";
  if (count == 0 && !ast->class_name) return fail(binder, ast->span, NULL, "ROW needs at least one field");
  if (ast->class_name && !rn_bind_class_name(binder, ast->class_name, ast->span)) return NULL;
  const rn_type **types = rn_arena_alloc(binder->arena, (count + 1) * sizeof *types);
  if (count > RN_COLUMNS_MAX) {
    rn_diag(binder->diags, RN_E_LIMIT, ast->span, NULL, "a %s has at most %d fields, got %u", word, RN_COLUMNS_MAX, count);
    return NULL;
  }
  const char **names = rn_arena_alloc(binder->arena, (count + 1) * sizeof *names);
  bool ok = true;
  for (uint32_t i = 0; i < count; i++) {
    names[i] = rn_arena_strdup(binder->arena, ast->fields[i].name.text); /* a table outlives its statement */
    types[i] = rn_bind_type(binder, ast->fields[i].type);
    ok &= types[i] != NULL;
    for (uint32_t k = 0; k < i; k++) {
      if (strcmp(names[k], names[i]) == 0) {
        rn_diag(binder->diags, RN_E_DUPLICATE_NAME, ast->fields[i].name.span, NULL, "%s has two fields \"%s\"", word, names[i]);
        ok = false;
      }
    }
  }
  if (!ok) return NULL;
  if (!ast->class_name) return rn_type_row(binder->arena, count, names, types, nullable);
  return rn_type_structured(binder->arena, rn_arena_strdup(binder->arena, ast->class_name), count, names, types, nullable);
}

static const rn_type *bind_elements(rn_binder *binder, const rn_ast_type *ast, rn_type_id id, bool nullable) {
  const rn_type *types[2] = {NULL, NULL};
  for (uint32_t i = 0; i < ast->field_count && i < 2; i++) {
    types[i] = rn_bind_type(binder, ast->fields[i].type);
    if (!types[i]) return NULL;
  }
  if (id == RN_T_MAP) return rn_type_map(binder->arena, types[0], types[1], nullable);
  return id == RN_T_ARRAY ? rn_type_array(binder->arena, types[0], nullable) : rn_type_multiset(binder->arena, types[0], nullable);
}

static const rn_type *bind_decimal(rn_binder *binder, const rn_ast_type *ast, bool nullable) {
  int precision = ast->precision < 0 ? 10 : ast->precision, scale = ast->scale < 0 ? 0 : ast->scale;
  if (precision < 1 || precision > RN_DECIMAL_DIGITS_MAX) {
    return fail(binder, ast->span, NULL, "precision of DECIMAL must be between 1 and 38, got %d", precision);
  }
  if (scale > precision) {
    return fail(binder, ast->span, NULL, "scale of DECIMAL must be between 0 and its precision %d, got %d", precision, scale);
  }
  return rn_type_decimal(binder->arena, precision, scale, nullable);
}

static const rn_type *bind_interval(const rn_ast_type *ast, bool nullable) {
  const char *q = ast->qualifier ? ast->qualifier : "";
  bool months = strncmp(q, "YEAR", 4) == 0 || strncmp(q, "MONTH", 5) == 0 || strncmp(q, "QUARTER", 7) == 0;
  return rn_type_basic(months ? RN_T_INTERVAL_MONTH : RN_T_INTERVAL_MS, nullable);
}

static const rn_type *bind_word(rn_binder *binder, const rn_ast_type *ast, const type_word *word) {
  rn_type_id id = (rn_type_id)word->id;
  bool nullable = ast->nullability >= 0;
  switch ((param_kind)word->params) {
    case NO_PARAMS:
      if (ast->precision >= 0) return fail(binder, ast->span, NULL, "type %s takes no length or precision", word->name);
      return rn_type_basic(id, nullable);
    case LENGTH:
      if (ast->precision < 0) return rn_type_basic(id, nullable);
      if (ast->precision < 1) return fail(binder, ast->span, NULL, "length of %s must be between 1 and 2147483647, got %d", word->name, ast->precision);
      return rn_type_sized(binder->arena, id, ast->precision, nullable);
    case TIME_PRECISION:
      if (ast->precision > 9) return fail(binder, ast->span, NULL, "precision of %s must be between 0 and 9, got %d", word->name, ast->precision);
      return ast->precision < 0 ? rn_type_basic(id, nullable) : rn_type_sized(binder->arena, id, ast->precision, nullable);
    case DECIMAL_PARAMS: return bind_decimal(binder, ast, nullable);
    case INTERVAL_PARAMS: return bind_interval(ast, nullable);
    case FIELDS: return bind_row(binder, ast, nullable);
    case ELEMENTS: return bind_elements(binder, ast, id, nullable);
  }
  return NULL;
}

const rn_type *rn_bind_type(rn_binder *binder, const rn_ast_type *ast) {
  const type_word *word = NULL;
  for (size_t i = 0; i < WORD_COUNT && !word; i++) {
    if (rn_text_eq_nocase(words[i].name, ast->name)) word = &words[i];
  }
  if (!word) return unknown(binder, ast);
  if (binder->depth >= RN_NESTING_MAX) {
    rn_diag(binder->diags, RN_E_LIMIT, ast->span, NULL, "type is nested deeper than %d", RN_NESTING_MAX);
    return NULL;
  }
  binder->depth++;
  const rn_type *type = bind_word(binder, ast, word);
  binder->depth--;
  return type;
}
