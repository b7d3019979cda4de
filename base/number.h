/* Numbers and text, in the dialect's (Java's) spelling. */
#ifndef RN_BASE_NUMBER_H
#define RN_BASE_NUMBER_H
#include <stdbool.h>
#include <stdint.h>
#include "base/decimal.h"
#include "base/text.h"

/* Optional sign and digits, nothing else; the whole slice. */
rn_number_result rn_parse_int64(rn_slice s, int64_t *out);
/* CAST's form: blanks trimmed, sign, a fraction validated and dropped. */
rn_number_result rn_cast_int64(rn_slice s, int64_t *out);
/* JSON / Java number text (also NaN, Infinity, -Infinity, 1.5d when `java`). Correctly rounded. */
bool rn_parse_double(rn_slice s, bool java, double *out);
bool rn_parse_float(rn_slice s, bool java, float *out);
/* Java's Double.toString / Float.toString: 1.0, 1.0E10, NaN, Infinity; shortest digits that read back. */
void rn_format_double(rn_builder *b, double value);
void rn_format_float(rn_builder *b, float value);

#endif
