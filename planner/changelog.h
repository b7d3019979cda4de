/* Changelog inference: what every edge carries (inserts only, updates, -U), what every operator must emit, and
 * the errors of plans that cannot work, naming the clause that updates. DESIGN "Changelogs"; DIALECT 6. */
#ifndef RN_PLANNER_CHANGELOG_H
#define RN_PLANNER_CHANGELOG_H
#include "planner/logical.h"

typedef struct rn_changelog {
  rn_arena *arena;
  const rn_planner_settings *settings;
  rn_diagnostics *diags;
  bool bounded;      /* every source of the whole plan is */
  bool every_change; /* bounded plans are not folded; never in batch mode, which has final rows only */
} rn_changelog;

/* Sets bounded, emits, upsert keys, fold, update_before on the tree; adds errors and warnings to diags. */
rn_status rn_infer_changelog(rn_changelog *c, rn_logical *root);
/* Are all sources under the node bounded? */
bool rn_logical_bounded(const rn_logical *node);

#endif
