/* Binder: collections: ARRAY[..], MAP[..], x[i] (DIALECT 8.6). Elements get one common type; the values are gathered
 * by the rows ARRAY and MAP, found by the row ITEM (runtime/functions/scalar_collection.c). */
#include "planner/bind_parts.h"

static bool bind_all(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast, rn_expr **out) {
  bool ok = true;
  for (uint32_t i = 0; i < ast->arg_count; i++) {
    out[i] = rn_bind_expr(binder, scope, ast->args[i]);
    ok &= !rn_bind_failed(out[i]);
  }
  return ok;
}

rn_expr *rn_bind_gather(rn_binder *binder, const char *row, rn_expr *const *args, uint32_t count, const rn_type *type, rn_span span) {
  rn_expr *e = rn_expr_make(binder->arena, RN_EXPR_CALL, type, span, count, args);
  e->function = rn_function_find(rn_slice_of(row));
  e->kernel = e->function->kernel;
  return e;
}

static const rn_type *untyped(rn_binder *binder, const rn_ast_expr *ast, const char *what) {
  rn_diag(binder->diags, RN_E_TYPE, ast->span, "write CAST(NULL AS type)", "%s need one value that is not NULL", what);
  return NULL;
}

rn_expr *rn_bind_array(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  uint32_t count = ast->arg_count;
  if (!count) {
    rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, NULL,
            "ARRAY[..] needs at least one element");
    return rn_bind_error(binder, ast->span);
  }
  rn_expr **elements = rn_arena_alloc(binder->arena, count * sizeof *elements);
  if (!bind_all(binder, scope, ast, elements)) return rn_bind_error(binder, ast->span);
  const rn_type *type = rn_bind_common(binder, elements, count, "ARRAY[..]");
  if (type && type->id == RN_T_NULL) type = untyped(binder, ast, "the elements of ARRAY[..]");
  if (!type) return rn_bind_error(binder, ast->span);
  return rn_bind_gather(binder, "ARRAY", elements, count, rn_type_array(binder->arena, type, false), ast->span);
}

rn_expr *rn_bind_map(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  uint32_t count = ast->arg_count, pairs = count / 2;
  if (!count || count % 2) {
    rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, "write MAP[key, value, key, value, ..]", "MAP[..] needs pairs of key and value, got %u value%s",
            count, count == 1 ? "" : "s");
    return rn_bind_error(binder, ast->span);
  }
  rn_expr **args = rn_arena_alloc(binder->arena, count * sizeof *args);
  rn_expr **keys = rn_arena_alloc(binder->arena, pairs * sizeof *keys), **values = rn_arena_alloc(binder->arena, pairs * sizeof *values);
  if (!bind_all(binder, scope, ast, args)) return rn_bind_error(binder, ast->span);
  for (uint32_t i = 0; i < pairs; i++) {
    keys[i] = args[2 * i];
    values[i] = args[2 * i + 1];
  }
  const rn_type *key = rn_bind_common(binder, keys, pairs, "the key list of MAP[..]");
  const rn_type *value = rn_bind_common(binder, values, pairs, "MAP[..]");
  if (key && key->id == RN_T_NULL) key = untyped(binder, ast, "the keys of MAP[..]");
  if (value && value->id == RN_T_NULL) value = untyped(binder, ast, "the values of MAP[..]");
  if (!key || !value) return rn_bind_error(binder, ast->span);
  for (uint32_t i = 0; i < pairs; i++) {
    args[2 * i] = keys[i];
    args[2 * i + 1] = values[i];
  }
  return rn_bind_gather(binder, "MAP", args, count, rn_type_map(binder->arena, key, value, false), ast->span);
}

/* --- x[i] ---------------------------------------------------------------------------------------------- */

static rn_expr *bad_index(rn_binder *binder, const rn_expr *index, const char *hint, const char *wanted) {
  rn_diag(binder->diags, RN_E_TYPE, index->span, hint, "%s, got %s", wanted, rn_type_name(binder->arena, index->type));
  return rn_bind_error(binder, index->span);
}

static rn_expr *array_index(rn_binder *binder, rn_expr *index) {
  bool fits = rn_type_is_integer(index->type) && index->type->id != RN_T_BIGINT;
  if (!fits && index->type->id != RN_T_NULL) {
    const char *hint = rn_type_is_numeric(index->type) ? "write CAST(.. AS INT)" : NULL;
    return bad_index(binder, index, hint, "the index of an ARRAY must be an INT");
  }
  /* Only of a literal: what is computed and lies outside gives NULL. */
  if (index->kind == RN_EXPR_CONST && !index->value.is_null && index->value.u.i < 1) {
    rn_diag(binder->diags, RN_E_ARGUMENTS, index->span, "the first element is x[1]", "the index of an ARRAY starts at 1, got %lld",
            (long long)index->value.u.i);
    return rn_bind_error(binder, index->span);
  }
  return rn_bind_convert(binder, index, rn_type_basic(RN_T_INT, true), false);
}

/* A text of any length meets text keys as it is, an integer integer keys; other numbers are widened to the keys' type. */
static rn_expr *map_key(rn_binder *binder, const rn_type *map, rn_expr *key) {
  const rn_type *wanted = map->children[0];
  bool alike = (rn_type_is_integer(wanted) && rn_type_is_integer(key->type)) ||
               (rn_type_is_string(wanted) && rn_type_is_string(key->type)) ||
               (rn_type_is_binary(wanted) && rn_type_is_binary(key->type));
  if (alike) return key;
  if (key->type->id != RN_T_NULL && !rn_type_same(key->type, wanted) && !rn_cast_is_implicit(key->type, wanted)) {
    const char *name = rn_type_name(binder->arena, wanted);
    return bad_index(binder, key, rn_arena_printf(binder->arena, "write CAST(.. AS %s)", name),
                     rn_arena_printf(binder->arena, "the keys of this MAP are %s", name));
  }
  return rn_bind_convert(binder, key, wanted, false);
}

/* row[2]: a field by its place. */
static rn_expr *row_item(rn_binder *binder, rn_expr *row, const rn_expr *index, rn_span span) {
  uint32_t count = row->type->child_count;
  if (!rn_type_is_integer(index->type) || index->kind != RN_EXPR_CONST || index->value.is_null) {
    return bad_index(binder, index, "a field is taken by its name, too: x.name", "the index of a ROW must be a number as written");
  }
  int64_t place = index->value.u.i;
  if (place < 1 || place > count) {
    rn_diag(binder->diags, RN_E_FIELD_NOT_FOUND, index->span, NULL, "%s has fields 1 to %u, got %lld", rn_type_name(binder->arena, row->type), count,
            (long long)place);
    return rn_bind_error(binder, index->span);
  }
  return rn_bind_field_at(binder, row, (uint32_t)place - 1, span);
}

rn_expr *rn_bind_subscript(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  rn_expr *args[2] = {rn_bind_expr(binder, scope, ast->args[0]), rn_bind_expr(binder, scope, ast->args[1])};
  if (rn_bind_failed(args[0]) || rn_bind_failed(args[1])) return rn_bind_error(binder, ast->span);
  const rn_type *base = args[0]->type;
  if (base->id == RN_T_ROW && !base->class_name) return row_item(binder, args[0], args[1], ast->span);
  if (base->id == RN_T_VARIANT) {
    const rn_type *key = args[1]->type;
    if (rn_type_is_string(key) || rn_type_is_integer(key) || key->id == RN_T_NULL) return rn_bind_call_row(binder, "ITEM", args, 2, ast->span);
    return bad_index(binder, args[1], NULL, "a part of a VARIANT is taken by a name (STRING) or a number from 1 on (INT)");
  }
  if (base->id != RN_T_ARRAY && base->id != RN_T_MAP) {
    rn_diag(binder->diags, RN_E_TYPE, ast->args[0]->span, base->class_name ? "a field of an object is taken by its name: x.name" : NULL, "x[..] takes an ARRAY, a MAP, a ROW or a VARIANT, got %s", rn_type_name(binder->arena, base));
    return rn_bind_error(binder, ast->span);
  }
  args[1] = base->id == RN_T_ARRAY ? array_index(binder, args[1]) : map_key(binder, base, args[1]);
  if (rn_bind_failed(args[1])) return rn_bind_error(binder, ast->span);
  return rn_bind_call_row(binder, "ITEM", args, 2, ast->span);
}
