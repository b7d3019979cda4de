/* LISTAGG, ARRAY_AGG and COLLECT: the values in order of arrival, one behind the other in one block of the state's heap
 * that grows ahead. Merging appends the other block; what leaves an OVER frame is always the oldest, so it is cut off in
 * front, and the block is moved together when half of it is gone. */
#include <stdlib.h>

#include "runtime/collection.h"
#include "runtime/functions/aggregate_rows.h"

typedef struct list_acc {
  rn_ref block; /* 0: no value */
} list_acc;
typedef struct list_head { /* then the values: LISTAGG: separator and text; else a byte (1: NULL) and the encoding */
  uint32_t skip;      /* bytes that have left */
  uint32_t separator; /* its length */
  int64_t count;
} list_head;

static list_head *head_of(const rn_state *state, const list_acc *acc) {
  return (list_head *)(void *)(uintptr_t)rn_state_load(state, acc->block).ptr;
}

/* Room for `bytes` more of one value; NULL: there may be none. */
static char *extend(list_acc *acc, size_t bytes, uint32_t separator, rn_state *state) {
  if (!rn_state_may_extend(state, acc->block, bytes)) return NULL;
  size_t old = acc->block ? rn_state_load(state, acc->block).len : 0;
  char *all = rn_state_extend(state, &acc->block, bytes + (old ? 0 : sizeof(list_head)));
  list_head *head = (list_head *)(void *)all;
  if (!old) {
    *head = (list_head){.separator = separator};
    old = sizeof *head;
  }
  head->count++;
  return all + old;
}

static void list_merge(void *into, const void *from, rn_state *state) {
  list_acc *a = into;
  const list_acc *b = from;
  if (!b->block) return;
  list_head theirs = *head_of(state, b);
  size_t bytes = rn_state_load(state, b->block).len - sizeof theirs - theirs.skip;
  char *to = extend(a, bytes, theirs.separator, state);
  if (!to) return;
  memcpy(to, rn_state_load(state, b->block).ptr + sizeof theirs + theirs.skip, bytes);
  head_of(state, a)->count += theirs.count - 1;
}

static void list_subtract(void *from, const void *what, rn_state *state) {
  list_acc *a = from;
  const list_acc *gone = what;
  if (!gone->block || !a->block) return;
  list_head *head = head_of(state, a);
  const list_head *oldest = head_of(state, gone);
  size_t len = rn_state_load(state, a->block).len - sizeof *head;
  head->count -= oldest->count;
  head->skip += (uint32_t)(rn_state_load(state, gone->block).len - sizeof *oldest - oldest->skip);
  if (head->count <= 0) {
    rn_state_release(state, a->block);
    a->block = 0;
  } else if (head->skip > len / 2) {
    size_t bytes = len - head->skip;
    memmove(head + 1, (const char *)(head + 1) + head->skip, bytes);
    head->skip = 0;
    rn_state_cut(state, a->block, sizeof *head + bytes);
  }
}

/* --- LISTAGG ------------------------------------------------------------------------------------------------------ */

static void add_text(list_acc *acc, rn_slice separator, rn_slice text, rn_state *state) {
  char *to = extend(acc, separator.len + text.len, (uint32_t)separator.len, state);
  if (!to) return;
  memcpy(to, separator.ptr, separator.len);
  if (text.len) memcpy(to + separator.len, text.ptr, text.len);
}

static void listagg_update(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) {
  const rn_str *x = arg->data;
  RN_EACH_VALUE({ add_text((list_acc *)(void *)(slots[i] + offset), rn_slice_of(","), rn_str_slice(&x[row]), state); });
}
static void listagg_with_update(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) {
  const rn_column *text = &arg->children[0];
  const rn_str *x = text->data, *separators = arg->children[1].data;
  for (uint32_t i = 0; i < sel->count; i++) {
    uint32_t row = rn_sel_row(sel, i);
    if (rn_is_null(text, row)) continue;
    add_text((list_acc *)(void *)(slots[i] + offset), rn_str_slice(&separators[row]), rn_str_slice(&x[row]), state);
  }
}
static void listagg_result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,
                           uint32_t out_first_row, rn_state *state, rn_arena *arena) {
  (void)arena;
  for (uint32_t i = 0; i < count; i++) {
    const list_acc *acc = (const list_acc *)(const void *)(slots[i] + offset);
    rn_str *to = (rn_str *)out->data + out_first_row + i;
    *to = rn_str_make("", 0);
    if (!acc->block) {
      rn_set_null(out, out_first_row + i);
      continue;
    }
    const list_head *head = head_of(state, acc);
    size_t front = sizeof *head + head->skip + head->separator;
    *to = rn_str_make((const char *)head + front, rn_state_load(state, acc->block).len - front);
  }
}

/* --- ARRAY_AGG, COLLECT ------------------------------------------------------------------------------------------- */

static void add_value(list_acc *acc, const rn_column *c, uint32_t row, rn_builder *scratch, rn_state *state) {
  rn_builder_clear(scratch);
  rn_builder_char(scratch, rn_is_null(c, row) ? 1 : 0);
  if (rn_is_valid(c, row)) rn_value_encode(scratch, c, row);
  char *to = extend(acc, scratch->len, 0, state);
  if (to) memcpy(to, scratch->data, scratch->len);
}
static void values_update(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) {
  rn_builder scratch = {0};
  RN_EACH_VALUE({ add_value((list_acc *)(void *)(slots[i] + offset), arg, row, &scratch, state); });
  rn_builder_free(&scratch);
}
/* The value is the field of a ROW: it may be NULL. */
static void with_nulls_update(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) {
  rn_builder scratch = {0};
  for (uint32_t i = 0; i < sel->count; i++) {
    add_value((list_acc *)(void *)(slots[i] + offset), &arg->children[0], rn_sel_row(sel, i), &scratch, state);
  }
  rn_builder_free(&scratch);
}

static const char *read_value(const char *from, rn_column *c, uint32_t row, rn_arena *arena) {
  if (!*from) return rn_value_decode(from + 1, c, row, c->capacity, arena);
  rn_value_set_null(c, row, c->capacity, arena);
  return from + 1;
}

static void array_result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,
                         uint32_t out_first_row, rn_state *state, rn_arena *arena) {
  for (uint32_t i = 0; i < count; i++) {
    const list_acc *acc = (const list_acc *)(const void *)(slots[i] + offset);
    uint32_t row = out_first_row + i;
    rn_items_open(out, row);
    if (!acc->block) {
      rn_set_null(out, row);
      continue;
    }
    const list_head *head = head_of(state, acc);
    const char *from = (const char *)(head + 1) + head->skip;
    uint32_t n = (uint32_t)head->count, first = rn_items_extend(out, row, n, arena);
    for (uint32_t k = 0; k < n; k++) from = read_value(from, &out->children[0], first + k, arena);
  }
}

static int by_bytes(const void *a, const void *b) {
  const rn_slice *x = a, *y = b;
  int order = memcmp(x->ptr, y->ptr, x->len < y->len ? x->len : y->len);
  return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Equal values are equal bytes: sorted, they lie side by side. */
static void multiset_result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,
                            uint32_t out_first_row, rn_state *state, rn_arena *arena) {
  for (uint32_t i = 0; i < count; i++) {
    const list_acc *acc = (const list_acc *)(const void *)(slots[i] + offset);
    uint32_t row = out_first_row + i;
    rn_items_open(out, row);
    if (!acc->block) continue;
    const list_head *head = head_of(state, acc);
    uint32_t n = (uint32_t)head->count, different = 0;
    rn_column scratch;
    rn_column_init(&scratch, out->type->children[0], 1, arena);
    rn_slice *values = rn_arena_alloc(arena, n * sizeof *values);
    const char *from = (const char *)(head + 1) + head->skip;
    for (uint32_t k = 0; k < n; k++) {
      const char *end = read_value(from, &scratch, 0, arena);
      values[k] = rn_slice_make(from, (size_t)(end - from));
      from = end;
    }
    qsort(values, n, sizeof *values, by_bytes);
    for (uint32_t k = 0; k < n; k++) different += k == 0 || by_bytes(&values[k - 1], &values[k]) != 0;
    uint32_t to = rn_items_extend(out, row, different, arena), last = to;
    int32_t *counts = out->children[1].data;
    for (uint32_t k = 0; k < n; k++) {
      if (k && by_bytes(&values[k - 1], &values[k]) == 0) {
        counts[last]++;
        continue;
      }
      last = to++;
      counts[last] = 1;
      (void)read_value(values[k].ptr, &out->children[0], last, arena);
    }
  }
}

#define OPS(UPDATE, RESULT)                                                                                     \
  {.size = sizeof(list_acc), .align = 8, .flags = RN_AGG_ORDERED | RN_AGG_LIST, .update = UPDATE, .merge = list_merge, \
   .subtract = list_subtract, .result = RESULT, .ref_count = 1}
static const rn_agg_ops listagg_ops = OPS(listagg_update, listagg_result);
static const rn_agg_ops listagg_with_ops = OPS(listagg_with_update, listagg_result);
static const rn_agg_ops array_ops = OPS(values_update, array_result);
static const rn_agg_ops array_nulls_ops = OPS(with_nulls_update, array_result);
static const rn_agg_ops multiset_ops = OPS(values_update, multiset_result);

static rn_status listagg_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                                 const rn_type **result, const rn_agg_ops **ops) {
  for (uint32_t i = 0; i < count; i++) {
    if (!rn_type_is_string(types[i])) return RN_FAIL;
  }
  const rn_type *text = rn_type_basic(RN_T_VARCHAR, true);
  *result = text;
  *arg_type = types[0];
  *ops = &listagg_ops;
  if (count == 1) return RN_OK;
  *arg_type = rn_type_row(arena, 2, NULL, types, false);
  *ops = &listagg_with_ops;
  return RN_OK;
}
static rn_status array_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                               const rn_type **result, const rn_agg_ops **ops) {
  (void)count;
  if (types[0]->id == RN_T_NULL) return RN_FAIL;
  *arg_type = rn_type_row(arena, 1, NULL, types, false);
  *result = rn_type_array(arena, types[0], true);
  *ops = &array_nulls_ops;
  return RN_OK;
}
static rn_status array_ignoring_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                                        const rn_type **result, const rn_agg_ops **ops) {
  (void)count;
  if (types[0]->id == RN_T_NULL) return RN_FAIL;
  *arg_type = types[0];
  *result = rn_type_array(arena, types[0], true);
  *ops = &array_ops;
  return RN_OK;
}
static rn_status collect_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                                 const rn_type **result, const rn_agg_ops **ops) {
  (void)count;
  if (types[0]->id == RN_T_NULL) return RN_FAIL;
  *arg_type = types[0];
  *result = rn_type_multiset(arena, types[0], false);
  *ops = &multiset_ops;
  return RN_OK;
}

const rn_aggregate rn_aggregate_list_rows[] = {
    {.name = "LISTAGG", .signature = "LISTAGG([DISTINCT] x STRING [, separator STRING])", .min_args = 1, .max_args = 2,
     .flags = RN_AGG_DISTINCT_OK | RN_AGG_PACKED, .constants = 2, .resolve = listagg_resolve,
     .help = "the texts one after the other, in order of arrival, a comma or the separator between them",
     .example = "LISTAGG(name, ' ')"},
    {.name = "ARRAY_AGG", .signature = "ARRAY_AGG([DISTINCT] x) [RESPECT NULLS | IGNORE NULLS]", .min_args = 1, .max_args = 1,
     .flags = RN_AGG_DISTINCT_OK | RN_AGG_PACKED | RN_AGG_KEEPS_NULLS, .resolve = array_resolve,
     .help = "an ARRAY of the values in order of arrival, NULLs too", .example = "ARRAY_AGG(price)"},
    {.name = "ARRAY_AGG IGNORE NULLS", .signature = "ARRAY_AGG([DISTINCT] x) IGNORE NULLS", .min_args = 1, .max_args = 1,
     .flags = RN_AGG_DISTINCT_OK | RN_AGG_VARIANT, .resolve = array_ignoring_resolve, .help = "an ARRAY of the values that are not NULL",
     .example = "ARRAY_AGG(price) IGNORE NULLS"},
    {.name = "COLLECT", .signature = "COLLECT([DISTINCT] x)", .min_args = 1, .max_args = 1, .flags = RN_AGG_DISTINCT_OK,
     .resolve = collect_resolve, .help = "a MULTISET of the values that are not NULL", .example = "COLLECT(name)"},
    {.name = NULL}};
