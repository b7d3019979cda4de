/* The writing side of the json format (json_encode.c); rn_format_json refers to it. */
#ifndef RN_CONNECTORS_FORMATS_JSON_ENCODE_H
#define RN_CONNECTORS_FORMATS_JSON_ENCODE_H
#include "connectors/formats/format_common.h"

rn_status json_encoder_open(const rn_table_spec *table, const uint32_t *columns, uint32_t count, bool is_key,
                            const rn_zone *zone, rn_encoder **out, rn_error *err);
rn_status json_encode(rn_encoder *encoder, const rn_batch *batch, uint32_t row, rn_builder *out, bool *is_null,
                      rn_error *err);
void json_encoder_close(rn_encoder *encoder);
/* Keys of JSON objects are text: refuses MAP and MULTISET with other keys. verb: "read", "write". */
rn_status json_check_key(const char *path, const rn_type *type, const char *verb, rn_error *err);

#endif
