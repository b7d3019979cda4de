/* SQL values as JSON text, in the spelling of Flink's JSON functions (DIALECT 8.7). */
#ifndef RN_RUNTIME_FUNCTIONS_JSON_WRITE_H
#define RN_RUNTIME_FUNCTIONS_JSON_WRITE_H
#include "runtime/batch.h"

/* The part of the type that has no JSON form (DATE, TIME, INTERVAL, a MAP whose keys or a MULTISET whose elements are no
 * text); NULL: it has. */
const rn_type *rn_json_refused_type(const rn_type *type);
/* One value, NULL as null: objects compact, sorted by name as Java sorts; row 0 of a constant column.
 * False: a key in it is NULL, for which JSON has no name; the text is cut off there. */
bool rn_json_put_value(rn_builder *out, const rn_column *column, uint32_t row);

#endif
