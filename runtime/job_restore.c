/* What a job was when its last epoch committed, and whether the plan at hand may go on from there. Stateful
 * operators are compared by their path and fingerprint; state that would be read differently is refused, with
 * what changed; a change in the stateless part resumes with a notice. */
#include <stdio.h>
#include "base/alloc.h"
#include "runtime/job_private.h"
#include "runtime/operators/operators.h"

static const rn_plan_node *node_by_path(const rn_plan *plan, const char *path) {
  for (uint32_t i = 0; i < plan->node_count; i++) {
    if (plan->nodes[i]->path && strcmp(plan->nodes[i]->path, path) == 0 && plan->nodes[i]->fingerprint) return plan->nodes[i];
  }
  return NULL;
}

static rn_status changed(rn_error *err, const char *job) {
  rn_hint(err, "run with --fresh to start over, or give the new query a job name of its own: SET 'pipeline.name' = '..'");
  rn_error_context(err, "job %s cannot continue", job);
  return RN_FAIL;
}

static rn_status check_operators(rn_job *job, rn_error *err) {
  const rn_stored_job *stored = &job->stored;
  for (size_t i = 0; i < stored->operator_count; i++) {
    const struct rn_stored_operator *o = &stored->operators[i];
    const rn_plan_node *n = node_by_path(job->plan, o->id);
    if (!n) {
      rn_fail(err, RN_E_STATE_CHANGED, "its %s (%s) is not in the query any more", o->kind, o->id);
      return changed(err, job->name);
    }
    if (strcmp(n->fingerprint, o->fingerprint) != 0) {
      rn_fail_at(err, RN_E_STATE_CHANGED, n->span, "its %s changed: stored state is of [%s], the query now has [%s]", o->kind,
                 o->fingerprint, n->fingerprint);
      return changed(err, job->name);
    }
  }
  for (uint32_t i = 0; i < job->plan->node_count; i++) {
    const rn_plan_node *n = job->plan->nodes[i];
    if (!n->fingerprint) continue;
    size_t k = 0;
    while (k < stored->operator_count && strcmp(stored->operators[k].id, n->path) != 0) k++;
    if (k < stored->operator_count) continue;
    rn_fail_at(err, RN_E_STATE_CHANGED, n->span, "its %s (%s) is new, and has no state for what was read before",
               rn_node_kind_name(n->kind), n->path);
    return changed(err, job->name);
  }
  if (stored->operator_count && strcmp(stored->settings, job->plan->settings ? job->plan->settings : "") != 0) {
    rn_fail(err, RN_E_STATE_CHANGED, "settings that change results differ: stored [%s], now [%s]", stored->settings,
            job->plan->settings ? job->plan->settings : "");
    return changed(err, job->name);
  }
  return RN_OK;
}

rn_status rn_job_load(rn_job *job, rn_error *err) {
  if (!job->durable) return RN_OK;
  if (rn_store_load_job(job->config.store, job->name, &job->arena, &job->stored, err) != RN_OK) return RN_FAIL;
  rn_stored_job *stored = &job->stored;
  if (stored->exists && strcmp(stored->state, "FINISHED") == 0) {
    /* All of its input was read: another run of it begins anew. */
    if (rn_store_forget_job(job->config.store, job->name, err) != RN_OK) return RN_FAIL;
    *stored = (rn_stored_job){0};
  }
  job->last_epoch = stored->epoch;
  job->restored = stored->exists && stored->epoch > 0;
  if (!job->restored) return RN_OK;
  if (check_operators(job, err) != RN_OK) return RN_FAIL;
  if (job->plan->canonical && strcmp(stored->canonical, job->plan->canonical) != 0 && job->config.log) {
    rn_builder b = {0};
    rn_builder_printf(&b, "job %s: the query changed in a part without state; it continues at %s", job->name,
                      rn_job_resumed_text(job, &job->arena));
    job->config.log(job->config.log_ctx, 2, b.data);
    rn_builder_free(&b);
  }
  return RN_OK;
}

size_t rn_job_positions(const rn_job *job, const char *owner, bool is_sink, bool until, rn_arena *arena, rn_position **out) {
  *out = RN_NEW_N(arena, rn_position, job->stored.position_count + 1);
  size_t count = 0;
  for (size_t i = 0; i < job->stored.position_count; i++) {
    const struct rn_stored_position *p = &job->stored.positions[i];
    if (p->is_sink != is_sink || p->is_until != until || strcmp(p->owner, owner) != 0) continue;
    (*out)[count++] = (rn_position){p->split, p->position};
  }
  return count;
}

static rn_status restore_blob(void *ctx, const rn_blob *blob, rn_error *err) {
  rn_job *job = ctx;
  const rn_plan_node *n = node_by_path(job->plan, blob->operator_id);
  for (uint32_t i = 0; !n && i < job->plan->node_count; i++) { /* global state of operators without a fingerprint */
    if (job->plan->nodes[i]->path && strcmp(job->plan->nodes[i]->path, blob->operator_id) == 0) n = job->plan->nodes[i];
  }
  if (!n) return RN_OK; /* a stateless part that is gone */
  for (size_t i = 0; i < job->instances.len; i++) {
    if (job->instances.data[i].op->node != n) continue;
    if (rn_operator_restore(job->instances.data[i].op, blob, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

rn_status rn_job_restore_state(rn_job *job, rn_error *err) {
  if (!job->restored) return RN_OK;
  if (rn_store_load_state(job->config.store, job->name, restore_blob, job, err) != RN_OK) return RN_FAIL;
  for (size_t i = 0; i < job->instances.len; i++) {
    if (rn_operator_restored(job->instances.data[i].op, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

rn_status rn_job_save(rn_job *job, rn_error *err) {
  if (!job->durable) return RN_OK;
  RN_VEC(struct rn_stored_operator) list = {0};
  for (uint32_t i = 0; i < job->plan->node_count; i++) {
    const rn_plan_node *n = job->plan->nodes[i];
    if (!n->fingerprint) continue;
    struct rn_stored_operator o = {(char *)(uintptr_t)n->path, (char *)(uintptr_t)rn_node_kind_name(n->kind),
                                   (char *)(uintptr_t)n->fingerprint};
    RN_VEC_PUSH(&list, o);
  }
  rn_status status = rn_store_save_job(job->config.store, job->name, job->plan->canonical, job->plan->settings, list.data,
                                       list.len, err);
  RN_VEC_FREE(&list);
  /* An interrupted --until-end run goes on to the same end, so its end is stored before anything is read. */
  for (size_t i = 0; i < job->instances.len && status == RN_OK && job->config.until_end; i++) {
    rn_operator *op = job->instances.data[i].op;
    if (op->op_class != &rn_op_scan_class || op->node->bounded) continue;
    rn_positions until = {0};
    status = rn_scan_until(op, &until, err);
    if (status == RN_OK && until.len) {
      status = rn_store_save_until(job->config.store, job->name, op->node->path, &until, err);
    }
    rn_positions_free(&until);
  }
  return status;
}

const char *rn_job_resumed_text(rn_job *job, rn_arena *arena) {
  if (!job->restored) return "";
  rn_builder b = {0};
  rn_builder_printf(&b, "epoch %llu", (unsigned long long)job->stored.epoch);
  for (size_t i = 0; i < job->stored.position_count; i++) {
    const struct rn_stored_position *p = &job->stored.positions[i];
    if (!p->is_sink && !p->is_until) rn_builder_printf(&b, ", %s at %s", p->split, p->position);
  }
  const char *text = rn_arena_strdup(arena, b.data);
  rn_builder_free(&b);
  return text;
}
