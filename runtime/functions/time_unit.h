/* Units of time: names, and the arithmetic of EXTRACT, FLOOR TO, TIMESTAMPADD, TIMESTAMPDIFF.
 * Private to runtime/functions/. */
#ifndef RN_RUNTIME_FUNCTIONS_TIME_UNIT_H
#define RN_RUNTIME_FUNCTIONS_TIME_UNIT_H
#include "runtime/functions/scalar.h"

typedef enum time_unit {
  U_MILLENNIUM, U_CENTURY, U_DECADE, U_YEAR, U_QUARTER, U_MONTH, U_WEEK, U_DAY, U_HOUR, U_MINUTE, U_SECOND,
  U_MILLISECOND, U_MICROSECOND, U_NANOSECOND, U_EPOCH, U_DOY, U_DOW, U_ISODOW, U_ISOYEAR, U_COUNT
} time_unit;

bool rn_unit_parse(rn_slice name, time_unit *out); /* also SQL_TSI_DAY .. */
const char *rn_unit_name(time_unit unit);
/* ISO 8601 week and the year it belongs to. */
void rn_iso_week(int64_t days, int64_t *year, int64_t *week);
/* Monday = 1 .. Sunday = 7. */
static inline int64_t iso_weekday(int64_t days) { return rn_floor_mod(days + 3, 7) + 1; }
/* The unit of a resolve(): constant argument 0. */
bool rn_unit_argument(const rn_resolution *out, time_unit *unit);
/* prepare() of functions whose argument 0 is the unit: the call state is a unit of a static table. */
rn_status rn_unit_prepare(const rn_value *const *values, uint32_t count, void **state, rn_error *err);
static inline time_unit unit_of(const rn_eval *eval) { return *(const time_unit *)eval->call_state; }

#endif
