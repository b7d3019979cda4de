/* Cursor (cursor.h): a ring of batches between the task that makes a SELECT's rows and its reader. An eventfd
 * mirrors "next() would not time out" for event loops. */
#include "runtime/cursor.h"
#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include "base/alloc.h"

typedef struct slot {
  rn_batch batch;
  rn_arena arena;
} slot;

struct rn_cursor {
  pthread_mutex_t mutex;
  pthread_cond_t filled, space;
  slot *ring;
  uint32_t capacity, head, count;
  bool taken;     /* the slot at head is with the reader */
  bool ended, cancelled;
  rn_error error; /* code 0: none */
  int fd;
  bool signalled; /* the eventfd is readable */
};

rn_cursor *rn_cursor_new(uint32_t capacity_batches) {
  rn_cursor *c = rn_calloc(1, sizeof *c);
  pthread_condattr_t attr;
  pthread_condattr_init(&attr);
  pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
  pthread_mutex_init(&c->mutex, NULL);
  pthread_cond_init(&c->filled, &attr);
  pthread_cond_init(&c->space, &attr);
  pthread_condattr_destroy(&attr);
  c->capacity = capacity_batches < 2 ? 2 : capacity_batches; /* one is with the reader */
  c->ring = rn_calloc(c->capacity, sizeof *c->ring);
  c->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return c;
}

void rn_cursor_free(rn_cursor *c) {
  if (!c) return;
  for (uint32_t i = 0; i < c->capacity; i++) rn_arena_free(&c->ring[i].arena);
  rn_free(c->ring);
  if (c->fd >= 0) close(c->fd);
  pthread_cond_destroy(&c->filled);
  pthread_cond_destroy(&c->space);
  pthread_mutex_destroy(&c->mutex);
  rn_free(c);
}

/* Under the mutex: makes the eventfd say what next() would. */
static void mirror(rn_cursor *c) {
  bool ready = c->count > (c->taken ? 1u : 0u) || c->ended || c->cancelled || c->error.code != 0;
  if (ready == c->signalled || c->fd < 0) return;
  uint64_t one = 1;
  ssize_t n = ready ? write(c->fd, &one, sizeof one) : read(c->fd, &one, sizeof one);
  if (n == (ssize_t)sizeof one) c->signalled = ready;
}

rn_status rn_cursor_push(rn_cursor *c, const rn_batch *batch, rn_error *err) {
  if (batch->live_count == 0) return RN_OK;
  pthread_mutex_lock(&c->mutex);
  while (c->count == c->capacity && !c->cancelled && !c->ended && c->error.code == 0) {
    pthread_cond_wait(&c->space, &c->mutex);
  }
  if (c->cancelled || c->ended || c->error.code != 0) {
    pthread_mutex_unlock(&c->mutex);
    return rn_fail(err, RN_E_INTERRUPTED, "the result is not read any more");
  }
  slot *s = &c->ring[(c->head + c->count) % c->capacity];
  pthread_mutex_unlock(&c->mutex); /* a free slot is the writer's alone */
  rn_arena_reset(&s->arena);
  rn_batch_copy(&s->batch, batch, &s->arena);
  pthread_mutex_lock(&c->mutex);
  c->count++;
  mirror(c);
  pthread_cond_signal(&c->filled);
  pthread_mutex_unlock(&c->mutex);
  return RN_OK;
}

void rn_cursor_end(rn_cursor *c) {
  pthread_mutex_lock(&c->mutex);
  c->ended = true;
  mirror(c);
  pthread_cond_broadcast(&c->filled);
  pthread_cond_broadcast(&c->space);
  pthread_mutex_unlock(&c->mutex);
}

void rn_cursor_fail(rn_cursor *c, const rn_error *err) {
  pthread_mutex_lock(&c->mutex);
  if (c->error.code == 0 && !c->ended) c->error = *err;
  mirror(c);
  pthread_cond_broadcast(&c->filled);
  pthread_cond_broadcast(&c->space);
  pthread_mutex_unlock(&c->mutex);
}

static void deadline_after(int timeout_ms, struct timespec *t) {
  clock_gettime(CLOCK_MONOTONIC, t);
  t->tv_sec += timeout_ms / 1000;
  t->tv_nsec += (long)(timeout_ms % 1000) * 1000000;
  if (t->tv_nsec >= 1000000000) {
    t->tv_sec++;
    t->tv_nsec -= 1000000000;
  }
}

rn_cursor_result rn_cursor_next(rn_cursor *c, int timeout_ms, const rn_batch **batch, rn_error *err) {
  struct timespec until;
  if (timeout_ms > 0) deadline_after(timeout_ms, &until);
  pthread_mutex_lock(&c->mutex);
  if (c->taken) {
    c->taken = false;
    c->head = (c->head + 1) % c->capacity;
    c->count--;
    pthread_cond_signal(&c->space);
  }
  while (c->count == 0 && !c->ended && !c->cancelled && c->error.code == 0) {
    if (timeout_ms == 0) break;
    if (timeout_ms < 0) pthread_cond_wait(&c->filled, &c->mutex);
    else if (pthread_cond_timedwait(&c->filled, &c->mutex, &until) == ETIMEDOUT) break;
  }
  rn_cursor_result result = RN_CURSOR_TIMEOUT;
  if (c->cancelled) {
    rn_fail(err, RN_E_INTERRUPTED, "interrupted");
    result = RN_CURSOR_FAILED;
  } else if (c->count > 0) { /* rows that were made before an error or the end come first */
    c->taken = true;
    *batch = &c->ring[c->head].batch;
    result = RN_CURSOR_BATCH;
  } else if (c->error.code != 0) {
    if (err && err->code == 0) *err = c->error;
    result = RN_CURSOR_FAILED;
  } else if (c->ended) {
    result = RN_CURSOR_DONE;
  }
  mirror(c);
  pthread_mutex_unlock(&c->mutex);
  return result;
}

void rn_cursor_cancel(rn_cursor *c) {
  pthread_mutex_lock(&c->mutex);
  c->cancelled = true;
  mirror(c);
  pthread_cond_broadcast(&c->filled);
  pthread_cond_broadcast(&c->space);
  pthread_mutex_unlock(&c->mutex);
}

int rn_cursor_fd(rn_cursor *c) { return c->fd; }
