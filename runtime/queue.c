/* Bounded queues between tasks (queue.h). A channel is a ring of slots; only publishing and taking a slot
 * happens under the inbox's mutex, once a batch; the copy is made outside it, since a slot that is not
 * published belongs to the producer alone. */
#include "runtime/queue.h"
#include <pthread.h>
#include <time.h>
#include "base/alloc.h"

struct rn_queue {
  rn_inbox *inbox;
  rn_operator *target;
  unsigned input;
  rn_message *ring;
  uint32_t capacity;
  uint32_t head, count; /* under the mutex; the slot at head is in use by the consumer while `taken` */
  bool taken, blocked;  /* consumer's */
  pthread_cond_t space;
};

struct rn_inbox {
  pthread_mutex_t mutex;
  pthread_cond_t ready;
  bool woken, closed;
  rn_queue **channels;
  uint32_t channel_count;
  uint32_t next_channel; /* consumer's: whose turn it is */
  rn_queue *current;     /* consumer's: channel of the message that is out */
};

rn_inbox *rn_inbox_new(void) {
  rn_inbox *inbox = rn_calloc(1, sizeof *inbox);
  pthread_condattr_t attr;
  pthread_condattr_init(&attr);
  pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
  pthread_mutex_init(&inbox->mutex, NULL);
  pthread_cond_init(&inbox->ready, &attr);
  pthread_condattr_destroy(&attr);
  return inbox;
}

void rn_inbox_free(rn_inbox *inbox) {
  if (!inbox) return;
  for (uint32_t i = 0; i < inbox->channel_count; i++) {
    rn_queue *q = inbox->channels[i];
    for (uint32_t s = 0; s < q->capacity; s++) rn_arena_free(&q->ring[s].arena);
    pthread_cond_destroy(&q->space);
    rn_free(q->ring);
    rn_free(q);
  }
  rn_free(inbox->channels);
  pthread_cond_destroy(&inbox->ready);
  pthread_mutex_destroy(&inbox->mutex);
  rn_free(inbox);
}

rn_queue *rn_inbox_add(rn_inbox *inbox, rn_operator *target, unsigned input, uint32_t capacity) {
  rn_queue *q = rn_calloc(1, sizeof *q);
  q->inbox = inbox;
  q->target = target;
  q->input = input;
  q->capacity = capacity;
  q->ring = rn_calloc(capacity, sizeof *q->ring);
  pthread_cond_init(&q->space, NULL);
  inbox->channels = rn_realloc(inbox->channels, (inbox->channel_count + 1) * sizeof *inbox->channels);
  inbox->channels[inbox->channel_count++] = q;
  return q;
}

uint32_t rn_inbox_channels(const rn_inbox *inbox) { return inbox->channel_count; }
rn_queue *rn_inbox_channel(rn_inbox *inbox, uint32_t index) { return inbox->channels[index]; }
rn_operator *rn_queue_target(const rn_queue *queue) { return queue->target; }
unsigned rn_queue_input(const rn_queue *queue) { return queue->input; }
void rn_queue_block(rn_queue *queue, bool blocked) { queue->blocked = blocked; }

/* A free slot for the producer, NULL when the inbox was closed. */
static rn_message *reserve(rn_queue *q) {
  pthread_mutex_lock(&q->inbox->mutex);
  while (q->count == q->capacity && !q->inbox->closed) pthread_cond_wait(&q->space, &q->inbox->mutex);
  rn_message *slot = q->inbox->closed ? NULL : &q->ring[(q->head + q->count) % q->capacity];
  pthread_mutex_unlock(&q->inbox->mutex);
  return slot;
}

static void publish(rn_queue *q) {
  pthread_mutex_lock(&q->inbox->mutex);
  q->count++;
  pthread_cond_signal(&q->inbox->ready);
  pthread_mutex_unlock(&q->inbox->mutex);
}

rn_status rn_queue_put_batch(rn_queue *queue, const rn_batch *batch, rn_error *err) {
  rn_message *slot = reserve(queue);
  if (!slot) return rn_fail(err, RN_E_INTERRUPTED, "the job is ending");
  rn_arena_reset(&slot->arena);
  slot->kind = RN_MESSAGE_BATCH;
  rn_batch_copy(&slot->batch, batch, &slot->arena);
  publish(queue);
  return RN_OK;
}

rn_status rn_queue_put(rn_queue *queue, rn_message_kind kind, int64_t value, rn_error *err) {
  rn_message *slot = reserve(queue);
  if (!slot) return rn_fail(err, RN_E_INTERRUPTED, "the job is ending");
  slot->kind = kind;
  slot->value = value;
  publish(queue);
  return RN_OK;
}

rn_message *rn_inbox_next(rn_inbox *inbox, rn_queue **from) {
  if (inbox->channel_count == 0) return NULL;
  pthread_mutex_lock(&inbox->mutex);
  if (inbox->current) {
    rn_queue *done = inbox->current;
    done->head = (done->head + 1) % done->capacity;
    done->count--;
    done->taken = false;
    inbox->current = NULL;
    pthread_cond_signal(&done->space);
  }
  rn_message *message = NULL;
  for (uint32_t i = 0; i < inbox->channel_count && !message; i++) {
    rn_queue *q = inbox->channels[inbox->next_channel];
    inbox->next_channel = (inbox->next_channel + 1) % inbox->channel_count;
    if (q->blocked || q->count == 0) continue;
    q->taken = true;
    inbox->current = q;
    message = &q->ring[q->head];
    *from = q;
  }
  pthread_mutex_unlock(&inbox->mutex);
  return message;
}

void rn_inbox_wait(rn_inbox *inbox, int64_t timeout_us) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += timeout_us / 1000000;
  until.tv_nsec += timeout_us % 1000000 * 1000;
  if (until.tv_nsec >= 1000000000) {
    until.tv_sec++;
    until.tv_nsec -= 1000000000;
  }
  pthread_mutex_lock(&inbox->mutex);
  bool ready = false;
  while (!ready && !inbox->woken && !inbox->closed) {
    for (uint32_t i = 0; i < inbox->channel_count && !ready; i++) {
      rn_queue *q = inbox->channels[i];
      ready = !q->blocked && q->count > (q->taken ? 1u : 0u);
    }
    if (!ready && pthread_cond_timedwait(&inbox->ready, &inbox->mutex, &until) != 0) break;
  }
  inbox->woken = false;
  pthread_mutex_unlock(&inbox->mutex);
}

bool rn_inbox_empty(rn_inbox *inbox) {
  bool empty = true;
  pthread_mutex_lock(&inbox->mutex);
  for (uint32_t i = 0; i < inbox->channel_count; i++) empty &= inbox->channels[i]->count == 0;
  pthread_mutex_unlock(&inbox->mutex);
  return empty;
}

void rn_inbox_wake(void *ctx) {
  rn_inbox *inbox = ctx;
  pthread_mutex_lock(&inbox->mutex);
  inbox->woken = true;
  pthread_cond_signal(&inbox->ready);
  pthread_mutex_unlock(&inbox->mutex);
}

void rn_inbox_close(rn_inbox *inbox) {
  pthread_mutex_lock(&inbox->mutex);
  inbox->closed = true;
  pthread_cond_broadcast(&inbox->ready);
  for (uint32_t i = 0; i < inbox->channel_count; i++) pthread_cond_broadcast(&inbox->channels[i]->space);
  pthread_mutex_unlock(&inbox->mutex);
}
