/* Watermark alignment: see alignment.h. Groups and members are made while the job is opened and do not change while it runs;
 * what members say are single words, written and read atomically. The minimum is made anew when somebody asks: once a batch,
 * over as many words as the group has instances. */
#include "runtime/alignment.h"
#include "base/alloc.h"
#include "runtime/operator.h"

struct rn_aligned {
  struct rn_align_group *group;
  int64_t max_drift_us;
  int64_t watermark_us; /* atomic */
  bool waits;           /* atomic: somebody must wake it */
  bool left;
};
typedef struct rn_align_group {
  char *name;
  RN_VEC(rn_aligned *) members;
  void (*wake)(void *ctx);
  void *wake_ctx;
} rn_align_group;

rn_aligned *rn_alignment_join(rn_alignment *a, const char *group, int64_t max_drift_us, void (*wake)(void *ctx), void *ctx) {
  rn_align_group *g = NULL;
  for (size_t i = 0; i < a->groups.len && !g; i++)
    if (strcmp(a->groups.data[i]->name, group) == 0) g = a->groups.data[i];
  if (!g) {
    g = rn_calloc(1, sizeof *g);
    g->name = rn_strdup(group);
    g->wake = wake;
    g->wake_ctx = ctx;
    RN_VEC_PUSH(&a->groups, g);
  }
  rn_aligned *m = rn_calloc(1, sizeof *m);
  m->group = g;
  m->max_drift_us = max_drift_us;
  m->watermark_us = RN_WATERMARK_NONE;
  RN_VEC_PUSH(&g->members, m);
  return m;
}

void rn_alignment_free(rn_alignment *a) {
  for (size_t i = 0; i < a->groups.len; i++) {
    rn_align_group *g = a->groups.data[i];
    for (size_t k = 0; k < g->members.len; k++) rn_free(g->members.data[k]);
    RN_VEC_FREE(&g->members);
    rn_free(g->name);
    rn_free(g);
  }
  RN_VEC_FREE(&a->groups);
}

void rn_aligned_publish(rn_aligned *m, int64_t watermark_us) {
  if (m->left || watermark_us == m->watermark_us) return;
  __atomic_store_n(&m->watermark_us, watermark_us, __ATOMIC_SEQ_CST);
  bool somebody = false;
  for (size_t i = 0; i < m->group->members.len; i++)
    if (__atomic_load_n(&m->group->members.data[i]->waits, __ATOMIC_SEQ_CST)) somebody = true;
  if (somebody && m->group->wake) m->group->wake(m->group->wake_ctx);
}

void rn_aligned_leave(rn_aligned *m) {
  rn_aligned_publish(m, RN_WATERMARK_END);
  m->left = true;
}

int64_t rn_aligned_limit(const rn_aligned *m) {
  int64_t least = RN_WATERMARK_END, limit;
  for (size_t i = 0; i < m->group->members.len; i++) {
    int64_t at = __atomic_load_n(&m->group->members.data[i]->watermark_us, __ATOMIC_SEQ_CST);
    if (at != RN_WATERMARK_NONE && at < least) least = at;
  }
  if (least == RN_WATERMARK_END || __builtin_add_overflow(least, m->max_drift_us, &limit)) return RN_WATERMARK_END;
  return limit;
}

bool rn_aligned_waits(rn_aligned *m) {
  int64_t own = m->watermark_us;
  bool waits = own != RN_WATERMARK_NONE && own != RN_WATERMARK_END && own > rn_aligned_limit(m);
  if (waits && !m->waits) { /* said before it looks again: whoever moves in between wakes it */
    __atomic_store_n(&m->waits, true, __ATOMIC_SEQ_CST);
    waits = own > rn_aligned_limit(m);
  }
  if (waits != m->waits) __atomic_store_n(&m->waits, waits, __ATOMIC_SEQ_CST);
  return waits;
}
