/* Collections: building, reading and comparing values of ARRAY, MAP and MULTISET columns (layout: batch.h).
 *
 * Place: kernels, aggregates, decoders and operators that make or take collections. Whoever builds one calls
 * rn_items_open and then the others for that row, before the next row is opened: the values of a row lie together at
 * the end of the children. Every function copies deeply into the arena. */
#ifndef RN_RUNTIME_COLLECTION_H
#define RN_RUNTIME_COLLECTION_H
#include "runtime/batch.h"

/* Where the values of a row lie in the children; a constant column holds one row. */
static inline rn_list rn_items_at(const rn_column *c, uint32_t row) { return ((const rn_list *)c->data)[c->constant ? 0 : row]; }

/* The value at `row` becomes an empty list, and stands after all that the children hold. */
void rn_items_open(rn_column *c, uint32_t row);
/* Room for `more` values at the end of every child: gives the row of the first. The caller fills them all. */
uint32_t rn_items_extend(rn_column *c, uint32_t row, uint32_t more, rn_arena *arena);
/* ARRAY: a value more; `from` may be constant, or of type NULL. */
void rn_items_push(rn_column *c, uint32_t row, const rn_column *from, uint32_t from_row, rn_arena *arena);
void rn_items_push_null(rn_column *c, uint32_t row, rn_arena *arena);
/* ARRAY, MAP, MULTISET: the values [first, first + count) of `from`'s children, as they are. */
void rn_items_push_range(rn_column *c, uint32_t row, const rn_column *from, uint32_t first, uint32_t count, rn_arena *arena);
/* MAP: key and value; a key that is there already gets the new value (the place stays). */
void rn_items_put(rn_column *c, uint32_t row, const rn_column *key, uint32_t key_row, const rn_column *value, uint32_t value_row,
                rn_arena *arena);
/* MULTISET: `count` more of an element. */
void rn_items_add(rn_column *c, uint32_t row, const rn_column *element, uint32_t element_row, int32_t count, rn_arena *arena);

/* MAP, MULTISET whose entries were pushed as they came, the last that was opened: of keys that come twice the first place
 * and the last value stay. For decoders and kernels that may meet many entries: linear time. */
void rn_items_unique(rn_column *c, uint32_t row, rn_arena *arena);

/* Child row of the key (which may be NULL) in the MAP at `row`; -1: it is not there. Also for MULTISET. */
int64_t rn_items_find(const rn_column *map, uint32_t row, const rn_column *key, uint32_t key_row);
/* Row of the child `child` within [list] whose value is the same as needle's; -1: none. */
int64_t rn_items_search(const rn_column *child, rn_list list, const rn_column *needle, uint32_t needle_row);

/* The same value, where NULL is the same as NULL at every depth, and NaN as NaN; the order of the entries of MAP and
 * MULTISET does not matter. Types must be the same but for the lengths of texts. */
bool rn_value_same(const rn_column *a, uint32_t row_a, const rn_column *b, uint32_t row_b);
/* Values that are the same have the same hash. */
uint64_t rn_value_hash(const rn_column *c, uint32_t row);

#endif
