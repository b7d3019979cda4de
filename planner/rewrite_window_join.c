/* A join with window_start and window_end of both sides among its keys -> window join: rows are kept by window, meet
 * when it ends and are forgotten (DIALECT 4.14). Sub-queries that became SEMI and ANTI joins by then are taken too. */
#include "planner/rewrite.h"
#include "planner/windowed.h"

static void rewrite(rn_logical *join) {
  unsigned parts = 0;
  for (uint32_t k = 0; k < join->u.join.key_count; k++) {
    rn_windowed_column left, right;
    if (!rn_windowed(join->inputs[0], join->u.join.left_keys[k], &left) ||
        !rn_windowed(join->inputs[1], join->u.join.right_keys[k], &right) || left.part != right.part)
      continue;
    /* on processing time windows end by the clock of their own task: none waits for the other */
    if (left.spec->processing_time || right.spec->processing_time || left.spec->local_zone != right.spec->local_zone) return;
    parts |= 1u << left.part;
    if (left.part != RN_WINDOWED_END) continue;
    join->u.join.end_key = k;
    join->u.join.window = *left.spec;
  }
  join->u.join.windowed = (parts & 3u) == 3;
}

rn_logical *rn_rewrite_window_join(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_window_join(r, node->inputs[i]);
  if (node->kind == RN_L_JOIN && !node->u.join.single) rewrite(node);
  return node;
}
