/* Cursor: the bounded queue between the task that makes a SELECT's rows and the thread that reads them.
 * A slow reader stops only its own sources. */
#ifndef RN_RUNTIME_CURSOR_H
#define RN_RUNTIME_CURSOR_H
#include "base/error.h"
#include "runtime/batch.h"

typedef struct rn_cursor rn_cursor;
typedef enum rn_cursor_result { RN_CURSOR_BATCH, RN_CURSOR_DONE, RN_CURSOR_TIMEOUT, RN_CURSOR_FAILED } rn_cursor_result;

rn_cursor *rn_cursor_new(uint32_t capacity_batches);
void rn_cursor_free(rn_cursor *cursor);
/* Writer: copies the batch; blocks while full; RN_FAIL when the reader is gone (err E_INTERRUPTED). */
rn_status rn_cursor_push(rn_cursor *cursor, const rn_batch *batch, rn_error *err);
void rn_cursor_end(rn_cursor *cursor);
void rn_cursor_fail(rn_cursor *cursor, const rn_error *err);
/* Reader: the batch stays valid until the next call. timeout_ms: 0 poll, -1 for ever. */
rn_cursor_result rn_cursor_next(rn_cursor *cursor, int timeout_ms, const rn_batch **batch, rn_error *err);
void rn_cursor_cancel(rn_cursor *cursor); /* reader goes: the writer's next push fails; also from other threads */
int rn_cursor_fd(rn_cursor *cursor);      /* readable when next() would not time out; -1 unsupported */

#endif
