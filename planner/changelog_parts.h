/* Changelog inference, inner header: what the files changelog*.c share. */
#ifndef RN_PLANNER_CHANGELOG_PARTS_H
#define RN_PLANNER_CHANGELOG_PARTS_H
#include "planner/changelog.h"

enum { RN_UPDATES = RN_CHANGE_UPDATE_BEFORE | RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE,
       RN_ALL_CHANGES = RN_CHANGE_INSERT | RN_UPDATES };

/* changelog_keys.c: has_key, keys, window_keys of the node and all below it. */
void rn_infer_keys(rn_changelog *c, rn_logical *node);
bool rn_key_has(const uint32_t *keys, uint32_t count, uint32_t key);
/* The sink's key must be the upsert key; constant columns of it tell rows of other queries apart and do no harm. */
bool rn_sink_key_fits(const rn_logical *sink, const rn_logical *input);

/* changelog_sink.c. E_CHANGELOG: the consumer takes inserts only; names the clause below input that updates. */
rn_status rn_refuse_updates(rn_changelog *c, const char *consumer, const rn_logical *input, const char *hint);
/* Does the sink take what its input emits? Known once that is inferred. */
rn_status rn_check_sink(rn_changelog *c, rn_logical *sink);
/* Do rows that share the PRIMARY KEY need ON CONFLICT, and is there one? Settings may give it. */
bool rn_resolves_conflicts(const rn_changelog *c, rn_logical *sink);

#endif
