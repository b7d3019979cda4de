/* VARIANT: a value of JSON whose shape no schema says. It is kept as its canonical JSON text: compact, members sorted by
 * name, numbers in one spelling (1.50 is 1.5, 1e3 is 1000.0: with an exponent a number is a DOUBLE). So equal values are
 * equal bytes, and grouping, joins, state and sinks treat it as text; a part of it is a stretch of that text. */
#ifndef RN_RUNTIME_VARIANT_H
#define RN_RUNTIME_VARIANT_H
#include "base/json.h"

typedef struct rn_variant_parser rn_variant_parser; /* what parsing needs for a while, kept from row to row */
rn_variant_parser *rn_variant_parser_open(void);
void rn_variant_parser_close(rn_variant_parser *p); /* NULL: nothing */
/* The canonical text, which lives until the next call; ptr NULL: *fault. `duplicates`: of members of one name the last
 * counts, else they are a fault. */
rn_slice rn_variant_parse(rn_variant_parser *p, rn_slice text, bool duplicates, rn_json_fault *fault);

#endif
