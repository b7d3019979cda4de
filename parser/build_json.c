/* Constructors of the JSON functions with clauses: see build.h and rn_ast_json. The grammar takes every clause
 * everywhere; which of them a function has is said here, so that the message can name what it does take. */
#include "parser/build.h"

rn_exprs rn_exprs_join(rn_parser *p, rn_exprs list, rn_exprs more) {
  for (uint32_t i = 0; i < more.count; i++) list = rn_exprs_add(p, list, more.items[i]);
  return list;
}
rn_exprs rn_exprs_pair(rn_parser *p, rn_ast_expr *a, rn_ast_expr *b) {
  return rn_exprs_add(p, rn_exprs_add(p, (rn_exprs){0}, a), b);
}

/* --- clauses ------------------------------------------------------------------------------------------------ */
rn_json_nulls rn_no_json_nulls(void) { return (rn_json_nulls){RN_JSON_NO_NULL_CLAUSE, {0, 0}}; }
rn_json_nulls rn_build_json_nulls(rn_token begin, rn_token end, bool absent) {
  return (rn_json_nulls){absent ? RN_JSON_ABSENT_ON_NULL : RN_JSON_NULL_ON_NULL, rn_span_join(begin.span, end.span)};
}
rn_json_wrapper_clause rn_no_json_wrapper(void) { return (rn_json_wrapper_clause){RN_JSON_NO_WRAPPER_CLAUSE, {0, 0}}; }
rn_json_wrapper_clause rn_build_json_wrapper(rn_json_wrapper kind, rn_token begin, rn_token end) {
  return (rn_json_wrapper_clause){kind, rn_span_join(begin.span, end.span)};
}
rn_ast_json_behaviour rn_build_json_behaviour(rn_json_behaviour kind, rn_token begin, rn_token end,
                                              rn_ast_expr *value) {
  return (rn_ast_json_behaviour){
      kind, value, rn_span_join(rn_span_join(begin.span, end.span), value ? value->span : (rn_span){0, 0})};
}
static void add(rn_parser *p, rn_ast_json_behaviour *slot, rn_ast_json_behaviour clause, rn_token end,
                const char *where) {
  clause.span = rn_span_join(clause.span, end.span);
  if (slot->kind != RN_JSON_NO_CLAUSE) {
    p->failed = true;
    (void)rn_diag(p->diags, RN_E_SYNTAX, clause.span, NULL, "there is an %s clause already", where);
    return;
  }
  *slot = clause;
}
rn_json_behaviours rn_json_on_empty(rn_parser *p, rn_json_behaviours list, rn_ast_json_behaviour clause, rn_token end) {
  add(p, &list.on_empty, clause, end, "ON EMPTY");
  return list;
}
rn_json_behaviours rn_json_on_error(rn_parser *p, rn_json_behaviours list, rn_ast_json_behaviour clause, rn_token end) {
  add(p, &list.on_error, clause, end, "ON ERROR");
  return list;
}

/* --- calls ---------------------------------------------------------------------------------------------------- */
#define BIT(kind) (1u << (kind))

static void allow(rn_parser *p, const rn_ast_json_behaviour *clause, unsigned allowed, const char *message) {
  if (clause->kind == RN_JSON_NO_CLAUSE || (allowed & BIT(clause->kind))) return;
  p->failed = true;
  (void)rn_diag(p->diags, RN_E_SYNTAX, clause->span, NULL, "%s", message);
}

static rn_ast_expr *make(rn_parser *p, rn_token word, rn_exprs args, rn_token end) {
  rn_args list = {0};
  for (uint32_t i = 0; i < args.count; i++) list = rn_args_add(p, list, NULL, args.items[i]);
  rn_ast_expr *e = rn_build_call(p, rn_build_word_path(p, word), list, end);
  e->json = RN_NEW(p->arena, rn_ast_json);
  return e;
}
/* With a name that is known: upper case, whatever was written. */
static rn_ast_expr *make_json(rn_parser *p, rn_token word, const char *name, rn_exprs args, rn_token end) {
  rn_ast_expr *e = make(p, word, args, end);
  e->kind = RN_AST_JSON;
  e->name = name;
  e->path = (rn_ast_path){0};
  return e;
}

rn_json_input rn_build_json_input(rn_ast_expr *json, rn_ast_expr *path) { return (rn_json_input){json, path, {0}, {0, 0}}; }
rn_json_input rn_build_json_passing(rn_ast_expr *json, rn_ast_expr *path, rn_token word, rn_select_items passing) {
  return (rn_json_input){json, path, passing, rn_span_join(word.span, passing.items[passing.count - 1].span)};
}

static rn_ast_expr *reader(rn_parser *p, rn_token word, const char *name, rn_json_input in, rn_json_behaviours b, rn_token end) {
  rn_exprs args = rn_exprs_pair(p, in.json, in.path);
  if (b.on_empty.value) args = rn_exprs_add(p, args, b.on_empty.value);
  if (b.on_error.value) args = rn_exprs_add(p, args, b.on_error.value);
  rn_ast_expr *e = make_json(p, word, name, args, end);
  e->json->on_empty = b.on_empty;
  e->json->on_error = b.on_error;
  e->json->passing_count = in.passing.count;
  e->json->passing = in.passing.items;
  e->json->passing_span = in.span;
  for (uint32_t i = 0; i < in.passing.count; i++) {
    uint32_t depth = in.passing.items[i].expr->depth + 1;
    if (depth > e->depth) e->depth = rn_parser_depth(p, depth);
  }
  return e;
}
rn_ast_expr *rn_build_json_value(rn_parser *p, rn_token word, rn_json_input input, rn_ast_type *returning, rn_json_behaviours behaviours, rn_token end) {
  static const char message[] = "JSON_VALUE takes NULL, ERROR or DEFAULT x ON EMPTY and ON ERROR";
  unsigned allowed = BIT(RN_JSON_NULL) | BIT(RN_JSON_ERROR) | BIT(RN_JSON_DEFAULT);
  rn_ast_expr *e = reader(p, word, "JSON_VALUE", input, behaviours, end);
  e->json->returning = returning;
  allow(p, &behaviours.on_empty, allowed, message);
  allow(p, &behaviours.on_error, allowed, message);
  return e;
}
rn_ast_expr *rn_build_json_query(rn_parser *p, rn_token word, rn_json_input input, rn_ast_type *returning, rn_json_wrapper_clause wrapper, rn_json_behaviours behaviours,
                                 rn_token end) {
  static const char message[] = "JSON_QUERY takes NULL, ERROR, EMPTY ARRAY or EMPTY OBJECT ON EMPTY and ON ERROR";
  unsigned allowed = BIT(RN_JSON_NULL) | BIT(RN_JSON_ERROR) | BIT(RN_JSON_EMPTY_ARRAY) | BIT(RN_JSON_EMPTY_OBJECT);
  rn_ast_expr *e = reader(p, word, "JSON_QUERY", input, behaviours, end);
  e->json->returning = returning;
  e->json->wrapper = wrapper.kind;
  e->json->wrapper_span = wrapper.span;
  allow(p, &behaviours.on_empty, allowed, message);
  allow(p, &behaviours.on_error, allowed, message);
  return e;
}
rn_ast_expr *rn_build_json_exists(rn_parser *p, rn_token word, rn_json_input input, rn_json_behaviours behaviours, rn_token end) {
  static const char message[] = "JSON_EXISTS takes TRUE, FALSE, UNKNOWN or ERROR ON ERROR, and no ON EMPTY";
  rn_ast_expr *e = reader(p, word, "JSON_EXISTS", input, behaviours, end);
  allow(p, &behaviours.on_empty, 0, message);
  allow(p, &behaviours.on_error, BIT(RN_JSON_TRUE) | BIT(RN_JSON_FALSE) | BIT(RN_JSON_UNKNOWN) | BIT(RN_JSON_ERROR),
        message);
  return e;
}
static rn_ast_expr *with_nulls(rn_ast_expr *e, rn_json_nulls nulls) {
  e->json->on_null = nulls.kind;
  e->json->on_null_span = nulls.span;
  return e;
}
rn_ast_expr *rn_build_json_object(rn_parser *p, rn_token word, rn_exprs pairs, rn_json_nulls nulls, rn_token end) {
  return with_nulls(make_json(p, word, "JSON_OBJECT", pairs, end), nulls);
}
rn_ast_expr *rn_build_json_array(rn_parser *p, rn_token word, rn_exprs values, rn_json_nulls nulls, rn_token end) {
  return with_nulls(make_json(p, word, "JSON_ARRAY", values, end), nulls);
}
rn_ast_expr *rn_build_json_aggregate(rn_parser *p, rn_token word, rn_exprs args, rn_json_nulls nulls, rn_token end) {
  return with_nulls(make(p, word, args, end), nulls);
}
