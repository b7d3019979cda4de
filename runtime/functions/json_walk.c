/* Evaluation of JSON paths over text: see json_path.h. The pass that checks the document finds what the definite
 * beginning of the path leads to; only what follows it (`[*]`, `..`, slices, filters) walks that part again. */
#include <stdlib.h>

#include "base/alloc.h"
#include "runtime/functions/json_path.h"

void json_scratch_free(json_scratch *s) {
  RN_VEC_FREE(&s->list);
  RN_VEC_FREE(&s->members);
  rn_builder_free(&s->text);
  rn_builder_free(&s->other);
  json_filter_match_free(s->match);
  rn_arena_free(&s->arena);
}

rn_slice json_plain(json_scratch *s, rn_slice raw) {
  if (!memchr(raw.ptr, '\\', raw.len)) return raw;
  char *text = rn_arena_alloc_aligned(&s->arena, raw.len, 1);
  return rn_slice_make(text, rn_json_unescape(raw, text));
}

/* --- objects --------------------------------------------------------------------------------------------------- */

/* UTF-16 puts what lies beyond U+FFFF (lead bytes F0 and up) before U+E000..U+FFFF (EE, EF). */
int json_compare_names(rn_slice a, rn_slice b) {
  size_t n = a.len < b.len ? a.len : b.len, i = 0;
  while (i < n && a.ptr[i] == b.ptr[i]) i++;
  if (i == n) return (a.len > b.len) - (a.len < b.len);
  unsigned char x = (unsigned char)a.ptr[i], y = (unsigned char)b.ptr[i];
  if (x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0)) return x >= 0xF0 ? -1 : 1;
  return x < y ? -1 : 1;
}
static int by_name(const void *a, const void *b) {
  const json_member *x = a, *y = b;
  int order = json_compare_names(x->name, y->name);
  return order ? order : (x->position > y->position) - (x->position < y->position);
}
static int by_position(const void *a, const void *b) {
  const json_member *x = a, *y = b;
  return (x->position > y->position) - (x->position < y->position);
}
/* Small ones in place: nearly all are small, and nearly sorted. */
static void sort_members(json_member *m, uint32_t count, int (*compare)(const void *, const void *)) {
  if (count > 24) {
    qsort(m, count, sizeof *m, compare);
    return;
  }
  for (uint32_t i = 1; i < count; i++) {
    json_member moved = m[i];
    uint32_t k = i;
    for (; k && compare(&m[k - 1], &moved) > 0; k--) m[k] = m[k - 1];
    m[k] = moved;
  }
}

uint32_t json_members(json_scratch *s, rn_slice object, bool sorted) {
  size_t base = s->members.len;
  rn_json_walk walk;
  rn_json_walk_begin(&walk, object);
  while (rn_json_walk_next(&walk)) {
    json_member m = {json_plain(s, walk.name), walk.value, (uint32_t)(s->members.len - base)};
    RN_VEC_PUSH(&s->members, m);
  }
  uint32_t count = (uint32_t)(s->members.len - base), kept = 0;
  json_member *m = count ? &s->members.data[base] : NULL;
  sort_members(m, count, by_name);
  for (uint32_t i = 0; i < count; i++) {
    if (kept && rn_slice_eq(m[kept - 1].name, m[i].name)) m[kept - 1].value = m[i].value;
    else m[kept++] = m[i];
  }
  if (!sorted) sort_members(m, kept, by_position);
  s->members.len = base + kept;
  return kept;
}

rn_slice json_member_of(json_scratch *s, rn_slice object, rn_slice name) {
  rn_slice found = {NULL, 0};
  if (object.ptr[0] != '{') return found;
  rn_json_walk walk;
  rn_json_walk_begin(&walk, object);
  while (rn_json_walk_next(&walk)) {
    if (walk.name.len >= name.len && rn_slice_eq(json_plain(s, walk.name), name)) found = walk.value;
  }
  return found;
}

rn_slice json_element_of(rn_slice array, int64_t index) {
  rn_slice none = {NULL, 0};
  if (array.ptr[0] != '[') return none;
  rn_json_walk walk;
  if (index < 0) {
    rn_json_walk_begin(&walk, array);
    while (rn_json_walk_next(&walk)) index++;
    if (index < 0) return none;
    int64_t length = 0;
    rn_json_walk_begin(&walk, array);
    while (rn_json_walk_next(&walk)) length++;
    if (index >= length) return none;
  }
  rn_json_walk_begin(&walk, array);
  while (rn_json_walk_next(&walk)) {
    if (index-- == 0) return walk.value;
  }
  return none;
}

rn_slice json_follow(json_scratch *s, const json_path_step *steps, uint32_t count, rn_slice node, rn_slice root,
                     bool lax) {
  for (uint32_t i = 0; i < count && node.ptr; i++) {
    if (steps[i].kind == JSON_NAME) node = json_member_of(s, node, steps[i].names[0]);
    else if (steps[i].kind == JSON_INDEX) node = json_element_of(node, steps[i].indexes[0]);
    else if (!json_function_call(s, &steps[i], node, root, lax, &node)) return (rn_slice){NULL, 0};
  }
  return node;
}

/* --- the walk ----------------------------------------------------------------------------------------------------- */

typedef struct walker {
  const json_path_step *steps;
  uint32_t step_count;
  bool lax;
  json_scratch *s;
  rn_slice root;
  bool too_much, failed;
} walker;

static bool walk(walker *w, uint32_t step, rn_slice node, bool definite);

static bool is_nested(rn_slice node) { return node.ptr[0] == '{' || node.ptr[0] == '['; }

/* The value of each member or element goes on with the step. */
static void each_child(walker *w, uint32_t next, rn_slice node) {
  if (node.ptr[0] == '[') {
    rn_json_walk items;
    rn_json_walk_begin(&items, node);
    while (rn_json_walk_next(&items)) (void)walk(w, next, items.value, false);
  } else if (node.ptr[0] == '{') {
    size_t base = w->s->members.len;
    uint32_t count = json_members(w->s, node, false);
    for (uint32_t i = 0; i < count; i++) (void)walk(w, next, w->s->members.data[base + i].value, false);
    w->s->members.len = base;
  }
}

/* [from:to:step] with a negative step, as in Python and RFC 9535: from the later elements down, without `to`. */
static void each_backwards(walker *w, uint32_t next, rn_json_walk *items, int64_t length, const int64_t *range) {
  rn_slice *elements = rn_arena_alloc(&w->s->arena, ((size_t)length + 1) * sizeof *elements);
  for (int64_t i = 0; rn_json_walk_next(items); i++) elements[i] = items->value;
  int64_t from = range[0], to = range[1];
  if (from < 0) from += length;
  if (from >= length) from = length - 1;
  if (to < 0) to = to < -length ? -1 : to + length;
  for (int64_t i = from; i >= 0 && i > to; i += range[2]) (void)walk(w, next, elements[i], false);
}

static void each_of_slice(walker *w, uint32_t next, rn_slice array, const int64_t *range) {
  int64_t length = 0, i = 0, from = range[0], to = range[1], stride = range[2];
  rn_json_walk items;
  rn_json_walk_begin(&items, array);
  while (rn_json_walk_next(&items)) length++;
  rn_json_walk_begin(&items, array);
  if (stride < 0) {
    each_backwards(w, next, &items, length, range);
    return;
  }
  if (from < 0) from = from + length < 0 ? 0 : from + length;
  if (to < 0) to += length;
  for (; rn_json_walk_next(&items); i++) {
    if (i >= from && i < to && (i - from) % stride == 0) (void)walk(w, next, items.value, false);
  }
}

/* ['a','b'] at the end is an object of those that are there; before other steps each on its own. */
static void each_name(walker *w, uint32_t step, rn_slice object) {
  const json_path_step *s = &w->steps[step];
  bool last = step + 1 == w->step_count;
  rn_builder *b = &w->s->text;
  rn_builder_clear(b);
  rn_builder_char(b, '{');
  for (uint32_t i = 0; i < s->count; i++) {
    rn_slice value = json_member_of(w->s, object, s->names[i]);
    if (!value.ptr) continue;
    if (!last) {
      (void)walk(w, step + 1, value, false);
      continue;
    }
    if (b->len > 1) rn_builder_char(b, ',');
    rn_json_put_string(b, s->names[i]);
    rn_builder_char(b, ':');
    rn_builder_slice(b, value);
  }
  if (!last) return;
  rn_builder_char(b, '}');
  (void)walk(w, step + 1, rn_slice_make(rn_arena_strndup(&w->s->arena, b->data, b->len), b->len), false);
}

/* False: a definite step found nothing, which ends it all. */
static bool apply(walker *w, uint32_t step, rn_slice node, bool definite) {
  const json_path_step *s = &w->steps[step];
  switch (s->kind) {
    case JSON_NAME:
    case JSON_INDEX: {
      rn_slice value = json_follow(w->s, s, 1, node, w->root, w->lax);
      return value.ptr ? walk(w, step + 1, value, definite) : !definite;
    }
    case JSON_NAMES:
      if (node.ptr[0] != '{') return !definite;
      each_name(w, step, node);
      return true;
    case JSON_INDEXES:
      if (node.ptr[0] != '[') return !definite;
      for (uint32_t i = 0; i < s->count; i++) {
        rn_slice value = json_element_of(node, s->indexes[i]);
        if (value.ptr) (void)walk(w, step + 1, value, false);
      }
      return true;
    case JSON_SLICE:
      if (node.ptr[0] != '[') return !definite;
      each_of_slice(w, step + 1, node, s->indexes);
      return true;
    case JSON_CALL: {
      rn_slice value;
      if (!json_function_call(w->s, s, node, w->root, w->lax, &value)) w->failed = true;
      else return walk(w, step + 1, value, definite);
      return true;
    }
    case JSON_WILDCARD:
      each_child(w, step + 1, node);
      return true;
    default:
      break;
  }
  if (node.ptr[0] == '[') {
    rn_json_walk items;
    rn_json_walk_begin(&items, node);
    while (rn_json_walk_next(&items)) {
      if (json_filter_accepts(w->s, s->filter, items.value, w->root, w->lax))
        (void)walk(w, step + 1, items.value, false);
    }
  } else if (node.ptr[0] == '{') {
    if (json_filter_accepts(w->s, s->filter, node, w->root, w->lax)) (void)walk(w, step + 1, node, false);
  } else if (definite) { /* an error in lax mode, too, as Flink has it */
    w->s->why = "a filter stands behind a value that is no list and no object";
    w->failed = true;
  }
  return true;
}

/* `..`: the step at this node, then at all below, in the order they stand in. */
static void scan(walker *w, uint32_t step, rn_slice node) {
  if (++w->s->visits > RN_JSON_VISITS_MAX) w->too_much = true;
  if (!is_nested(node) || w->too_much) return;
  const json_path_step *s = &w->steps[step];
  bool fits = s->kind != JSON_FILTER || node.ptr[0] == '{';
  for (uint32_t i = 0; s->kind == JSON_NAMES && i < s->count && fits; i++)
    fits = json_member_of(w->s, node, s->names[i]).ptr != NULL;
  if (fits) (void)apply(w, step, node, false);
  if (node.ptr[0] == '[') {
    rn_json_walk items;
    rn_json_walk_begin(&items, node);
    while (rn_json_walk_next(&items)) scan(w, step, items.value);
  } else {
    size_t base = w->s->members.len;
    uint32_t count = json_members(w->s, node, false);
    for (uint32_t i = 0; i < count; i++) scan(w, step, w->s->members.data[base + i].value);
    w->s->members.len = base;
  }
}

static bool walk(walker *w, uint32_t step, rn_slice node, bool definite) {
  if (w->failed) return true;
  if (w->too_much || ++w->s->visits > RN_JSON_VISITS_MAX) {
    w->too_much = true;
    return true;
  }
  if (step == w->step_count) {
    RN_VEC_PUSH(&w->s->list, node);
    return true;
  }
  if (w->steps[step].deep) {
    scan(w, step, node);
    return true;
  }
  return apply(w, step, node, definite);
}

rn_slice json_follow_all(json_scratch *s, const json_path_step *steps, uint32_t count, rn_slice node, rn_slice root, bool lax) {
  size_t base = s->list.len;
  walker w = {.steps = steps, .step_count = count, .lax = lax, .s = s, .root = root};
  bool found = walk(&w, 0, node, true) && !w.too_much && !w.failed;
  rn_builder list = {0};
  for (size_t i = base; i < s->list.len; i++) {
    rn_builder_char(&list, i == base ? '[' : ',');
    rn_builder_slice(&list, s->list.data[i]);
  }
  rn_builder_text(&list, s->list.len == base ? "[]" : "]");
  rn_slice value = {NULL, 0};
  if (found || lax) value = rn_slice_make(rn_arena_strndup(&s->arena, list.data, list.len), list.len);
  rn_builder_free(&list);
  s->list.len = base;
  return value;
}

bool json_argument_values(json_scratch *s, const json_argument *argument, rn_slice root, bool lax) {
  if (argument->value.ptr) {
    RN_VEC_PUSH(&s->list, argument->value);
    return true;
  }
  walker w = {.steps = argument->steps, .step_count = argument->step_count, .lax = lax, .s = s, .root = root};
  s->why = "the path of an argument leads nowhere";
  bool found = walk(&w, 0, root, true);
  if (w.too_much) s->why = "the path of an argument looks at more values than there should be";
  return !w.too_much && !w.failed && (found || lax);
}

json_outcome json_path_evaluate(const json_path *path, rn_slice text, json_scratch *s, rn_slice *value,
                                rn_json_fault *fault) {
  s->list.len = s->members.len = 0;
  s->visits = 0;
  if (s->arena.used_bytes) rn_arena_reset(&s->arena);
  rn_slice node;
  size_t end = 0;
  if (!rn_json_find(text, path->prefix, path->prefix_count, &node, &end, fault)) return JSON_BAD_TEXT;
  rn_slice root = rn_slice_trim(rn_slice_make(text.ptr, end));
  if (!node.ptr || (path->prefix_count == 0 && node.ptr[0] == 'n')) {
    if (root.ptr[0] == 'n') return JSON_NULL_TEXT;
    return path->definite || !path->lax ? JSON_MISSING : JSON_LIST;
  }
  *value = node;
  if (path->prefix_count == path->step_count) return JSON_FOUND;
  walker w = {.steps = path->steps, .step_count = path->step_count, .lax = path->lax, .s = s, .root = root};
  bool found = walk(&w, path->prefix_count, node, true);
  if (w.too_much) return JSON_TOO_MUCH;
  if (w.failed) return JSON_FAILED;
  if (!found) {
    s->list.len = 0;
    return path->definite || !path->lax ? JSON_MISSING : JSON_LIST;
  }
  if (!path->definite) return JSON_LIST;
  *value = s->list.data[0];
  return JSON_FOUND;
}
