/* Queues between tasks: order, blocking of producers and of channels, closing; and the cursor. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
#include "base/alloc.h"
#include "runtime/cursor.h"
#include "runtime/queue.h"

static void make_batch(rn_batch *batch, rn_arena *arena, int64_t first, uint32_t rows) {
  rn_field own[2] = {{"n", rn_type_basic(RN_T_BIGINT, false)}, {"text", rn_type_basic(RN_T_VARCHAR, true)}};
  rn_schema schema = {2, own};
  rn_batch_init(batch, &schema, rows, arena);
  for (uint32_t i = 0; i < rows; i++) {
    ((int64_t *)batch->columns[0].data)[i] = first + i;
    const char *text = rn_arena_printf(arena, "a text that is long enough: %lld", (long long)(first + i));
    ((rn_str *)batch->columns[1].data)[i] = rn_str_make(text, strlen(text));
  }
  batch->rows = batch->live_count = rows;
}

typedef struct producer {
  rn_queue *queue;
  int64_t batches;
  rn_status status;
  int64_t sent; /* atomic */
} producer;

static void *produce(void *arg) {
  producer *p = arg;
  rn_arena arena = {0};
  rn_error err;
  rn_error_clear(&err);
  for (int64_t i = 0; i < p->batches && p->status == RN_OK; i++) {
    rn_batch batch;
    rn_arena_reset(&arena);
    make_batch(&batch, &arena, i * 10, 10);
    p->status = rn_queue_put_batch(p->queue, &batch, &err);
    if (p->status == RN_OK && i % 100 == 99) p->status = rn_queue_put(p->queue, RN_MESSAGE_WATERMARK, i, &err);
    if (p->status == RN_OK) __atomic_fetch_add(&p->sent, 1, __ATOMIC_RELEASE);
  }
  if (p->status == RN_OK) p->status = rn_queue_put(p->queue, RN_MESSAGE_END, 0, &err);
  rn_arena_free(&arena);
  return NULL;
}

static void test_order_and_copies(void **state) {
  (void)state;
  rn_inbox *inbox = rn_inbox_new();
  producer p[2] = {{.batches = 1000}, {.batches = 1000}};
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) p[i].queue = rn_inbox_add(inbox, NULL, (unsigned)i, 4);
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, produce, &p[i]);
  int64_t next[2] = {0, 0};
  int ended = 0;
  while (ended < 2) {
    rn_queue *from;
    rn_message *m = rn_inbox_next(inbox, &from);
    if (!m) {
      rn_inbox_wait(inbox, 1000000);
      continue;
    }
    unsigned c = rn_queue_input(from);
    if (m->kind == RN_MESSAGE_END) ended++;
    if (m->kind == RN_MESSAGE_WATERMARK) assert_int_equal(m->value * 10 + 10, next[c]); /* behind its batch */
    if (m->kind != RN_MESSAGE_BATCH) continue;
    for (uint32_t i = 0; i < m->batch.live_count; i++) {
      assert_int_equal(((int64_t *)m->batch.columns[0].data)[i], next[c]);
      char text[64];
      snprintf(text, sizeof text, "a text that is long enough: %lld", (long long)next[c]);
      assert_true(rn_slice_is(rn_str_slice(&((rn_str *)m->batch.columns[1].data)[i]), text));
      next[c]++;
    }
  }
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  assert_int_equal(next[0], 10000);
  assert_int_equal(next[1], 10000);
  rn_inbox_free(inbox);
}

static void test_full_queue_stops_producer(void **state) {
  (void)state;
  rn_inbox *inbox = rn_inbox_new();
  producer p = {.batches = 100};
  p.queue = rn_inbox_add(inbox, NULL, 0, 4);
  pthread_t thread;
  pthread_create(&thread, NULL, produce, &p);
  for (int i = 0; i < 60000 && __atomic_load_n(&p.sent, __ATOMIC_ACQUIRE) < 4; i++) usleep(1000);
  usleep(20000);
  assert_int_equal(__atomic_load_n(&p.sent, __ATOMIC_ACQUIRE), 4);
  rn_inbox_close(inbox); /* and a closed inbox lets it go, with an error */
  pthread_join(thread, NULL);
  assert_int_equal(p.status, RN_FAIL);
  rn_inbox_free(inbox);
}

static void test_blocked_channel_waits(void **state) {
  (void)state;
  rn_inbox *inbox = rn_inbox_new();
  rn_queue *a = rn_inbox_add(inbox, NULL, 0, 8), *b = rn_inbox_add(inbox, NULL, 1, 8);
  rn_error err;
  rn_error_clear(&err);
  rn_queue *from;
  assert_int_equal(rn_queue_put(a, RN_MESSAGE_BARRIER, 7, &err), RN_OK);
  assert_int_equal(rn_queue_put(a, RN_MESSAGE_WATERMARK, 1, &err), RN_OK);
  rn_message *m = rn_inbox_next(inbox, &from);
  assert_non_null(m);
  assert_int_equal(m->kind, RN_MESSAGE_BARRIER);
  assert_int_equal(m->value, 7);
  rn_queue_block(a, true);
  assert_null(rn_inbox_next(inbox, &from));
  assert_int_equal(rn_queue_put(b, RN_MESSAGE_WATERMARK, 2, &err), RN_OK);
  m = rn_inbox_next(inbox, &from);
  assert_ptr_equal(from, b);
  assert_int_equal(m->value, 2);
  rn_queue_block(a, false);
  m = rn_inbox_next(inbox, &from);
  assert_ptr_equal(from, a);
  assert_int_equal(m->value, 1);
  assert_null(rn_inbox_next(inbox, &from));
  rn_inbox_free(inbox);
}

/* --- cursor --------------------------------------------------------------------------------------------------- */

static bool readable(rn_cursor *c) {
  struct pollfd p = {.fd = rn_cursor_fd(c), .events = POLLIN};
  return poll(&p, 1, 0) == 1;
}

static void test_cursor(void **state) {
  (void)state;
  rn_cursor *c = rn_cursor_new(2);
  rn_arena arena = {0};
  rn_batch batch;
  rn_error err;
  rn_error_clear(&err);
  const rn_batch *got;
  assert_int_equal(rn_cursor_next(c, 0, &got, &err), RN_CURSOR_TIMEOUT);
  assert_int_equal(rn_cursor_next(c, 5, &got, &err), RN_CURSOR_TIMEOUT);
  assert_false(readable(c));
  make_batch(&batch, &arena, 0, 3);
  assert_int_equal(rn_cursor_push(c, &batch, &err), RN_OK);
  make_batch(&batch, &arena, 3, 2);
  assert_int_equal(rn_cursor_push(c, &batch, &err), RN_OK);
  assert_true(readable(c));
  assert_int_equal(rn_cursor_next(c, 0, &got, &err), RN_CURSOR_BATCH);
  assert_int_equal(got->live_count, 3);
  assert_int_equal(rn_cursor_next(c, 0, &got, &err), RN_CURSOR_BATCH);
  assert_int_equal(((int64_t *)got->columns[0].data)[0], 3);
  assert_false(readable(c));
  rn_cursor_end(c);
  assert_true(readable(c));
  assert_int_equal(rn_cursor_next(c, -1, &got, &err), RN_CURSOR_DONE);
  assert_int_equal(rn_cursor_next(c, -1, &got, &err), RN_CURSOR_DONE);
  rn_cursor_free(c);

  c = rn_cursor_new(2); /* rows made before an error come first */
  assert_int_equal(rn_cursor_push(c, &batch, &err), RN_OK);
  rn_error why;
  rn_error_clear(&why);
  rn_fail(&why, RN_E_DIVISION, "division by zero");
  rn_cursor_fail(c, &why);
  assert_int_equal(rn_cursor_next(c, 0, &got, &err), RN_CURSOR_BATCH);
  assert_int_equal(rn_cursor_next(c, 0, &got, &err), RN_CURSOR_FAILED);
  assert_int_equal(err.code, RN_E_DIVISION);
  rn_cursor_free(c);

  c = rn_cursor_new(2);
  rn_cursor_cancel(c);
  rn_error_clear(&err);
  assert_int_equal(rn_cursor_push(c, &batch, &err), RN_FAIL);
  assert_int_equal(err.code, RN_E_INTERRUPTED);
  rn_cursor_free(c);
  rn_arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_order_and_copies), cmocka_unit_test(test_full_queue_stops_producer),
                                     cmocka_unit_test(test_blocked_channel_waits), cmocka_unit_test(test_cursor)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
