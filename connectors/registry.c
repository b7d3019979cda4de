/* One row per connector and format: to add one, write its file and name it here. */
#include "connectors/registry.h"

extern const rn_connector rn_connector_kafka, rn_connector_sqlite, rn_connector_filesystem, rn_connector_datagen,
    rn_connector_print, rn_connector_blackhole, rn_connector_fixture;
extern const rn_format rn_format_json, rn_format_csv, rn_format_raw;

static const rn_connector *const connectors[] = {
    &rn_connector_kafka, &rn_connector_sqlite, &rn_connector_filesystem,
    &rn_connector_datagen, &rn_connector_print, &rn_connector_blackhole,
    &rn_connector_fixture,
};
static const rn_format *const formats[] = {
    &rn_format_json,
    &rn_format_csv,
    &rn_format_raw,
};

const rn_registry rn_builtin_registry = {
    .connectors = connectors,
    .connector_count = sizeof connectors / sizeof *connectors,
    .formats = formats,
    .format_count = sizeof formats / sizeof *formats,
};
