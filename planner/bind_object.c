/* Binder: objects: OBJECT_OF('class', 'name', value, ..) and OBJECT_UPDATE(object, 'name', value, ..) (DIALECT 8.6).
 *
 * An object is a ROW whose type carries the name of a class, STRUCTURED<'class', name type, ..>; there are no classes
 * behind the names. Class and names are constants, so that the type is known here; the rows of
 * runtime/functions/scalar_row.c gather the values. */
#include "planner/bind_parts.h"

/* Words that Java keeps for itself: no class is called so. */
static const char *const java_words[] = {
  "abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const", "continue", "default", "do", "double",
  "else", "enum", "extends", "false", "final", "finally", "float", "for", "goto", "if", "implements", "import", "instanceof", "int",
  "interface", "long", "native", "new", "null", "package", "private", "protected", "public", "return", "short", "static", "strictfp",
  "super", "switch", "synchronized", "this", "throw", "throws", "transient", "true", "try", "void", "volatile", "while",
};

static bool is_java_word(const char *part, size_t len) {
  for (size_t i = 0; i < sizeof java_words / sizeof *java_words; i++) {
    if (strlen(java_words[i]) == len && memcmp(java_words[i], part, len) == 0) return true;
  }
  return false;
}

/* Letters, digits, _ and $, not a digit first; what lies beyond ASCII counts as letters. */
static bool is_identifier(const char *part, size_t len) {
  if (len == 0 || (part[0] >= '0' && part[0] <= '9') || is_java_word(part, len)) return false;
  for (size_t i = 0; i < len; i++) {
    char c = part[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || (unsigned char)c >= 0x80;
    if (!letter && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

bool rn_bind_class_name(rn_binder *binder, const char *name, rn_span span) {
  for (const char *part = name;;) {
    size_t len = strcspn(part, ".");
    if (!is_identifier(part, len)) break;
    if (!part[len]) return true;
    part += len + 1;
  }
  rn_diag(binder->diags, RN_E_ARGUMENTS, span, "write a name as of a class: 'User', 'com.example.User'", "'%s' is no class name", name);
  return false;
}

/* A name written as a literal; NULL: a diag was added. */
static const char *literal(rn_binder *binder, const rn_expr *e, const char *what, const char *function) {
  if (e->kind == RN_EXPR_CONST && rn_type_is_string(e->type) && !e->value.is_null) {
    return rn_arena_strndup(binder->arena, e->value.u.text.ptr, e->value.u.text.len);
  }
  rn_diag(binder->diags, RN_E_ARGUMENTS, e->span, NULL, "%s of %s must be a text as written, got %s", what, function,
          e->type->id == RN_T_NULL || (e->kind == RN_EXPR_CONST && e->value.is_null) ? "NULL" : rn_type_is_string(e->type) ? "an expression"
          : rn_type_name(binder->arena, e->type));
  return NULL;
}

/* args[0], then names and values in turn: true when each name is a literal that comes once and each value has a type. */
static bool check_pairs(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count, const char *function, const char **names) {
  if (count % 2 == 0) {
    rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, NULL, "%s needs pairs of name and value: the last name has no value", function);
    return false;
  }
  for (uint32_t i = 1; i < count; i += 2) {
    const char *name = names[i / 2] = literal(binder, args[i], "a field's name", function);
    if (!name) return false;
    for (uint32_t k = 0; k < i / 2; k++) {
      if (strcmp(names[k], name) != 0) continue;
      rn_diag(binder->diags, RN_E_DUPLICATE_NAME, args[i]->span, NULL, "%s names field \"%s\" twice", function, name);
      return false;
    }
    if (args[i + 1]->type->id != RN_T_NULL) continue;
    rn_diag(binder->diags, RN_E_TYPE, args[i + 1]->span, "write CAST(NULL AS type)", "field \"%s\" of %s needs a type", name, function);
    return false;
  }
  return true;
}

rn_expr *rn_bind_object_of(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count) {
  const char *class_name = literal(binder, args[0], "the class", "OBJECT_OF");
  if (!class_name || !rn_bind_class_name(binder, class_name, args[0]->span)) return rn_bind_error(binder, ast->span);
  uint32_t fields = count / 2;
  const char **names = rn_arena_alloc(binder->arena, (fields + 1) * sizeof *names);
  const rn_type **types = rn_arena_alloc(binder->arena, (fields + 1) * sizeof *types);
  if (!check_pairs(binder, ast, args, count, "OBJECT_OF", names)) return rn_bind_error(binder, ast->span);
  for (uint32_t i = 0; i < fields; i++) types[i] = rn_type_with_time(binder->arena, args[2 * i + 2]->type, RN_TIME_NONE);
  return rn_bind_gather(binder, "OBJECT_OF", args, count, rn_type_structured(binder->arena, class_name, fields, names, types, true), ast->span);
}

rn_expr *rn_bind_object_update(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count) {
  const rn_type *object = args[0]->type;
  if (!object->class_name) {
    const char *hint = object->id == RN_T_ROW ? "a ROW becomes one by CAST(r AS STRUCTURED<'class', name type, ..>)" : NULL;
    rn_diag(binder->diags, RN_E_TYPE, args[0]->span, hint, "OBJECT_UPDATE takes an object, as OBJECT_OF makes it, got %s",
            rn_type_name(binder->arena, object));
    return rn_bind_error(binder, ast->span);
  }
  const char **names = rn_arena_alloc(binder->arena, (count / 2 + 1) * sizeof *names);
  const rn_type **types = rn_arena_alloc(binder->arena, (object->child_count + 1) * sizeof *types);
  if (!check_pairs(binder, ast, args, count, "OBJECT_UPDATE", names)) return rn_bind_error(binder, ast->span);
  for (uint32_t i = 0; i < object->child_count; i++) types[i] = object->children[i];
  for (uint32_t i = 1; i < count; i += 2) {
    uint32_t field = 0;
    while (field < object->child_count && strcmp(object->names[field], names[i / 2]) != 0) field++;
    if (field < object->child_count) {
      types[field] = rn_type_with_time(binder->arena, args[i + 1]->type, RN_TIME_NONE);
      continue;
    }
    rn_diag(binder->diags, RN_E_FIELD_NOT_FOUND, args[i]->span, rn_bind_suggest(binder, names[i / 2], object->names, object->child_count),
            "field \"%s\" not found in %s", names[i / 2], rn_type_name(binder->arena, object));
    return rn_bind_error(binder, ast->span);
  }
  return rn_bind_gather(binder, "OBJECT_UPDATE", args, count,
                        rn_type_structured(binder->arena, object->class_name, object->child_count, object->names, types, true), ast->span);
}
