/* The built-in connectors and formats. api/ hands rn_builtin_registry down to planner and runtime, which
 * never include connectors/. */
#ifndef RN_CONNECTORS_REGISTRY_H
#define RN_CONNECTORS_REGISTRY_H
#include "runtime/connector.h"

extern const rn_registry rn_builtin_registry;

#endif
