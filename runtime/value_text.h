/* Values as text: one writer for CAST AS STRING, results, the print connector, SQLite and messages. */
#ifndef RN_RUNTIME_VALUE_TEXT_H
#define RN_RUNTIME_VALUE_TEXT_H
#include "base/calendar.h"
#include "runtime/batch.h"

typedef enum rn_text_style {
  RN_TEXT_CAST,   /* DIALECT 2.6: TRUE, 1.0E10, yyyy-MM-dd HH:mm:ss.fff, LTZ in the zone, [a, b], (a, b) */
  RN_TEXT_PRINT,  /* the print connector's Java style: true, 2024-01-01T00:00:00, +I-less */
  RN_TEXT_SQLITE, /* DESIGN "How values lie": ISO with exactly p digits, LTZ in UTC with Z, JSON for nested */
  RN_TEXT_JSON    /* a JSON value (quotes included), timestamps as the json format writes them (SQL) */
} rn_text_style;

/* Appends the value's text; NULL appends "NULL" (JSON: null). zone may be NULL (UTC). */
void rn_value_text(rn_builder *out, const rn_column *column, uint32_t row, rn_text_style style,
                   const rn_zone *zone);

/* Base64 with padding; decode gives false for anything that is not base64 (RFC 4648, no blanks). */
void rn_base64_encode(rn_builder *out, rn_slice bytes);
bool rn_base64_decode(rn_builder *out, rn_slice text);

#endif
