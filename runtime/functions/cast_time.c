/* Casts among DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ and intervals (DIALECT 2.6). Cutting goes to the past
 * also before 1970 (Flink's goes towards 1970, one of its recorded bugs). */
#include "runtime/functions/cast.h"

KERNEL(date_to_timestamp) {
  (void)arg_count;
  bool instant = out->type->id == RN_T_TIMESTAMP_LTZ;
  FOR_ROWS(row) {
    int64_t us = (int64_t)I32(0, row) * RN_US_PER_DAY;
    put_i64(out, row, instant ? rn_zone_to_utc(eval->zone, us) : us);
  }
  return RN_OK;
}

KERNEL(time_to_timestamp) {
  (void)arg_count;
  bool instant = out->type->id == RN_T_TIMESTAMP_LTZ;
  FOR_ROWS(row) {
    int64_t us = (int64_t)I32(0, row) * RN_US_PER_MS;
    if (instant) us = rn_zone_to_utc(eval->zone, us);
    put_i64(out, row, cut_us(us, out->type->precision));
  }
  return RN_OK;
}

KERNEL(time_to_time) {
  UNUSED_EVAL;
  FOR_ROWS(row) put_i32(out, row, cut_ms(I32(0, row), out->type->precision));
  return RN_OK;
}

KERNEL(timestamp_to_date) {
  (void)arg_count;
  bool instant = args[0]->type->id == RN_T_TIMESTAMP_LTZ;
  FOR_ROWS(row) {
    int64_t us = I64(0, row);
    if (instant) us = rn_zone_to_local(eval->zone, us);
    put_i32(out, row, (int32_t)rn_floor_div(us, RN_US_PER_DAY));
  }
  return RN_OK;
}

KERNEL(timestamp_to_time) {
  (void)arg_count;
  bool instant = args[0]->type->id == RN_T_TIMESTAMP_LTZ;
  FOR_ROWS(row) {
    int64_t us = I64(0, row);
    if (instant) us = rn_zone_to_local(eval->zone, us);
    put_i32(out, row, cut_ms((int32_t)(rn_floor_mod(us, RN_US_PER_DAY) / RN_US_PER_MS), out->type->precision));
  }
  return RN_OK;
}

KERNEL(timestamp_to_timestamp) {
  (void)arg_count;
  bool to_instant = out->type->id == RN_T_TIMESTAMP_LTZ, from_instant = args[0]->type->id == RN_T_TIMESTAMP_LTZ;
  FOR_ROWS(row) {
    int64_t us = I64(0, row);
    if (to_instant && !from_instant) us = rn_zone_to_utc(eval->zone, us);
    if (from_instant && !to_instant) us = rn_zone_to_local(eval->zone, us);
    put_i64(out, row, cut_us(us, out->type->precision));
  }
  return RN_OK;
}

rn_kernel rn_cast_time_kernel(const rn_type *from, const rn_type *to) {
  bool to_timestamp = rn_type_is_timestamp(to);
  switch (from->id) {
    case RN_T_DATE: return to_timestamp ? date_to_timestamp : NULL;
    case RN_T_TIME: return to_timestamp ? time_to_timestamp : to->id == RN_T_TIME ? time_to_time : NULL;
    case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ:
      if (to->id == RN_T_DATE) return timestamp_to_date;
      if (to->id == RN_T_TIME) return timestamp_to_time;
      return to_timestamp ? timestamp_to_timestamp : NULL;
    default: return NULL;
  }
}
