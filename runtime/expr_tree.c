/* Expression trees: constructors, comparison, substitution and canonical text (runtime/expr.h). The text
 * names sub-expressions in EXPLAIN and is part of fingerprints, so it must not depend on where an
 * expression stood in the statement. */
#include "base/number.h"
#include "runtime/expr.h"
#include "runtime/function.h"

static uint32_t tree_size(uint32_t arg_count, rn_expr *const *args) {
  uint64_t size = 1;
  for (uint32_t i = 0; i < arg_count; i++) size += args[i]->size;
  return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

rn_expr *rn_expr_column(rn_arena *arena, uint32_t index, const rn_type *type, rn_span span) {
  rn_expr *e = RN_NEW(arena, rn_expr);
  e->kind = RN_EXPR_COLUMN;
  e->size = 1;
  e->index = index;
  e->type = type;
  e->span = span;
  return e;
}

rn_expr *rn_expr_const(rn_arena *arena, rn_value value, rn_span span) {
  rn_expr *e = RN_NEW(arena, rn_expr);
  e->kind = RN_EXPR_CONST;
  e->size = 1;
  e->type = value.type;
  e->value = value;
  e->span = span;
  return e;
}

rn_expr *rn_expr_make(rn_arena *arena, rn_expr_kind kind, const rn_type *type, rn_span span, uint32_t arg_count,
                      rn_expr *const *args) {
  rn_expr *e = RN_NEW(arena, rn_expr);
  e->kind = kind;
  e->type = type;
  e->span = span;
  e->arg_count = arg_count;
  if (arg_count) {
    e->args = rn_arena_alloc(arena, arg_count * sizeof *e->args);
    memcpy(e->args, args, arg_count * sizeof *e->args);
  }
  e->size = tree_size(arg_count, args);
  return e;
}

static bool value_equal(const rn_value *a, const rn_value *b) {
  if (a->is_null || b->is_null) return a->is_null == b->is_null;
  switch (rn_type_physical(a->type)) {
    case RN_P_NONE: return true;
    case RN_P_STR: return rn_slice_eq(a->u.text, b->u.text);
    case RN_P_I128: return a->u.wide == b->u.wide;
    case RN_P_F32: case RN_P_F64: return memcmp(&a->u.d, &b->u.d, sizeof a->u.d) == 0; /* NaN is itself, -0 is not 0 */
    case RN_P_LIST: case RN_P_ROW:
      if (a->item_count != b->item_count) return false;
      for (uint32_t i = 0; i < a->item_count; i++) {
        if (!value_equal(&a->u.items[i], &b->u.items[i])) return false;
      }
      return true;
    default: return a->u.i == b->u.i;
  }
}

bool rn_expr_equal(const rn_expr *a, const rn_expr *b) {
  if (a == b) return true;
  if (a->kind != b->kind || a->arg_count != b->arg_count || !rn_type_same(a->type, b->type)) return false;
  switch (a->kind) {
    case RN_EXPR_COLUMN: return a->index == b->index;
    case RN_EXPR_CONST: return value_equal(&a->value, &b->value);
    case RN_EXPR_OUTER: return a->index == b->index && a->value.u.i == b->value.u.i;
    case RN_EXPR_FIELD:
      if (a->index != b->index) return false;
      break;
    case RN_EXPR_CALL:
      if (a->function != b->function || a->kernel != b->kernel || (a->function->flags & RN_FN_VOLATILE)) return false;
      break;
    default: break;
  }
  for (uint32_t i = 0; i < a->arg_count; i++) {
    if (!rn_expr_equal(a->args[i], b->args[i])) return false;
  }
  return true;
}

bool rn_expr_is_constant(const rn_expr *e) {
  if (e->kind == RN_EXPR_COLUMN || e->kind == RN_EXPR_OUTER) return false;
  if (e->kind == RN_EXPR_CALL && (e->function->flags & RN_FN_VOLATILE)) return false;
  for (uint32_t i = 0; i < e->arg_count; i++) {
    if (!rn_expr_is_constant(e->args[i])) return false;
  }
  return true;
}

void rn_expr_columns(const rn_expr *e, bool *used) {
  if (e->kind == RN_EXPR_COLUMN) used[e->index] = true;
  for (uint32_t i = 0; i < e->arg_count; i++) rn_expr_columns(e->args[i], used);
}

rn_expr *rn_expr_map_args(rn_arena *arena, const rn_expr *e, rn_expr_map map, const void *ctx) {
  rn_expr *copy = RN_NEW(arena, rn_expr);
  *copy = *e;
  if (!e->arg_count) return copy;
  copy->args = rn_arena_alloc(arena, e->arg_count * sizeof *copy->args);
  for (uint32_t i = 0; i < e->arg_count; i++) copy->args[i] = map(e->args[i], ctx);
  copy->size = tree_size(copy->arg_count, copy->args);
  return copy;
}

typedef struct replacing {
  rn_arena *arena;
  rn_expr *const *map;
} replacing;

static rn_expr *replace(rn_expr *e, const void *ctx) {
  const replacing *r = ctx;
  if (e->kind == RN_EXPR_COLUMN && r->map[e->index]) return r->map[e->index];
  return rn_expr_map_args(r->arena, e, replace, r);
}

rn_expr *rn_expr_replace(rn_arena *arena, const rn_expr *e, rn_expr *const *map) {
  const replacing r = {arena, map};
  return replace((rn_expr *)(uintptr_t)e, &r);
}

/* --- text --------------------------------------------------------------------------------------------- */

static void print_quoted(rn_slice text, rn_builder *out) { rn_builder_quoted(out, text, '\''); }

static void print_value(const rn_value *v, rn_builder *out);

static void print_items(const rn_value *v, const char *open, const char *close, rn_builder *out) {
  rn_builder_text(out, open);
  for (uint32_t i = 0; i < v->item_count; i++) {
    if (i) rn_builder_text(out, ", ");
    print_value(&v->u.items[i], out);
  }
  rn_builder_text(out, close);
}

static void print_temporal(const char *word, const rn_value *v, rn_builder *out) {
  rn_builder_text(out, word);
  rn_builder_text(out, " '");
  switch (v->type->id) {
    case RN_T_DATE: rn_format_date(out, (int32_t)v->u.i); break;
    case RN_T_TIME: rn_format_time(out, (int32_t)v->u.i, v->type->precision, false); break;
    default: rn_format_timestamp(out, v->u.i, v->type->precision, false, ' '); break;
  }
  if (v->type->id == RN_T_TIMESTAMP_LTZ) rn_builder_char(out, 'Z');
  rn_builder_char(out, '\'');
}

static void print_value(const rn_value *v, rn_builder *out) {
  if (v->is_null) {
    rn_builder_text(out, "NULL");
    return;
  }
  switch (v->type->id) {
    case RN_T_BOOLEAN: rn_builder_text(out, v->u.i ? "TRUE" : "FALSE"); break;
    case RN_T_FLOAT: rn_format_float(out, (float)v->u.d); break;
    case RN_T_DOUBLE: rn_format_double(out, v->u.d); break;
    case RN_T_DECIMAL: {
      rn_i128 wide = rn_type_physical(v->type) == RN_P_I128 ? v->u.wide : v->u.i;
      rn_decimal_format(out, wide, v->type->scale);
      break;
    }
    case RN_T_CHAR: case RN_T_VARCHAR: print_quoted(v->u.text, out); break;
    case RN_T_VARIANT:
      rn_builder_text(out, "PARSE_JSON(");
      print_quoted(v->u.text, out);
      rn_builder_char(out, ')');
      break;
    case RN_T_BINARY: case RN_T_VARBINARY:
      rn_builder_text(out, "X'");
      for (size_t i = 0; i < v->u.text.len; i++) rn_builder_printf(out, "%02X", (unsigned)(unsigned char)v->u.text.ptr[i]);
      rn_builder_char(out, '\'');
      break;
    case RN_T_DATE: print_temporal("DATE", v, out); break;
    case RN_T_TIME: print_temporal("TIME", v, out); break;
    case RN_T_TIMESTAMP: print_temporal("TIMESTAMP", v, out); break;
    case RN_T_TIMESTAMP_LTZ: print_temporal("TIMESTAMP_LTZ", v, out); break;
    case RN_T_INTERVAL_MONTH: rn_builder_printf(out, "INTERVAL '%lld' MONTH", (long long)v->u.i); break;
    case RN_T_INTERVAL_MS:
      rn_builder_printf(out, "INTERVAL '%s%lld.%03d' SECOND", v->u.i < 0 ? "-" : "", (long long)(v->u.i < 0 ? -(v->u.i / 1000) : v->u.i / 1000),
                        (int)(v->u.i % 1000 < 0 ? -(v->u.i % 1000) : v->u.i % 1000));
      break;
    case RN_T_ROW: print_items(v, "ROW(", ")", out); break;
    case RN_T_ARRAY: case RN_T_MULTISET: print_items(v, "ARRAY[", "]", out); break;
    case RN_T_MAP: print_items(v, "MAP[", "]", out); break;
    default: rn_builder_int(out, v->u.i); break;
  }
}

static void print_expr(const rn_expr *e, const char *const *names, bool nested, rn_builder *out);

static void print_list(const rn_expr *e, uint32_t from, const char *separator, bool nested, const char *const *names, rn_builder *out) {
  for (uint32_t i = from; i < e->arg_count; i++) {
    if (i > from) rn_builder_text(out, separator);
    print_expr(e->args[i], names, nested, out);
  }
}

static bool is_word(const char *name) {
  return (name[0] >= 'A' && name[0] <= 'Z') || name[0] == '_';
}

/* Calls of functions print as calls; operator rows as they are written in SQL. */
static void print_call(const rn_expr *e, const char *const *names, bool nested, rn_builder *out) {
  const char *name = e->function->name;
  bool is_operator = (e->function->flags & RN_FN_OPERATOR) != 0;
  if (strcmp(name, "CAST") == 0 || strcmp(name, "TRY_CAST") == 0) {
    rn_builder_printf(out, "%s(", name);
    print_expr(e->args[0], names, false, out);
    rn_builder_text(out, " AS ");
    rn_type plain = *e->type;
    plain.nullable = true;
    plain.time_attribute = RN_TIME_NONE;
    rn_type_print(&plain, out);
    rn_builder_char(out, ')');
    return;
  }
  if (is_operator && (strcmp(name, "ARRAY") == 0 || strcmp(name, "MAP") == 0)) {
    rn_builder_printf(out, "%s[", name);
    print_list(e, 0, ", ", false, names, out);
    rn_builder_char(out, ']');
    return;
  }
  if (is_operator && strcmp(name, "ITEM") == 0) {
    print_expr(e->args[0], names, true, out);
    rn_builder_char(out, '[');
    print_expr(e->args[1], names, false, out);
    rn_builder_char(out, ']');
    return;
  }
  bool infix = is_operator && e->arg_count == 2 &&
               (!is_word(name) || strcmp(name, "LIKE") == 0 || strcmp(name, "NOT LIKE") == 0 || strcmp(name, "SIMILAR TO") == 0 ||
                strstr(name, "DISTINCT FROM"));
  bool postfix = is_operator && e->arg_count == 1 && strncmp(name, "IS ", 3) == 0;
  bool in_list = is_operator && strcmp(name, "IN") == 0;
  bool prefix = is_operator && e->arg_count == 1 && (strcmp(name, "NOT") == 0 || strcmp(name, "NEG") == 0);
  if (infix || postfix || in_list || prefix) {
    if (nested) rn_builder_char(out, '(');
    if (prefix) {
      rn_builder_text(out, strcmp(name, "NEG") == 0 ? "-" : "NOT ");
      print_expr(e->args[0], names, true, out);
    } else {
      print_expr(e->args[0], names, true, out);
      rn_builder_printf(out, " %s", name);
      if (infix) {
        rn_builder_char(out, ' ');
        print_expr(e->args[1], names, true, out);
      } else if (in_list) {
        rn_builder_text(out, " (");
        print_list(e, 1, ", ", false, names, out);
        rn_builder_char(out, ')');
      }
    }
    if (nested) rn_builder_char(out, ')');
    return;
  }
  rn_builder_text(out, name);
  rn_builder_char(out, '(');
  print_list(e, 0, ", ", false, names, out);
  rn_builder_char(out, ')');
}

static void print_expr(const rn_expr *e, const char *const *names, bool nested, rn_builder *out) {
  switch (e->kind) {
    case RN_EXPR_COLUMN:
      if (names && names[e->index]) {
        rn_builder_text(out, names[e->index]);
      } else {
        rn_builder_printf(out, "$%u", e->index);
      }
      break;
    case RN_EXPR_CONST: print_value(&e->value, out); break;
    case RN_EXPR_OUTER: rn_builder_printf(out, "$outer%lld.%u", (long long)e->value.u.i, e->index); break;
    case RN_EXPR_CALL: print_call(e, names, nested, out); break;
    case RN_EXPR_AND: case RN_EXPR_OR:
      if (nested) rn_builder_char(out, '(');
      print_list(e, 0, e->kind == RN_EXPR_AND ? " AND " : " OR ", true, names, out);
      if (nested) rn_builder_char(out, ')');
      break;
    case RN_EXPR_CASE:
      rn_builder_text(out, "CASE");
      for (uint32_t i = 0; i + 1 < e->arg_count; i += 2) {
        rn_builder_text(out, " WHEN ");
        print_expr(e->args[i], names, false, out);
        rn_builder_text(out, " THEN ");
        print_expr(e->args[i + 1], names, false, out);
      }
      rn_builder_text(out, " ELSE ");
      print_expr(e->args[e->arg_count - 1], names, false, out);
      rn_builder_text(out, " END");
      break;
    case RN_EXPR_COALESCE:
      rn_builder_text(out, "COALESCE(");
      print_list(e, 0, ", ", false, names, out);
      rn_builder_char(out, ')');
      break;
    case RN_EXPR_FIELD:
      print_expr(e->args[0], names, true, out);
      rn_builder_printf(out, ".%s", e->args[0]->type->names ? e->args[0]->type->names[e->index] : "?");
      break;
  }
}

void rn_expr_print(const rn_expr *e, const char *const *names, rn_builder *out) { print_expr(e, names, false, out); }
