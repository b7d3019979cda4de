/* Constructors of types, and of units with their precision: see build.h and the comments of ast.h. */
#include <stdlib.h>
#include "parser/build.h"
#include "sql_grammar.h"

static uint32_t max(uint32_t a, uint32_t b) { return a > b ? a : b; }

/* --- units ---------------------------------------------------------------------------------------------------------------- */
static const struct {
  int token;
  const char *name;
} units[] = {
    {TK_YEAR, "YEAR"},       {TK_YEARS, "YEAR"},       {TK_QUARTER, "QUARTER"}, {TK_QUARTERS, "QUARTER"},
    {TK_MONTH, "MONTH"},     {TK_MONTHS, "MONTH"},     {TK_WEEK, "WEEK"},       {TK_WEEKS, "WEEK"},
    {TK_DAY, "DAY"},         {TK_DAYS, "DAY"},         {TK_HOUR, "HOUR"},       {TK_HOURS, "HOUR"},
    {TK_MINUTE, "MINUTE"},   {TK_MINUTES, "MINUTE"},   {TK_SECOND, "SECOND"},   {TK_SECONDS, "SECOND"},
};

static int32_t number(rn_parser *p, rn_token token) {
  char *end = NULL;
  long value = strtol(token.text, &end, 10);
  if (*end || value < 0 || token.len > 10 || value > INT32_MAX) {
    p->failed = true;
    (void)rn_diag(p->diags, RN_E_LITERAL, token.span, NULL, "\"%.40s\" is not a whole number in range", token.text);
    return -1;
  }
  return (int32_t)value;
}
rn_qualifier rn_build_qualifier(rn_parser *p, rn_token unit, const rn_token *precision, const rn_token *scale) {
  rn_qualifier q = {"", -1, -1, unit.span};
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
    if (units[i].token == unit.kind) q.name = units[i].name;
  if (precision) {
    q.precision = number(p, *precision);
    q.span = rn_span_join(q.span, (rn_span){precision->span.end, precision->span.end + 1});
  }
  if (scale) {
    q.scale = number(p, *scale);
    q.span = rn_span_join(q.span, (rn_span){scale->span.end, scale->span.end + 1});
  }
  return q;
}
static const char *const ranges[][3] = {
    {"YEAR", "MONTH", "YEAR TO MONTH"},   {"DAY", "HOUR", "DAY TO HOUR"},        {"DAY", "MINUTE", "DAY TO MINUTE"},
    {"DAY", "SECOND", "DAY TO SECOND"},   {"HOUR", "MINUTE", "HOUR TO MINUTE"},  {"HOUR", "SECOND", "HOUR TO SECOND"},
    {"MINUTE", "SECOND", "MINUTE TO SECOND"},
};
rn_qualifier rn_build_qualifier_to(rn_parser *p, rn_qualifier from, rn_qualifier to) {
  rn_qualifier q = {NULL, from.precision, to.precision >= 0 ? to.precision : from.scale, rn_span_join(from.span, to.span)};
  for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
    if (strcmp(ranges[i][0], from.name) == 0 && strcmp(ranges[i][1], to.name) == 0) q.name = ranges[i][2];
  if (!q.name) {
    p->failed = true;
    (void)rn_diag(p->diags, RN_E_LITERAL, q.span, NULL, "there is no interval %s TO %s", from.name, to.name);
    q.name = from.name;
  }
  return q;
}

/* --- types ------------------------------------------------------------------------------------------------------------------ */
rn_type_size rn_no_size(void) { return (rn_type_size){-1, -1, {0, 0}}; }
rn_type_size rn_build_size(rn_parser *p, rn_token precision, const rn_token *scale, rn_token end) {
  return (rn_type_size){number(p, precision), scale ? number(p, *scale) : -1, end.span};
}
rn_zone_clause rn_no_zone(void) { return (rn_zone_clause){RN_ZONE_NONE, {0, 0}}; }
rn_zone_clause rn_build_zone(unsigned kind, rn_token end) {
  rn_zone_clause zone = {RN_ZONE_NONE, end.span};
  zone.kind = kind;
  return zone;
}

static rn_ast_type *make_type(rn_parser *p, const char *name, rn_span span) {
  rn_ast_type *t = RN_NEW(p->arena, rn_ast_type);
  t->name = name;
  t->precision = t->scale = -1;
  t->span = span;
  t->depth = 1;
  return t;
}
static const char *const synonyms[][2] = {
    {"INTEGER", "INT"}, {"DEC", "DECIMAL"}, {"NUMERIC", "DECIMAL"}, {"CHARACTER", "CHAR"},
};
rn_ast_type *rn_build_type(rn_parser *p, rn_token word, rn_type_size size) {
  rn_ast_type *t = make_type(p, rn_upper(p, word), rn_span_join(word.span, size.span));
  for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++)
    if (strcmp(t->name, synonyms[i][0]) == 0) t->name = synonyms[i][1];
  t->precision = size.precision;
  t->scale = size.scale;
  return t;
}
rn_ast_type *rn_build_type_path(rn_parser *p, rn_ast_path path) {
  rn_builder text = {0};
  for (uint32_t i = 0; i < path.count; i++) {
    if (i) rn_builder_char(&text, '.');
    rn_builder_text(&text, path.parts[i].text);
  }
  rn_ast_type *t = make_type(p, rn_arena_strdup(p->arena, text.data), path.span);
  rn_builder_free(&text);
  return t;
}
rn_ast_type *rn_build_type_path_sized(rn_parser *p, rn_ast_path path, rn_token end) {
  return rn_build_type_sized_end(rn_build_type_path(p, path), end);
}
rn_ast_type *rn_build_type_sized_end(rn_ast_type *type, rn_token end) {
  type->span = rn_span_join(type->span, end.span);
  return type;
}
rn_ast_type *rn_build_type_varying(rn_parser *p, rn_token word, rn_token varying, rn_type_size size) {
  rn_ast_type *t = rn_build_type(p, word, size);
  t->name = word.kind == TK_BINARY ? "VARBINARY" : "VARCHAR";
  t->span = rn_span_join(t->span, varying.span);
  return t;
}
rn_ast_type *rn_build_type_time(rn_parser *p, rn_token word, rn_type_size size, rn_zone_clause zone) {
  rn_ast_type *t = rn_build_type(p, word, size);
  if (zone.kind == RN_ZONE_LOCAL) t->name = word.kind == TK_TIMESTAMP ? "TIMESTAMP_LTZ" : "TIME WITH LOCAL TIME ZONE";
  if (zone.kind == RN_ZONE_WITH) t->name = word.kind == TK_TIMESTAMP ? "TIMESTAMP WITH TIME ZONE" : "TIME WITH TIME ZONE";
  t->span = rn_span_join(t->span, zone.span);
  return t;
}
rn_ast_type *rn_build_type_interval(rn_parser *p, rn_token word, rn_qualifier qualifier) {
  rn_ast_type *t = make_type(p, "INTERVAL", rn_span_join(word.span, qualifier.span));
  t->qualifier = qualifier.name;
  t->precision = qualifier.precision;
  t->scale = qualifier.scale;
  return t;
}
static rn_ast_type *with_fields(rn_parser *p, rn_ast_type *t, rn_type_fields fields) {
  t->field_count = fields.count;
  t->fields = fields.items;
  for (uint32_t i = 0; i < fields.count; i++) t->depth = max(t->depth, fields.items[i].type->depth + 1);
  if (t->depth > RN_NESTING_MAX) t->depth = rn_parser_depth(p, RN_AST_DEPTH_MAX + t->depth);
  return t;
}
rn_ast_type *rn_build_type_of(rn_parser *p, rn_token word, rn_ast_type *first, rn_ast_type *second, rn_token end) {
  rn_type_fields fields = rn_type_fields_add(p, (rn_type_fields){0}, rn_build_type_field(rn_no_name(), first));
  if (second) fields = rn_type_fields_add(p, fields, rn_build_type_field(rn_no_name(), second));
  return with_fields(p, make_type(p, rn_upper(p, word), rn_span_join(word.span, end.span)), fields);
}
rn_ast_type *rn_build_type_postfix(rn_parser *p, rn_token word, rn_ast_type *element) {
  rn_type_fields fields = rn_type_fields_add(p, (rn_type_fields){0}, rn_build_type_field(rn_no_name(), element));
  return with_fields(p, make_type(p, rn_upper(p, word), rn_span_join(element->span, word.span)), fields);
}
rn_ast_type *rn_build_type_row(rn_parser *p, rn_token word, rn_type_fields fields, rn_token end) {
  return with_fields(p, make_type(p, "ROW", rn_span_join(word.span, end.span)), fields);
}
rn_ast_type *rn_build_type_structured(rn_parser *p, rn_token word, rn_token class_name, rn_type_fields fields, rn_token end) {
  rn_ast_type *t = with_fields(p, make_type(p, "STRUCTURED", rn_span_join(word.span, end.span)), fields);
  t->class_name = class_name.text;
  return t;
}
rn_ast_type *rn_build_nullability(rn_ast_type *type, int8_t nullability, rn_token end) {
  type->nullability = nullability;
  type->span = rn_span_join(type->span, end.span);
  return type;
}
rn_ast_type_field rn_build_type_field(rn_ast_name name, rn_ast_type *type) { return (rn_ast_type_field){name, type}; }
rn_type_fields rn_type_fields_add(rn_parser *p, rn_type_fields list, rn_ast_type_field field) {
  RN_ARRAY_PUSH(p->arena, list.items, list.count, field);
  return list;
}
