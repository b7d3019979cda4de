/* Watermark alignment (FLIP-182): sources of one group go on together. Every WATERMARK instance of the job is a member and says
 * where it stands; one that is further than the drift ahead of the group's slowest waits at its source, so that what it brings
 * does not pile up in joins and windows. Members that are idle, have ended, or have had no row yet hold nobody. */
#ifndef RN_RUNTIME_ALIGNMENT_H
#define RN_RUNTIME_ALIGNMENT_H
#include <stdbool.h>
#include <stdint.h>
#include "base/vec.h"

typedef struct rn_aligned rn_aligned; /* a member */
typedef struct rn_alignment { /* the groups of a job; zero is empty */
  RN_VEC(struct rn_align_group *) groups;
} rn_alignment;

/* While operators are opened (one thread). wake: tells the job's tasks that a member may go on. */
rn_aligned *rn_alignment_join(rn_alignment *a, const char *group, int64_t max_drift_us, void (*wake)(void *ctx), void *ctx);
void rn_alignment_free(rn_alignment *a);

/* Where the member stands, any number of times; RN_WATERMARK_NONE, RN_WATERMARK_END: it holds nobody. Its own task. */
void rn_aligned_publish(rn_aligned *m, int64_t watermark_us);
void rn_aligned_leave(rn_aligned *m); /* its input has ended: what is published later is not heard */
/* How far the member's splits may go now; RN_WATERMARK_END: as far as they like. */
int64_t rn_aligned_limit(const rn_aligned *m);
/* Is the member as a whole ahead of the limit? Its source reads nothing then. Its own task. */
bool rn_aligned_waits(rn_aligned *m);

#endif
