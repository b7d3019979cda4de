/* Queues between tasks: a task has one inbox; every producer that sends to it has a channel (rn_queue) of
 * its own: bounded, in order, single producer, single consumer. Batches are copied into the channel's slot;
 * watermarks, idleness, barriers, end and drain lie between them. A full channel blocks its producer, so
 * memory stays flat however far behind the consumer is.
 *
 * Barrier alignment (Carbone 2015): the consumer blocks a channel that has delivered its barrier until all
 * others have; channels are bounded singly, so a blocked one never stops another. */
#ifndef RN_RUNTIME_QUEUE_H
#define RN_RUNTIME_QUEUE_H
#include "runtime/operator.h"

typedef struct rn_inbox rn_inbox;
typedef struct rn_queue rn_queue;

typedef enum rn_message_kind {
  RN_MESSAGE_BATCH, RN_MESSAGE_WATERMARK, RN_MESSAGE_IDLE, RN_MESSAGE_ACTIVE, RN_MESSAGE_END, RN_MESSAGE_DRAIN,
  RN_MESSAGE_BARRIER
} rn_message_kind;

typedef struct rn_message {
  rn_message_kind kind;
  int64_t value;   /* watermark, drain watermark, epoch */
  rn_batch batch;  /* in the slot's own arena; valid until the consumer's next call of rn_inbox_next */
  rn_arena arena;
} rn_message;

rn_inbox *rn_inbox_new(void);
/* All producers must be gone. */
void rn_inbox_free(rn_inbox *inbox);
/* Before the tasks run. Messages of the channel are meant for input `input` of target. */
rn_queue *rn_inbox_add(rn_inbox *inbox, rn_operator *target, unsigned input, uint32_t capacity);
uint32_t rn_inbox_channels(const rn_inbox *inbox);
rn_queue *rn_inbox_channel(rn_inbox *inbox, uint32_t index);

/* Producer. Both block while the channel is full; RN_FAIL (E_INTERRUPTED) once the inbox is closed. */
rn_status rn_queue_put_batch(rn_queue *queue, const rn_batch *batch, rn_error *err);
rn_status rn_queue_put(rn_queue *queue, rn_message_kind kind, int64_t value, rn_error *err);

/* Consumer. The next message of any channel that is not blocked, taking turns; NULL: none now. Gives the
 * slot of the message before back. */
rn_message *rn_inbox_next(rn_inbox *inbox, rn_queue **from);
rn_operator *rn_queue_target(const rn_queue *queue);
unsigned rn_queue_input(const rn_queue *queue);
void rn_queue_block(rn_queue *queue, bool blocked);
/* Waits until there may be something: a message, a wake-up, a close, or the timeout. */
void rn_inbox_wait(rn_inbox *inbox, int64_t timeout_us);
/* Any thread: has every message been taken and its successor asked for? */
bool rn_inbox_empty(rn_inbox *inbox);
/* Any thread: ends the current or the next wait. */
void rn_inbox_wake(void *inbox);
/* Any thread: producers' puts fail from now on. */
void rn_inbox_close(rn_inbox *inbox);

#endif
