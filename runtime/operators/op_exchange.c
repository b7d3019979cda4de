/* EXCHANGE: the cut between tasks. The sender routes each row to the instance that owns the key group of its
 * key (the same function that state uses), to instance 0 (gather), to the instance of its own number
 * (forward), or round robin where the numbers of instances differ; watermarks, idleness, end, drain and
 * barriers go to all. The receiver has an input per sender, so the generic part combines their watermarks.
 * Provenance (runs) ends here. */
#include "base/alloc.h"
#include "runtime/operators/operators.h"
#include "runtime/queue.h"

typedef struct target_group { /* the instances of one receiving fragment */
  rn_queue **queues;
  uint32_t count;
  uint32_t turn;
} target_group;

typedef struct sender {
  rn_operator op;
  target_group *groups;
  uint32_t group_count;
} sender;

void rn_exchange_add_target(rn_operator *op, rn_queue *queue, unsigned group) {
  sender *s = (sender *)op;
  while (s->group_count <= group) {
    s->groups = rn_realloc(s->groups, (s->group_count + 1) * sizeof *s->groups);
    s->groups[s->group_count++] = (target_group){0};
  }
  target_group *g = &s->groups[group];
  g->queues = rn_realloc(g->queues, (g->count + 1) * sizeof(rn_queue *));
  g->queues[g->count++] = queue;
}

static void sender_close(rn_operator *op) {
  sender *s = (sender *)op;
  for (uint32_t i = 0; i < s->group_count; i++) rn_free(s->groups[i].queues);
  rn_free(s->groups);
  s->groups = NULL;
  s->group_count = 0;
}

/* Splits the live rows by owner and sends each part. */
static rn_status send_by_hash(sender *s, target_group *g, const rn_batch *batch, const uint64_t *hashes, rn_error *err) {
  uint16_t *rows = rn_arena_alloc(&s->op.arena, sizeof *rows * (size_t)g->count * batch->live_count);
  uint32_t counts[RN_PARALLELISM_MAX] = {0};
  for (uint32_t i = 0; i < batch->live_count; i++) {
    unsigned owner = rn_key_group_owner(rn_key_group(hashes[i]), g->count);
    rows[(size_t)owner * batch->live_count + counts[owner]++] = (uint16_t)rn_live(batch, i);
  }
  for (uint32_t t = 0; t < g->count; t++) {
    if (counts[t] == 0) continue;
    rn_batch part = *batch;
    part.live = rows + (size_t)t * batch->live_count;
    part.live_count = counts[t];
    if (rn_queue_put_batch(g->queues[t], &part, err) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static rn_status sender_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  sender *s = (sender *)op;
  const rn_plan_node *n = op->node;
  if (batch->live_count == 0) return RN_OK;
  rn_batch plain = *batch;
  plain.runs = NULL;
  plain.run_count = 0;
  rn_arena_reset(&op->arena);
  rn_keys keys = {0};
  bool by_hash = !n->u.exchange.gather && n->u.exchange.key_count > 0;
  if (by_hash) {
    rn_keys_encode(&keys, &plain, n->u.exchange.keys, n->u.exchange.key_count, op->context->hash_seed, &op->arena);
  }
  RN_COUNT(op->counters.rows_out, batch->live_count);
  for (uint32_t i = 0; i < s->group_count; i++) {
    target_group *g = &s->groups[i];
    if (by_hash && g->count > 1) {
      if (send_by_hash(s, g, &plain, keys.hashes, err) != RN_OK) return RN_FAIL;
    } else {
      uint32_t to = n->u.exchange.gather ? 0 : g->turn++ % g->count;
      if (rn_queue_put_batch(g->queues[to], &plain, err) != RN_OK) return RN_FAIL;
    }
  }
  return RN_OK;
}

static rn_status send_all(sender *s, rn_message_kind kind, int64_t value, rn_error *err) {
  for (uint32_t i = 0; i < s->group_count; i++) {
    for (uint32_t t = 0; t < s->groups[i].count; t++) {
      if (rn_queue_put(s->groups[i].queues[t], kind, value, err) != RN_OK) return RN_FAIL;
    }
  }
  return RN_OK;
}

static rn_status sender_control(rn_operator *op, rn_control control, int64_t value, rn_error *err) {
  static const rn_message_kind kinds[] = {
      [RN_CONTROL_WATERMARK] = RN_MESSAGE_WATERMARK, [RN_CONTROL_IDLE] = RN_MESSAGE_IDLE,
      [RN_CONTROL_ACTIVE] = RN_MESSAGE_ACTIVE,       [RN_CONTROL_END] = RN_MESSAGE_END,
      [RN_CONTROL_DRAIN] = RN_MESSAGE_DRAIN};
  return send_all((sender *)op, kinds[control], value, err);
}

rn_status rn_exchange_barrier(rn_operator *op, uint64_t epoch, rn_error *err) {
  return send_all((sender *)op, RN_MESSAGE_BARRIER, (int64_t)epoch, err);
}

static rn_status receiver_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  return rn_emit(op, batch, err);
}

const rn_operator_class rn_op_exchange_out_class = {
    .name = "exchange",
    .size = sizeof(sender),
    .process_batch = sender_process,
    .close = sender_close,
    .control = sender_control,
};

const rn_operator_class rn_op_exchange_in_class = {
    .name = "exchange-input",
    .size = sizeof(rn_operator),
    .process_batch = receiver_process,
};
