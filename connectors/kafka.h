/* The kafka connector, for connectors/registry.c. */
#ifndef RN_CONNECTORS_KAFKA_H
#define RN_CONNECTORS_KAFKA_H
#include "runtime/connector.h"

extern const rn_connector rn_connector_kafka;

#endif
