/* Functions at the end of JSON paths: $.items.length(), $.sum($.a, $.b[*].c), in filters too. They are those of the
 * JSONPath library that Flink uses (Jayway); what it computes wrongly (max of negative numbers, the last of one
 * element, texts in single quotes) is right here. A result is JSON text in the scratch, so that the path's reader
 * knows no difference; sums and means are DOUBLE, written as Java does. */
#include <float.h>
#include <math.h>

#include "base/limits.h"
#include "base/number.h"
#include "runtime/functions/json_path.h"

typedef struct caller {
  json_scratch *s;
  const json_path_step *step;
  rn_slice node; /* what the function is of */
  size_t base;   /* s->list from here on: values of the arguments */
  rn_slice root;
  bool lax;
} caller;

struct json_function {
  const char *name, *takes;
  uint32_t min_args, max_args;
  bool (*call)(caller *c, rn_slice *value); /* false: s->why */
};

static bool fails(caller *c, const char *why) {
  c->s->why = why;
  return false;
}
/* Where a result is written. Only behind the arguments: functions in them write there too. */
static rn_builder *start(caller *c) {
  rn_builder_clear(&c->s->text);
  return &c->s->text;
}
static bool give(caller *c, rn_slice *value) {
  const rn_builder *text = &c->s->text;
  *value = rn_slice_make(rn_arena_strndup(&c->s->arena, text->data, text->len), text->len);
  return true;
}
static bool give_null(rn_slice *value) {
  *value = rn_slice_of("null");
  return true;
}

static bool is_nested(rn_slice v) { return v.ptr[0] == '{' || v.ptr[0] == '['; }
static bool is_number(rn_slice v) { return v.ptr[0] == '-' || (v.ptr[0] >= '0' && v.ptr[0] <= '9'); }

static int64_t count_children(caller *c, rn_slice v) {
  int64_t count = 0;
  if (v.ptr[0] == '{') {
    count = json_members(c->s, v, false);
    c->s->members.len -= (size_t)count;
  } else if (v.ptr[0] == '[') {
    rn_json_walk walk;
    rn_json_walk_begin(&walk, v);
    while (rn_json_walk_next(&walk)) count++;
  }
  return count;
}

static bool length(caller *c, rn_slice *value) {
  int64_t count = 0;
  if (c->step->count == 0) {
    if (!is_nested(c->node)) return give_null(value);
    count = count_children(c, c->node);
  }
  if (c->step->count && !json_argument_values(c->s, c->step->arguments, c->root, c->lax)) return false;
  for (size_t i = c->base; i < c->s->list.len; i++) count += count_children(c, c->s->list.data[i]);
  rn_builder_int(start(c), count);
  return give(c, value);
}

/* --- numbers --------------------------------------------------------------------------------------------------- */

typedef struct totals {
  double sum, squares, min, max;
  int64_t count;
} totals;

static void add(totals *t, rn_slice v) {
  double x;
  if (!is_number(v) || !rn_parse_double(v, false, &x)) return;
  t->min = t->count && t->min < x ? t->min : x;
  t->max = t->count && t->max > x ? t->max : x;
  t->sum += x;
  t->squares += x * x;
  t->count++;
}
static void add_elements(totals *t, rn_slice array) {
  rn_json_walk walk;
  rn_json_walk_begin(&walk, array);
  while (rn_json_walk_next(&walk)) add(t, walk.value);
}
/* Numbers of the array that the function is of, and of its arguments: themselves or, of one value that is an array,
 * its elements. */
static bool aggregate(caller *c, totals *t) {
  *t = (totals){0};
  if (c->node.ptr[0] == '[') add_elements(t, c->node);
  for (uint32_t a = 0; a < c->step->count; a++) {
    const json_argument *argument = &c->step->arguments[a];
    c->s->list.len = c->base;
    if (!json_argument_values(c->s, argument, c->root, c->lax)) return false;
    for (size_t i = c->base; i < c->s->list.len; i++) {
      rn_slice v = c->s->list.data[i];
      if (v.ptr[0] == '[' && argument->definite) add_elements(t, v);
      else add(t, v);
    }
  }
  return t->count || fails(c, "there is no number");
}
static bool give_double(caller *c, double x, rn_slice *value) {
  if (!(x >= -DBL_MAX && x <= DBL_MAX)) return fails(c, "the result is no DOUBLE");
  rn_format_double(start(c), x);
  return give(c, value);
}
static bool smallest(caller *c, rn_slice *value) {
  totals t;
  return aggregate(c, &t) && give_double(c, t.min, value);
}
static bool largest(caller *c, rn_slice *value) {
  totals t;
  return aggregate(c, &t) && give_double(c, t.max, value);
}
static bool sum(caller *c, rn_slice *value) {
  totals t;
  return aggregate(c, &t) && give_double(c, t.sum, value);
}
static bool mean(caller *c, rn_slice *value) {
  totals t;
  return aggregate(c, &t) && give_double(c, t.sum / (double)t.count, value);
}
/* Of the population, in Jayway's order of operations. */
static bool deviation(caller *c, rn_slice *value) {
  totals t;
  if (!aggregate(c, &t)) return false;
  double n = (double)t.count, variance = t.squares / n - t.sum * t.sum / n / n;
  return give_double(c, sqrt(variance > 0 ? variance : 0), value);
}

/* --- elements -------------------------------------------------------------------------------------------------- */

static bool element(caller *c, int64_t index, rn_slice *value) {
  if (c->node.ptr[0] != '[') return fails(c, "it is no array");
  *value = json_element_of(c->node, index);
  return value->ptr || fails(c, "the array has no such element");
}
static bool first(caller *c, rn_slice *value) { return element(c, 0, value); }
static bool last(caller *c, rn_slice *value) { return element(c, -1, value); }
static bool at_index(caller *c, rn_slice *value) {
  double index;
  if (!json_argument_values(c->s, c->step->arguments, c->root, c->lax)) return false;
  rn_slice number = c->s->list.len == c->base + 1 ? c->s->list.data[c->base] : rn_slice_of("\"");
  if (!is_number(number) || !rn_parse_double(number, false, &index) || !(fabs(index) <= INT32_MAX))
    return fails(c, "the argument is no number of an element");
  return element(c, (int64_t)index, value);
}
static bool keys(caller *c, rn_slice *value) {
  if (c->node.ptr[0] != '{') return give_null(value);
  size_t base = c->s->members.len;
  uint32_t count = json_members(c->s, c->node, false);
  rn_builder *out = start(c);
  rn_builder_char(out, '[');
  for (uint32_t i = 0; i < count; i++) {
    if (i) rn_builder_char(out, ',');
    rn_json_put_string(out, c->s->members.data[base + i].name);
  }
  rn_builder_char(out, ']');
  c->s->members.len = base;
  return give(c, value);
}

/* --- made of arguments ------------------------------------------------------------------------------------------ */

static void put_plain(caller *c, rn_slice v) {
  rn_builder *out = &c->s->other;
  if (v.ptr[0] == '"') rn_builder_slice(out, json_plain(c->s, rn_slice_make(v.ptr + 1, v.len - 2)));
  else if (v.ptr[0] != 'n') rn_builder_slice(out, v);
}
/* Texts of the array that the function is of, then the arguments as texts, arrays by their elements. */
static bool concat(caller *c, rn_slice *value) {
  for (uint32_t a = 0; a < c->step->count; a++) {
    if (!json_argument_values(c->s, &c->step->arguments[a], c->root, c->lax)) return false;
  }
  rn_json_walk walk;
  rn_builder_clear(&c->s->other);
  if (c->node.ptr[0] == '[') {
    rn_json_walk_begin(&walk, c->node);
    while (rn_json_walk_next(&walk)) {
      if (walk.value.ptr[0] == '"') put_plain(c, walk.value);
    }
  }
  for (size_t i = c->base; i < c->s->list.len; i++) {
    rn_slice v = c->s->list.data[i];
    if (v.ptr[0] == '[') {
      rn_json_walk_begin(&walk, v);
      while (rn_json_walk_next(&walk)) put_plain(c, walk.value);
    } else {
      put_plain(c, v);
    }
  }
  rn_json_put_string(start(c), rn_slice_make(c->s->other.data, c->s->other.len));
  return give(c, value);
}
/* The array with the arguments behind it; what is none stays. */
static bool append(caller *c, rn_slice *value) {
  *value = c->node;
  if (c->node.ptr[0] != '[') return true;
  for (uint32_t a = 0; a < c->step->count; a++) {
    if (!json_argument_values(c->s, &c->step->arguments[a], c->root, c->lax)) return false;
  }
  rn_builder *out = start(c);
  rn_builder_append(out, c->node.ptr, c->node.len - 1);
  bool any = count_children(c, c->node) > 0;
  for (size_t i = c->base; i < c->s->list.len; i++, any = true) {
    if (any) rn_builder_char(out, ',');
    rn_builder_slice(out, c->s->list.data[i]);
  }
  rn_builder_char(out, ']');
  return give(c, value);
}

/* --- table ----------------------------------------------------------------------------------------------------- */

enum { MANY = 100 };
static const json_function functions[] = {
    {"length", "no argument or a path", 0, 1, length},
    {"size", "no argument or a path", 0, 1, length},
    {"min", "paths and numbers", 0, MANY, smallest},
    {"max", "paths and numbers", 0, MANY, largest},
    {"avg", "paths and numbers", 0, MANY, mean},
    {"sum", "paths and numbers", 0, MANY, sum},
    {"stddev", "paths and numbers", 0, MANY, deviation},
    {"first", "no argument", 0, 0, first},
    {"last", "no argument", 0, 0, last},
    {"index", "one argument, the element's number from 0", 1, 1, at_index},
    {"keys", "no argument", 0, 0, keys},
    {"concat", "paths and texts", 0, MANY, concat},
    {"append", "paths and values", 0, MANY, append},
};

static const char *function_names(rn_arena *arena) {
  const char *names = "";
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    names = rn_arena_printf(arena, "%s%s%s", names, i ? " " : "", functions[i].name);
  return names;
}

static rn_status read_argument(json_path_reader *r, json_argument *out) {
  if (r->at < r->end && *r->at == '$') {
    r->at++;
    if (json_path_steps(r, true, &out->step_count, &out->steps) != RN_OK) return RN_FAIL;
    out->definite = json_path_is_definite(out->steps, out->step_count);
    return RN_OK;
  }
  if (r->at < r->end && *r->at == '@')
    return json_path_refuse(r, r->at, "\"@\" stands; the path of an argument begins with $, the whole document");
  rn_builder json = {0};
  rn_status status = json_path_constant(r, &json);
  if (status == RN_OK) out->value = rn_slice_make(rn_arena_strndup(r->arena, json.data, json.len), json.len);
  out->definite = true;
  rn_builder_free(&json);
  return status;
}

static rn_status read_arguments(json_path_reader *r, json_path_step *step) {
  json_path_skip_blank(r);
  if (r->at < r->end && *r->at == ')') return RN_OK;
  for (;;) {
    json_argument argument = {0};
    rn_status status = read_argument(r, &argument);
    RN_ARRAY_PUSH(r->arena, step->arguments, step->count, argument); /* also when it failed: for what its path owns */
    if (status != RN_OK) return RN_FAIL;
    json_path_skip_blank(r);
    if (r->at >= r->end || *r->at != ',') return RN_OK;
    r->at++;
    json_path_skip_blank(r);
  }
}

rn_status json_function_compile(json_path_reader *r, rn_slice name, json_path_step *step) {
  step->kind = JSON_CALL;
  for (size_t i = 0; i < sizeof functions / sizeof *functions && !step->function; i++) {
    if (rn_slice_eq(name, rn_slice_of(functions[i].name))) step->function = &functions[i];
  }
  if (!step->function)
    return json_path_refuse(r, name.ptr, rn_arena_printf(r->arena, "an unknown function is called; there are %s",
                                                         function_names(r->arena)));
  if (r->depth >= RN_NESTING_MAX) return json_path_refuse(r, r->at, "the path is nested too deeply");
  r->depth++;
  r->at++;
  if (read_arguments(r, step) != RN_OK) return RN_FAIL;
  r->depth--;
  if (r->at >= r->end || *r->at != ')') return json_path_refuse(r, r->at, "\")\" must stand");
  r->at++;
  bool fits = step->count >= step->function->min_args && step->count <= step->function->max_args;
  if (fits && step->function->call == length && step->count) fits = !step->arguments[0].value.ptr;
  if (fits) return RN_OK;
  return json_path_refuse(r, name.ptr, rn_arena_printf(r->arena, "%s() takes %s", step->function->name, step->function->takes));
}

bool json_function_call(json_scratch *s, const json_path_step *call, rn_slice node, rn_slice root, bool lax,
                        rn_slice *value) {
  caller c = {.s = s, .step = call, .node = node, .base = s->list.len, .root = root, .lax = lax};
  bool done = call->function->call(&c, value);
  s->list.len = c.base;
  return done;
}
