/* Compilation of JSON paths: see json_path.h. A recursive descent over the text; what Jayway takes by accident (an
 * open bracket at the end, letters behind a bracket) is refused here with the place. */
#include "runtime/functions/json_path.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/limits.h"

rn_status json_path_refuse(json_path_reader *r, const char *at, const char *why) {
  size_t len = (size_t)(r->end - r->begin);
  if (r->fault) *r->fault = (size_t)(at - r->begin);
  return rn_fail(r->err, RN_E_VALUE, "%.*s%s is no JSON path: at character %zu %s", (int)(len > 100 ? 100 : len),
                 r->begin, len > 100 ? ".." : "", rn_utf8_length(r->begin, (size_t)(at - r->begin)) + 1, why);
}

static bool take(json_path_reader *r, char c) {
  if (r->at >= r->end || *r->at != c) return false;
  r->at++;
  return true;
}

rn_status json_path_quoted(json_path_reader *r, rn_slice *out) {
  const char *from = r->at;
  char quote = *r->at++, *text = rn_arena_alloc_aligned(r->arena, (size_t)(r->end - from), 1);
  size_t n = 0;
  while (r->at < r->end && *r->at != quote) {
    if (*r->at == '\\' && r->end - r->at > 1) r->at++;
    text[n++] = *r->at++;
  }
  if (!take(r, quote)) return json_path_refuse(r, from, "the quote does not end");
  *out = rn_slice_make(text, n);
  return RN_OK;
}

static bool ends_name(char c) {
  return c == '.' || c == '[' || c == '(' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
/* In filters and arguments names end at operators too. */
static bool ends_inner_name(char c) { return ends_name(c) || memchr(")]<>=!&|~,", c, 10) != NULL; }

static rn_status read_name(json_path_reader *r, bool inner, json_path_step *step) {
  const char *from = r->at;
  while (r->at < r->end && !(inner ? ends_inner_name(*r->at) : ends_name(*r->at))) r->at++;
  if (r->at == from) return json_path_refuse(r, from, "a name must stand");
  if (r->at < r->end && *r->at == '(') {
    if (step->deep) return json_path_refuse(r, from, "a function stands behind \"..\"");
    return json_function_compile(r, rn_slice_make(from, (size_t)(r->at - from)), step);
  }
  step->kind = JSON_NAME;
  step->count = 1;
  step->names = RN_NEW(r->arena, rn_slice);
  *step->names = rn_slice_make(rn_arena_strndup(r->arena, from, (size_t)(r->at - from)), (size_t)(r->at - from));
  return RN_OK;
}

static rn_status read_number(json_path_reader *r, int64_t *out) {
  const char *from = r->at;
  bool minus = take(r, '-');
  int64_t n = 0;
  const char *digits = r->at;
  for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
    n = n * 10 + (*r->at - '0');
    if (n > INT32_MAX) return json_path_refuse(r, from, "the number is too large");
  }
  if (r->at == digits) return json_path_refuse(r, from, "a number, a name in quotes, * or ?(..) must stand");
  *out = minus ? -n : n;
  return RN_OK;
}

static bool ends_slice_part(const json_path_reader *r) { return r->at < r->end && (*r->at == ']' || *r->at == ':'); }

static rn_status read_names(json_path_reader *r, json_path_step *step) {
  for (;;) {
    rn_slice name;
    if (r->at >= r->end || (*r->at != '\'' && *r->at != '"'))
      return json_path_refuse(r, r->at, "a name in quotes must stand");
    if (json_path_quoted(r, &name) != RN_OK) return RN_FAIL;
    RN_ARRAY_PUSH(r->arena, step->names, step->count, name);
    json_path_skip_blank(r);
    if (!take(r, ',')) break;
    json_path_skip_blank(r);
  }
  step->kind = step->count == 1 ? JSON_NAME : JSON_NAMES;
  return RN_OK;
}

/* 0   -1   0,2   1:   :2   -2:   1:3   :   ::2   1:5:2 */
static rn_status read_numbers(json_path_reader *r, json_path_step *step) {
  int64_t n = 0;
  bool open_from = *r->at == ':';
  if (!open_from && read_number(r, &n) != RN_OK) return RN_FAIL;
  json_path_skip_blank(r);
  if (take(r, ':')) {
    step->kind = JSON_SLICE;
    step->indexes = RN_NEW_N(r->arena, int64_t, 3);
    step->indexes[0] = n;
    step->indexes[1] = INT64_MAX;
    step->indexes[2] = 1;
    json_path_skip_blank(r);
    bool open_to = ends_slice_part(r);
    if (!open_to && read_number(r, &step->indexes[1]) != RN_OK) return RN_FAIL;
    json_path_skip_blank(r);
    if (!take(r, ':')) return RN_OK;
    json_path_skip_blank(r);
    const char *from = r->at;
    if (!ends_slice_part(r) && read_number(r, &step->indexes[2]) != RN_OK) return RN_FAIL;
    if (step->indexes[2] == 0) return json_path_refuse(r, from, "the step of a slice is 0");
    if (step->indexes[2] < 0 && open_from) step->indexes[0] = INT64_MAX;
    if (step->indexes[2] < 0 && open_to) step->indexes[1] = INT64_MIN;
    return RN_OK;
  }
  RN_ARRAY_PUSH(r->arena, step->indexes, step->count, n);
  while (take(r, ',')) {
    json_path_skip_blank(r);
    if (read_number(r, &n) != RN_OK) return RN_FAIL;
    RN_ARRAY_PUSH(r->arena, step->indexes, step->count, n);
    json_path_skip_blank(r);
  }
  step->kind = step->count == 1 ? JSON_INDEX : JSON_INDEXES;
  return RN_OK;
}

static bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static rn_status put_constant(json_path_reader *r, rn_builder *json) {
  json_path_skip_blank(r);
  const char *from = r->at;
  if (r->at < r->end && (*r->at == '\'' || *r->at == '"')) {
    rn_slice text;
    if (json_path_quoted(r, &text) != RN_OK) return RN_FAIL;
    rn_json_put_string(json, text);
    return RN_OK;
  }
  if (take(r, '[')) { /* not as JSON: texts stand in either quotes */
    rn_builder_char(json, '[');
    json_path_skip_blank(r);
    if (r->at < r->end && *r->at != ']') {
      do {
        if (json->data[json->len - 1] != '[') rn_builder_char(json, ',');
        if (json_path_constant(r, json) != RN_OK) return RN_FAIL;
        json_path_skip_blank(r);
      } while (take(r, ','));
    }
    rn_builder_char(json, ']');
    return take(r, ']') ? RN_OK : json_path_refuse(r, r->at, "\"]\" must stand");
  }
  while (r->at < r->end && (memchr("+-.", *r->at, 3) || is_word(*r->at))) r->at++;
  rn_slice text = rn_slice_make(from, (size_t)((r->at > from ? r->at : r->end) - from)), found;
  size_t end = 0;
  rn_json_fault fault;
  if (!rn_json_find(text, NULL, 0, &found, &end, &fault) || (r->at > from && end != text.len)) {
    r->at = from;
    return json_path_refuse(r, from, "one of a number, a 'text', true, false, null, [..], {..} must stand");
  }
  rn_builder_slice(json, found);
  r->at = from + end;
  return RN_OK;
}
rn_status json_path_constant(json_path_reader *r, rn_builder *json) {
  if (r->depth >= RN_NESTING_MAX) return json_path_refuse(r, r->at, "the path is nested too deeply");
  r->depth++;
  rn_status status = put_constant(r, json);
  r->depth--;
  return status;
}

static rn_status read_bracket(json_path_reader *r, json_path_step *step) {
  json_path_skip_blank(r);
  if (r->at >= r->end) return json_path_refuse(r, r->at, "the bracket does not end");
  rn_status status = RN_OK;
  if (*r->at == '\'' || *r->at == '"') {
    status = read_names(r, step);
  } else if (take(r, '*')) {
    step->kind = JSON_WILDCARD;
  } else if (*r->at == '?') {
    const char *from = r->at++;
    if (r->in_filter) return json_path_refuse(r, from, "a filter stands in a filter");
    json_path_skip_blank(r);
    if (!take(r, '(')) return json_path_refuse(r, r->at, "\"(\" must stand");
    step->kind = JSON_FILTER;
    status = json_filter_compile(r, &step->filter);
  } else {
    status = read_numbers(r, step);
  }
  if (status != RN_OK) return RN_FAIL;
  json_path_skip_blank(r);
  return take(r, ']') ? RN_OK : json_path_refuse(r, r->at, "\"]\" must stand");
}

rn_status json_path_steps(json_path_reader *r, bool inner, uint32_t *count, json_path_step **steps) {
  *count = 0;
  *steps = NULL;
  while (r->at < r->end && (*r->at == '.' || *r->at == '[')) {
    if (*count && (*steps)[*count - 1].kind == JSON_CALL) return json_path_refuse(r, r->at, "a function ends the path");
    if (*count == RN_JSON_TEXT_DEPTH_MAX) return json_path_refuse(r, r->at, "the path is too long");
    json_path_step step;
    memset(&step, 0, sizeof step);
    if (*r->at == '.') {
      r->at++;
      step.deep = take(r, '.');
    }
    rn_status status = RN_OK;
    if (take(r, '[')) {
      status = read_bracket(r, &step);
    } else if (take(r, '*')) {
      step.kind = JSON_WILDCARD;
    } else {
      status = read_name(r, inner, &step);
    }
    RN_ARRAY_PUSH(r->arena, *steps, *count, step); /* also when it failed: its filter is freed with the path */
    if (status != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

/* `lax ` or `strict ` before the path, any case. */
static bool read_mode(json_path_reader *r) {
  static const struct {
    const char *word;
    size_t len;
  } modes[] = {{"lax", 3}, {"strict", 6}};
  const char *before = r->at;
  json_path_skip_blank(r);
  for (size_t i = 0; i < 2; i++) {
    if ((size_t)(r->end - r->at) <= modes[i].len ||
        !rn_slice_eq_nocase(rn_slice_make(r->at, modes[i].len), rn_slice_of(modes[i].word)))
      continue;
    const char *behind = r->at + modes[i].len;
    if (*behind != ' ' && *behind != '\t' && *behind != '\n' && *behind != '\r') continue;
    r->at = behind;
    json_path_skip_blank(r);
    if (r->at == r->end) break;
    return i == 0;
  }
  r->at = before;
  return false;
}

/* The steps that the check of a document can do on its way. */
static void make_prefix(json_path *path) {
  uint32_t n = 0;
  while (n < path->step_count && !path->steps[n].deep &&
         (path->steps[n].kind == JSON_NAME || (path->steps[n].kind == JSON_INDEX && path->steps[n].indexes[0] >= 0)))
    n++;
  path->prefix_count = n;
  path->prefix = RN_NEW_N(&path->arena, rn_json_step, n ? n : 1);
  for (uint32_t i = 0; i < n; i++) {
    bool index = path->steps[i].kind == JSON_INDEX;
    path->prefix[i].index = index ? path->steps[i].indexes[0] : -1;
    if (!index) path->prefix[i].name = path->steps[i].names[0];
  }
}

static rn_status read_path(json_path_reader *r, json_path *path) {
  path->lax = read_mode(r);
  while (r->end > r->at && (r->end[-1] == ' ' || r->end[-1] == '\t' || r->end[-1] == '\n' || r->end[-1] == '\r'))
    r->end--;
  if (r->at == r->end) return json_path_refuse(r, r->at, "it is empty");
  if (*r->at == '$' || *r->at == '@') {
    r->at++;
    if (json_path_steps(r, false, &path->step_count, &path->steps) != RN_OK) return RN_FAIL;
  } else { /* `a.b` is $.a.b */
    bool dot = *r->at == '.' || *r->at == '[';
    json_path_step first;
    memset(&first, 0, sizeof first);
    first.deep = *r->at == '.';
    if (dot) r->at++;
    rn_status status = dot && r->at[-1] == '[' ? read_bracket(r, &first) : read_name(r, false, &first);
    json_path_step *rest = NULL;
    uint32_t count = 0;
    bool called = first.kind == JSON_CALL && r->at < r->end;
    if (status == RN_OK && called) status = json_path_refuse(r, r->at, "a function ends the path");
    if (status == RN_OK) status = json_path_steps(r, false, &count, &rest);
    RN_ARRAY_PUSH(r->arena, path->steps, path->step_count, first);
    for (uint32_t i = 0; i < count; i++) RN_ARRAY_PUSH(r->arena, path->steps, path->step_count, rest[i]);
    if (status != RN_OK) return RN_FAIL;
  }
  if (r->at < r->end) {
    bool blank = *r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r';
    return json_path_refuse(
        r, r->at, blank ? "a blank stands; a name with blanks is written ['a b']" : "\".\" or \"[\" must stand");
  }
  return RN_OK;
}

bool json_path_is_definite(const json_path_step *steps, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    json_step_kind kind = steps[i].kind;
    bool one = kind == JSON_NAME || kind == JSON_INDEX || kind == JSON_CALL || (kind == JSON_NAMES && i + 1 == count);
    if (steps[i].deep || !one) return false;
  }
  return true;
}

/* $..a.sum() is $.sum($..a): of all together, not of each. */
static void call_with_all(json_path *path) {
  uint32_t last = path->step_count - 1;
  if (path->step_count < 2 || !path->steps[0].deep || path->steps[last].kind != JSON_CALL || path->steps[last].count)
    return;
  json_path_step *call = RN_NEW(&path->arena, json_path_step);
  *call = path->steps[last];
  call->count = 1;
  call->arguments = RN_NEW(&path->arena, json_argument);
  *call->arguments = (json_argument){.step_count = last, .steps = path->steps};
  path->steps = call;
  path->step_count = 1;
}

json_path *json_path_compile(rn_slice text, size_t *fault, rn_error *err) {
  json_path *path = rn_calloc(1, sizeof *path);
  rn_arena_init(&path->arena);
  json_path_reader r = {
      .begin = text.ptr, .at = text.ptr, .end = text.ptr + text.len, .arena = &path->arena, .err = err, .fault = fault};
  if (read_path(&r, path) != RN_OK) {
    json_path_free(path);
    return NULL;
  }
  call_with_all(path);
  path->definite = json_path_is_definite(path->steps, path->step_count);
  make_prefix(path);
  return path;
}

static void free_steps(json_path_step *steps, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    json_filter_free(steps[i].filter);
    if (steps[i].kind != JSON_CALL) continue;
    for (uint32_t k = 0; k < steps[i].count; k++) free_steps(steps[i].arguments[k].steps, steps[i].arguments[k].step_count);
  }
}
void json_path_free(json_path *path) {
  if (!path) return;
  free_steps(path->steps, path->step_count);
  rn_arena_free(&path->arena);
  rn_free(path);
}
