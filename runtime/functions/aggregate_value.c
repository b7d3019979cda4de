/* FIRST_VALUE and LAST_VALUE: in order of arrival, NULLs left out. A value of at most 8 bytes is kept as its
 * bits, a DECIMAL of over 18 digits in 16 bytes, everything else encoded in the heap of the state. */
#include "runtime/functions/aggregate_rows.h"

typedef struct bits_acc {
  uint64_t bits;
  int64_t has;
} bits_acc;
typedef struct wide_acc {
  rn_i128 value;
  int64_t has, unused;
} wide_acc;
typedef struct heap_acc {
  rn_ref value; /* text: its bytes; nested: a zero byte (not NULL), then the encoding */
} heap_acc;

static uint64_t read_bits(const rn_column *arg, uint32_t row, size_t width) {
  uint64_t bits = 0;
  memcpy(&bits, (const char *)arg->data + width * row, width);
  return bits;
}

#define UPDATES(SUFFIX, MISSING)                                                                                  \
  static void update_bits_##SUFFIX(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, \
                                   rn_state *state) {                                                             \
    (void)state;                                                                                                  \
    size_t width = rn_physical_width(rn_type_physical(arg->type));                                                \
    RN_EACH_VALUE({                                                                                               \
      bits_acc *acc = (bits_acc *)(void *)(slots[i] + offset);                                                    \
      if (MISSING(acc->has)) *acc = (bits_acc){read_bits(arg, row, width), 1};                                    \
    });                                                                                                           \
  }                                                                                                               \
  static void update_wide_##SUFFIX(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, \
                                   rn_state *state) {                                                             \
    (void)state;                                                                                                  \
    const rn_i128 *x = arg->data;                                                                                 \
    RN_EACH_VALUE({                                                                                               \
      wide_acc *acc = (wide_acc *)(void *)(slots[i] + offset);                                                    \
      if (MISSING(acc->has)) *acc = (wide_acc){.value = x[row], .has = 1};                                        \
    });                                                                                                           \
  }                                                                                                               \
  static void update_text_##SUFFIX(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, \
                                   rn_state *state) {                                                             \
    const rn_str *x = arg->data;                                                                                  \
    RN_EACH_VALUE({                                                                                               \
      heap_acc *acc = (heap_acc *)(void *)(slots[i] + offset);                                                    \
      if (MISSING(acc->value)) {                                                                                  \
        rn_slice s = rn_str_slice(&x[row]);                                                                       \
        acc->value = rn_state_replace(state, acc->value, s.ptr, s.len);                                           \
      }                                                                                                           \
    });                                                                                                           \
  }                                                                                                               \
  static void update_nested_##SUFFIX(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, \
                                     rn_state *state) {                                                           \
    rn_builder b = {0};                                                                                           \
    RN_EACH_VALUE({                                                                                               \
      heap_acc *acc = (heap_acc *)(void *)(slots[i] + offset);                                                    \
      if (MISSING(acc->value)) {                                                                                  \
        rn_builder_clear(&b);                                                                                     \
        rn_builder_char(&b, 0);                                                                                   \
        rn_value_encode(&b, arg, row);                                                                            \
        acc->value = rn_state_replace(state, acc->value, b.data, b.len);                                          \
      }                                                                                                           \
    });                                                                                                           \
    rn_builder_free(&b);                                                                                          \
  }                                                                                                               \
  static void merge_bits_##SUFFIX(void *into, const void *from, rn_state *state) {                                \
    (void)state;                                                                                                  \
    if (((const bits_acc *)from)->has && MISSING(((bits_acc *)into)->has)) *(bits_acc *)into = *(const bits_acc *)from; \
  }                                                                                                               \
  static void merge_wide_##SUFFIX(void *into, const void *from, rn_state *state) {                                \
    (void)state;                                                                                                  \
    if (((const wide_acc *)from)->has && MISSING(((wide_acc *)into)->has)) *(wide_acc *)into = *(const wide_acc *)from; \
  }                                                                                                               \
  static void merge_heap_##SUFFIX(void *into, const void *from, rn_state *state) {                                \
    heap_acc *a = into;                                                                                           \
    const heap_acc *b = from;                                                                                     \
    if (!b->value || !(MISSING(a->value))) return;                                                                \
    rn_slice s = rn_state_load(state, b->value);                                                                  \
    a->value = rn_state_replace(state, a->value, s.ptr, s.len);                                                   \
  }
#define NOT_YET(has) (!(has))
#define ALWAYS(has) ((void)(has), true)
UPDATES(first, NOT_YET)
UPDATES(last, ALWAYS)

static void value_result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,
                         uint32_t out_first_row, rn_state *state, rn_arena *arena) {
  rn_physical p = rn_type_physical(out->type);
  size_t width = rn_physical_width(p);
  for (uint32_t i = 0; i < count; i++) {
    const uint8_t *at = slots[i] + offset;
    uint32_t row = out_first_row + i;
    if (p == RN_P_STR || p == RN_P_LIST || p == RN_P_ROW) {
      const heap_acc *a = (const heap_acc *)(const void *)at;
      static const char null_key[] = {1};
      rn_slice s = a->value ? rn_state_load(state, a->value) : (rn_slice){null_key, 1};
      if (p == RN_P_STR && a->value) ((rn_str *)out->data)[row] = rn_str_make(s.ptr, s.len);
      else rn_key_decode(s.ptr, (uint32_t)s.len, out, 1, row, out->capacity, arena);
    } else if (p == RN_P_I128) {
      const wide_acc *a = (const wide_acc *)(const void *)at;
      ((rn_i128 *)out->data)[row] = a->value;
      if (!a->has) rn_set_null(out, row);
    } else {
      const bits_acc *a = (const bits_acc *)(const void *)at;
      memcpy((char *)out->data + width * row, &a->bits, width);
      if (!a->has) rn_set_null(out, row);
    }
  }
}

#define OPS(ACC, ALIGN, WHICH, KIND, MERGE_FN, REFS)                                                                     \
  {.size = sizeof(ACC), .align = ALIGN, .flags = RN_AGG_ORDERED | WHICH, .update = update_##KIND, .merge = MERGE_FN, \
   .result = value_result, .ref_count = REFS}
#define TABLE(S, WHICH)                                                                                           \
  static const rn_agg_ops S##_ops[] = {OPS(bits_acc, 8, WHICH, bits_##S, merge_bits_##S, 0),                      \
                                       OPS(wide_acc, 16, WHICH, wide_##S, merge_wide_##S, 0),                     \
                                       OPS(heap_acc, 8, WHICH, text_##S, merge_heap_##S, 1),                      \
                                       OPS(heap_acc, 8, WHICH, nested_##S, merge_heap_##S, 1)};
TABLE(first, RN_AGG_FIRST)
TABLE(last, RN_AGG_LAST)

static rn_status resolve(const rn_type *type, rn_arena *arena, const rn_agg_ops *table, const rn_type **arg_type,
                         const rn_type **result, const rn_agg_ops **ops) {
  rn_physical p = rn_type_physical(type);
  if (p == RN_P_NONE) return RN_FAIL;
  *arg_type = type;
  *result = rn_plain_result(type, arena);
  *ops = &table[p == RN_P_LIST || p == RN_P_ROW ? 3 : p == RN_P_STR ? 2 : p == RN_P_I128 ? 1 : 0];
  return RN_OK;
}
static rn_status first_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                               const rn_type **result, const rn_agg_ops **ops) {
  (void)count;
  return resolve(types[0], arena, first_ops, arg_type, result, ops);
}
static rn_status last_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                              const rn_type **result, const rn_agg_ops **ops) {
  (void)count;
  return resolve(types[0], arena, last_ops, arg_type, result, ops);
}

const rn_aggregate rn_aggregate_value_rows[] = {
    {.name = "FIRST_VALUE", .signature = "FIRST_VALUE([DISTINCT] x) [IGNORE NULLS | RESPECT NULLS]", .min_args = 1, .max_args = 1, .flags = RN_AGG_DISTINCT_OK,
     .resolve = first_resolve, .help = "the first x that is not NULL", .example = "FIRST_VALUE(status)"},
    {.name = "LAST_VALUE", .signature = "LAST_VALUE([DISTINCT] x) [IGNORE NULLS | RESPECT NULLS]", .min_args = 1, .max_args = 1, .flags = RN_AGG_DISTINCT_OK,
     .resolve = last_resolve, .help = "the last x that is not NULL", .example = "LAST_VALUE(status)"},
    {.name = NULL}};
