/* DECIMAL(p,s) arithmetic on 128-bit unscaled integers, up to 38 digits. HALF_UP rounding. */
#ifndef RN_BASE_DECIMAL_H
#define RN_BASE_DECIMAL_H
#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"

__extension__ typedef __int128 rn_i128;
__extension__ typedef unsigned __int128 rn_u128;

enum { RN_DECIMAL_DIGITS_MAX = 38, RN_DECIMAL_SMALL_DIGITS = 18 /* up to here an int64 holds it */ };

rn_i128 rn_pow10_128(unsigned exponent); /* 0..38 */
int64_t rn_pow10_64(unsigned exponent);  /* 0..18 */
bool rn_decimal_fits(rn_i128 value, int precision);
/* Text to unscaled value at `scale`, HALF_UP; exponent allowed. False: not a number, or more than
 * `precision` digits. */
typedef enum rn_number_result { RN_NUMBER_OK, RN_NUMBER_BAD, RN_NUMBER_OVERFLOW } rn_number_result;
rn_number_result rn_decimal_parse(rn_slice s, int precision, int scale, rn_i128 *out);
void rn_decimal_format(rn_builder *b, rn_i128 value, int scale); /* plain, full scale */
/* Changes the scale (HALF_UP when it falls). False: overflow of 128 bits. */
bool rn_decimal_rescale(rn_i128 value, int from, int to, rn_i128 *out);
/* Takes `digits` (1..38) off the end, HALF_UP. */
rn_i128 rn_decimal_cut(rn_i128 value, unsigned digits);
/* Operations with Flink's result types; false: result does not fit `precision` digits (SQL: NULL). */
bool rn_decimal_add(rn_i128 a, int sa, rn_i128 b, int sb, int precision, int scale, rn_i128 *out);
bool rn_decimal_mul(rn_i128 a, int sa, rn_i128 b, int sb, int precision, int scale, rn_i128 *out);
bool rn_decimal_div(rn_i128 a, int sa, rn_i128 b, int sb, int precision, int scale, rn_i128 *out); /* b != 0 */
bool rn_decimal_mod(rn_i128 a, int sa, rn_i128 b, int sb, int precision, int scale, rn_i128 *out); /* b != 0 */
double rn_decimal_to_double(rn_i128 value, int scale);
bool rn_decimal_from_double(double d, int precision, int scale, rn_i128 *out); /* false: NaN, Inf, too large */
int rn_decimal_compare(rn_i128 a, int sa, rn_i128 b, int sb);

#endif
