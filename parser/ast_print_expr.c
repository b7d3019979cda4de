/* AST -> text: expressions and types. Parentheses stand only where the grammar's levels need them, so the text
 * parses to the same tree. */
#include "base/alloc.h"
#include "parser/print.h"
#include "parser/token.h"
#include "sql_grammar.h"

typedef enum level { L_OR = 1, L_AND, L_NOT, L_IS, L_COMPARE, L_PRED, L_ADD, L_MUL, L_UNARY, L_PRIMARY } level;

static const struct {
  const char *name;
  level level;
} operators[] = {
    {"OR", L_OR},     {"AND", L_AND},   {"=", L_COMPARE}, {"<>", L_COMPARE}, {"<", L_COMPARE}, {"<=", L_COMPARE}, {">", L_COMPARE},
    {">=", L_COMPARE}, {"+", L_ADD},    {"-", L_ADD},     {"*", L_MUL},      {"/", L_MUL},     {"%", L_MUL},      {"||", L_MUL},
};
static level level_of(const rn_ast_expr *e) {
  switch (e->kind) {
    case RN_AST_BINARY_OP:
      for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (strcmp(operators[i].name, e->name) == 0) return operators[i].level;
      return L_OR;
    case RN_AST_UNARY: return e->name[0] == 'N' ? L_NOT : L_UNARY;
    case RN_AST_IS: return L_IS;
    case RN_AST_QUANTIFIED: return L_COMPARE;
    case RN_AST_BETWEEN: case RN_AST_IN: case RN_AST_LIKE: case RN_AST_OVERLAPS: return L_PRED;
    default: return L_PRIMARY;
  }
}

static void print(const rn_ast_expr *e, rn_builder *out);
static void print_at(const rn_ast_expr *e, level least, rn_builder *out) {
  bool parens = level_of(e) < least;
  if (parens) rn_builder_char(out, '(');
  print(e, out);
  if (parens) rn_builder_char(out, ')');
}
void rn_print_num(const rn_ast_expr *e, rn_builder *out) { print_at(e, L_ADD, out); }
void rn_ast_print_expr(const rn_ast_expr *e, rn_builder *out) { print(e, out); }

static void print_list(uint32_t count, rn_ast_expr *const *items, rn_builder *out) {
  for (uint32_t i = 0; i < count; i++) {
    if (i) rn_builder_text(out, ", ");
    print(items[i], out);
  }
}
static void print_subquery(const rn_ast_query *query, rn_builder *out) {
  rn_builder_char(out, '(');
  rn_ast_print_query(query, out);
  rn_builder_char(out, ')');
}

/* --- calls ------------------------------------------------------------------------------------------------ */
static void print_function(const rn_ast_path *path, rn_builder *out) {
  if (path->count != 1) {
    rn_print_path(path, out);
    return;
  }
  const char *name = path->parts[0].text;
  const rn_keyword *keyword = rn_keyword_find(rn_slice_of(name));
  bool plain = !keyword || (keyword->token != TK_RESERVED && keyword->token != TK_TYPE);
  for (const char *c = name; *c; c++)
    if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_' || *c == '$' || (c > name && *c >= '0' && *c <= '9')))
      plain = false;
  if (plain && keyword && keyword->reserved) { /* reserved words that the grammar does not call are quoted */
    static const int callable[] = {TK_FUNC, TK_NILADIC, TK_HASH, TK_TRUNCATE, TK_LEFT, TK_RIGHT, TK_YEAR, TK_MONTH, TK_DAY, TK_HOUR, TK_MINUTE, TK_SECOND,
                                   TK_GROUPING, TK_EXTRACT, TK_SUBSTRING, TK_OVERLAY, TK_POSITION, TK_TRIM, TK_FLOOR, TK_CEIL};
    plain = false;
    for (size_t i = 0; i < sizeof callable / sizeof callable[0]; i++) plain |= callable[i] == keyword->token;
  }
  if (!plain) {
    rn_print_name(name, out);
    return;
  }
  for (const char *c = name; *c; c++) rn_builder_char(out, *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c);
}

/* --- JSON --- */
static void print_behaviour(const rn_ast_json_behaviour *b, const char *where, rn_builder *out) {
  static const char *const words[] = {"", "NULL", "ERROR", "DEFAULT ", "EMPTY ARRAY", "EMPTY OBJECT", "TRUE", "FALSE", "UNKNOWN"};
  if (b->kind == RN_JSON_NO_CLAUSE) return;
  rn_builder_printf(out, " %s", words[b->kind]);
  if (b->value) print(b->value, out);
  rn_builder_text(out, where);
}
static void print_json(const rn_ast_expr *e, rn_builder *out) {
  static const char *const wrappers[] = {"", " WITHOUT WRAPPER", " WITH CONDITIONAL WRAPPER", " WITH WRAPPER"};
  static const char *const nulls[] = {"", " NULL ON NULL", " ABSENT ON NULL"};
  const rn_ast_json *json = e->json;
  uint32_t count = e->arg_count - (json->on_empty.value ? 1 : 0) - (json->on_error.value ? 1 : 0);
  bool pairs = strncmp(e->name, "JSON_OBJECT", 11) == 0 || rn_text_eq_nocase(e->name, "JSON_OBJECTAGG");
  rn_builder_char(out, '(');
  for (uint32_t i = 0; i < count; i++) {
    if (i) rn_builder_text(out, pairs && i % 2 ? " VALUE " : ", ");
    if (pairs && i % 2 == 0) {
      rn_builder_text(out, "KEY ");
      rn_print_num(e->args[i], out);
    } else {
      print(e->args[i], out);
    }
  }
  for (uint32_t i = 0; i < json->passing_count; i++) {
    rn_builder_text(out, i ? ", " : " PASSING ");
    print(json->passing[i].expr, out);
    rn_builder_text(out, " AS ");
    rn_print_name(json->passing[i].alias.text, out);
  }
  if (json->returning) {
    rn_builder_text(out, " RETURNING ");
    rn_print_type(json->returning, out);
  }
  rn_builder_text(out, wrappers[json->wrapper]);
  print_behaviour(&json->on_empty, " ON EMPTY", out);
  print_behaviour(&json->on_error, " ON ERROR", out);
  const char *clause = nulls[json->on_null];
  rn_builder_text(out, out->data[out->len - 1] == '(' && *clause ? clause + 1 : clause);
  rn_builder_char(out, ')');
}

/* Calls that the grammar spells with words between the arguments. False: a plain call. */
static bool print_special(const rn_ast_expr *e, rn_builder *out) {
  if (e->path.count != 1 || e->arg_names || e->distinct || e->star || e->arg_count == 0) return false;
  const rn_keyword *keyword = rn_keyword_find(rn_slice_of(e->name));
  if (!keyword) return false;
  rn_builder_text(out, keyword->word);
  rn_builder_char(out, '(');
  switch (keyword->token) {
    case TK_EXTRACT:
      rn_builder_text(out, e->args[0]->text);
      rn_builder_text(out, " FROM ");
      print(e->args[1], out);
      break;
    case TK_TRIM:
      if (e->arg_count == 3) {
        rn_builder_text(out, e->args[0]->text);
        rn_builder_char(out, ' ');
        print(e->args[1], out);
        rn_builder_text(out, " FROM ");
      }
      print(e->args[e->arg_count - 1], out);
      break;
    case TK_POSITION:
      rn_print_num(e->args[0], out);
      rn_builder_text(out, " IN ");
      rn_print_num(e->args[1], out);
      if (e->arg_count > 2) {
        rn_builder_text(out, " FROM ");
        rn_print_num(e->args[2], out);
      }
      break;
    case TK_FLOOR:
    case TK_CEIL:
      print(e->args[0], out);
      if (e->arg_count > 1) {
        rn_builder_text(out, " TO ");
        print(e->args[1], out);
      }
      break;
    default:
      out->len -= strlen(keyword->word) + 1;
      return false;
  }
  rn_builder_char(out, ')');
  return true;
}

static void print_call(const rn_ast_expr *e, rn_builder *out) {
  const rn_keyword *keyword = e->path.count == 1 ? rn_keyword_find(rn_slice_of(e->name)) : NULL;
  if (e->json) {
    for (const char *c = e->name; *c; c++) rn_builder_char(out, *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c);
    print_json(e, out);
  } else if (!print_special(e, out)) {
    print_function(&e->path, out);
    if (!(keyword && keyword->token == TK_NILADIC && !e->arg_count && !e->star)) {
      rn_builder_char(out, '(');
      if (e->distinct) rn_builder_text(out, "DISTINCT ");
      if (e->star) rn_builder_char(out, '*');
      for (uint32_t i = 0; i < e->arg_count; i++) {
        if (i) rn_builder_text(out, ", ");
        if (e->arg_names && e->arg_names[i]) {
          rn_print_name(e->arg_names[i], out);
          rn_builder_text(out, " => ");
        }
        print(e->args[i], out);
      }
      if (e->order_count && !e->within_group) {
        rn_builder_char(out, ' ');
        rn_print_order(e->order_count, e->order, out);
      }
      rn_builder_char(out, ')');
    }
  }
  if (e->within_group) {
    rn_builder_text(out, " WITHIN GROUP (");
    rn_print_order(e->order_count, e->order, out);
    rn_builder_char(out, ')');
  }
  if (e->filter) {
    rn_builder_text(out, " FILTER (WHERE ");
    print(e->filter, out);
    rn_builder_char(out, ')');
  }
  if (e->nulls_mode) rn_builder_text(out, e->nulls_mode == 1 ? " RESPECT NULLS" : " IGNORE NULLS");
  if (e->over) {
    rn_builder_text(out, " OVER ");
    rn_print_window(e->over, out);
  }
}

/* --- literals ------------------------------------------------------------------------------------------------ */
void rn_print_string(const char *text, size_t len, rn_builder *out) {
  rn_builder_quoted(out, rn_slice_make(text, len), '\'');
}
/* "DAY TO SECOND", 3, 6 -> DAY(3) TO SECOND(6) */
void rn_print_qualifier(const char *name, int32_t precision, int32_t scale, rn_builder *out) {
  const char *to = strstr(name, " TO ");
  size_t first = to ? (size_t)(to - name) : strlen(name);
  rn_builder_append(out, name, first);
  if (precision >= 0) {
    rn_builder_printf(out, "(%d", precision);
    if (!to && scale >= 0) rn_builder_printf(out, ", %d", scale);
    rn_builder_char(out, ')');
  }
  if (!to) return;
  rn_builder_text(out, to);
  if (scale >= 0) rn_builder_printf(out, "(%d)", scale);
}

static void print_case(const rn_ast_expr *e, rn_builder *out) {
  uint32_t i = 0, end = e->arg_count - (e->has_else ? 1 : 0);
  rn_builder_text(out, "CASE");
  if (e->has_operand) {
    rn_builder_char(out, ' ');
    print(e->args[i++], out);
  }
  for (; i + 1 < end; i += 2) {
    rn_builder_text(out, " WHEN ");
    print(e->args[i], out);
    rn_builder_text(out, " THEN ");
    print(e->args[i + 1], out);
  }
  if (e->has_else) {
    rn_builder_text(out, " ELSE ");
    print(e->args[end], out);
  }
  rn_builder_text(out, " END");
}

static void print_infix(const rn_ast_expr *e, rn_builder *out) {
  level at = level_of(e);
  print_at(e->args[0], at, out);
  rn_builder_printf(out, " %s ", e->bang ? "!=" : e->name);
  print_at(e->args[1], at + 1, out);
}

static const char *not_word(const rn_ast_expr *e) { return e->negated ? "NOT " : ""; }

static void print(const rn_ast_expr *e, rn_builder *out) {
  switch (e->kind) {
    case RN_AST_NULL: rn_builder_text(out, e->cast_type ? "UNKNOWN" : "NULL"); break;
    case RN_AST_BOOLEAN: rn_builder_text(out, e->boolean ? "TRUE" : "FALSE"); break;
    case RN_AST_NUMBER: case RN_AST_UNIT: rn_builder_text(out, e->text); break;
    case RN_AST_STRING: rn_print_string(e->text, e->text_len, out); break;
    case RN_AST_BINARY:
      rn_builder_text(out, "X'");
      for (uint32_t i = 0; i < e->text_len; i++) rn_builder_printf(out, "%02X", (unsigned)(unsigned char)e->text[i]);
      rn_builder_char(out, '\'');
      break;
    case RN_AST_TEMPORAL:
      rn_builder_printf(out, "%s ", e->name);
      rn_print_string(e->text, e->text_len, out);
      break;
    case RN_AST_INTERVAL:
      rn_builder_text(out, e->negative ? "INTERVAL -" : "INTERVAL ");
      if (e->arg_count) {
        rn_builder_char(out, '(');
        print(e->args[0], out);
        rn_builder_char(out, ')');
      } else {
        rn_print_string(e->text, e->text_len, out);
      }
      rn_builder_char(out, ' ');
      rn_print_qualifier(e->name, e->precision, e->scale, out);
      break;
    case RN_AST_COLUMN: rn_print_path(&e->path, out); break;
    case RN_AST_STAR:
      if (e->path.count) {
        rn_print_path(&e->path, out);
        rn_builder_char(out, '.');
      }
      rn_builder_char(out, '*');
      break;
    case RN_AST_CALL: case RN_AST_JSON: print_call(e, out); break;
    case RN_AST_UNARY:
      rn_builder_text(out, e->name);
      if (e->name[0] == 'N') rn_builder_char(out, ' ');
      print_at(e->args[0], e->name[0] == 'N' ? L_NOT : L_PRIMARY, out);
      break;
    case RN_AST_BINARY_OP: print_infix(e, out); break;
    case RN_AST_IS:
      print_at(e->args[0], L_IS, out);
      rn_builder_printf(out, " IS %s%s", not_word(e), e->name);
      if (e->arg_count > 1) {
        rn_builder_char(out, ' ');
        print_at(e->args[1], L_COMPARE, out);
      }
      break;
    case RN_AST_BETWEEN:
      print_at(e->args[0], L_PRED, out);
      rn_builder_printf(out, " %sBETWEEN %s", not_word(e), e->symmetric ? "SYMMETRIC " : "");
      rn_print_num(e->args[1], out);
      rn_builder_text(out, " AND ");
      rn_print_num(e->args[2], out);
      break;
    case RN_AST_IN:
      print_at(e->args[0], L_PRED, out);
      rn_builder_printf(out, " %sIN ", not_word(e));
      if (e->query) {
        print_subquery(e->query, out);
      } else {
        rn_builder_char(out, '(');
        print_list(e->arg_count - 1, e->args + 1, out);
        rn_builder_char(out, ')');
      }
      break;
    case RN_AST_LIKE:
      print_at(e->args[0], L_PRED, out);
      rn_builder_printf(out, " %s%s ", not_word(e), e->name);
      rn_print_num(e->args[1], out);
      if (e->arg_count > 2) {
        rn_builder_text(out, " ESCAPE ");
        rn_print_num(e->args[2], out);
      }
      break;
    case RN_AST_CASE: print_case(e, out); break;
    case RN_AST_CAST:
      rn_builder_printf(out, "%s(", e->name);
      print(e->args[0], out);
      rn_builder_text(out, " AS ");
      rn_print_type(e->cast_type, out);
      rn_builder_char(out, ')');
      break;
    case RN_AST_EXISTS:
      rn_builder_text(out, "EXISTS ");
      print_subquery(e->query, out);
      break;
    case RN_AST_SUBQUERY: print_subquery(e->query, out); break;
    case RN_AST_QUANTIFIED:
      print_at(e->args[0], L_COMPARE, out);
      rn_builder_printf(out, " %s %s ", e->bang ? "!=" : e->name, e->text);
      print_subquery(e->query, out);
      break;
    case RN_AST_ROW:
      rn_builder_text(out, e->name || e->arg_count == 1 ? "ROW(" : "(");
      print_list(e->arg_count, e->args, out);
      rn_builder_char(out, ')');
      break;
    case RN_AST_ARRAY: case RN_AST_MAP:
      rn_builder_text(out, e->kind == RN_AST_MAP ? "MAP[" : "ARRAY[");
      print_list(e->arg_count, e->args, out);
      rn_builder_char(out, ']');
      break;
    case RN_AST_SUBSCRIPT:
      print_at(e->args[0], L_PRIMARY, out);
      rn_builder_char(out, '[');
      print(e->args[1], out);
      rn_builder_char(out, ']');
      break;
    case RN_AST_FIELD: {
      bool parens = level_of(e->args[0]) < L_PRIMARY || e->args[0]->kind == RN_AST_COLUMN || e->args[0]->kind == RN_AST_NUMBER;
      if (parens) rn_builder_char(out, '(');
      print(e->args[0], out);
      if (parens) rn_builder_char(out, ')');
      rn_builder_char(out, '.');
      rn_print_path(&e->path, out);
      break;
    }
    case RN_AST_OVERLAPS:
      print_at(e->args[0], L_PRED, out);
      rn_builder_text(out, " OVERLAPS ");
      rn_print_num(e->args[1], out);
      break;
    case RN_AST_TIME_DIFF:
      rn_builder_char(out, '(');
      print_at(e->args[0], L_ADD, out);
      rn_builder_text(out, " - ");
      print_at(e->args[1], L_MUL, out);
      rn_builder_text(out, ") ");
      rn_print_qualifier(e->name, e->precision, e->scale, out);
      break;
  }
}

/* --- types ----------------------------------------------------------------------------------------------------- */
static void print_type_name(const rn_ast_type *t, rn_builder *out) {
  const rn_keyword *keyword = rn_keyword_find(rn_slice_of(t->name));
  if ((keyword && keyword->token != TK_ID) || strchr(t->name, ' '))
    rn_builder_text(out, t->name);
  else
    rn_print_name(t->name, out);
}
void rn_print_type(const rn_ast_type *t, rn_builder *out) {
  if (t->qualifier) {
    rn_builder_text(out, "INTERVAL ");
    rn_print_qualifier(t->qualifier, t->precision, t->scale, out);
  } else if (t->field_count || t->class_name) {
    bool row = strcmp(t->name, "ROW") == 0 || t->class_name;
    rn_builder_printf(out, "%s<", t->name);
    if (t->class_name) rn_print_string(t->class_name, strlen(t->class_name), out);
    for (uint32_t i = 0; i < t->field_count; i++) {
      if (i || t->class_name) rn_builder_text(out, ", ");
      if (row) {
        rn_print_name(t->fields[i].name.text, out);
        rn_builder_char(out, ' ');
      }
      rn_print_type(t->fields[i].type, out);
    }
    rn_builder_char(out, '>');
  } else if (t->precision >= 0 && strchr(t->name, ' ')) { /* TIMESTAMP WITH TIME ZONE: the size follows the first word */
    const char *space = strchr(t->name, ' ');
    rn_builder_append(out, t->name, (size_t)(space - t->name));
    rn_builder_printf(out, "(%d)%s", t->precision, space);
  } else {
    print_type_name(t, out);
    if (t->precision >= 0) {
      rn_builder_printf(out, "(%d", t->precision);
      if (t->scale >= 0) rn_builder_printf(out, ", %d", t->scale);
      rn_builder_char(out, ')');
    }
  }
  if (t->nullability) rn_builder_text(out, t->nullability > 0 ? " NULL" : " NOT NULL");
}
