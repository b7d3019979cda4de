/* Snapshots: what an operator hands over at an epoch barrier, and gets back at restore.
 *
 * An operator instance puts, per touched key group, one delta blob (what changed since the previous
 * barrier) or one base blob (everything; replaces what was stored for that group). The store adds
 * CRC32C and writes them in the epoch's transaction as rows of _rn_state(job, operator, grp, epoch).
 * Groups 0..RN_KEY_GROUPS-1 are key groups. Group RN_GROUP_GLOBAL + subtask holds what belongs to no
 * key (a limit's count, a watermark); it is always a base blob, and at restore EVERY instance gets the
 * global blobs of all former subtasks. */
#ifndef RN_RUNTIME_SNAPSHOT_H
#define RN_RUNTIME_SNAPSHOT_H
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/vec.h"

enum { RN_GROUP_GLOBAL = RN_KEY_GROUPS };

typedef struct rn_blob {
  const char *operator_id; /* borrowed from the plan */
  uint16_t group;
  bool is_base;
  char *data; /* heap; owned by the snapshot */
  size_t len;
  uint64_t epoch; /* restore only: blobs of a group come base first, then deltas in epoch order */
} rn_blob;

typedef struct rn_snapshot {
  RN_VEC(rn_blob) blobs;
} rn_snapshot;
void rn_snapshot_put(rn_snapshot *snapshot, const char *operator_id, uint16_t group, bool is_base,
                     rn_builder *data /* taken */);
void rn_snapshot_free(rn_snapshot *snapshot);

/* Little encoder/decoder for blobs: fixed little-endian, varints, length-prefixed bytes. The reader
 * never reads past the end: it sets `bad` and returns zeros. */
typedef struct rn_reader {
  const char *ptr, *end;
  bool bad;
} rn_reader;
void rn_put_u8(rn_builder *b, uint8_t v);
void rn_put_u32(rn_builder *b, uint32_t v);
void rn_put_i64(rn_builder *b, int64_t v);
void rn_put_varint(rn_builder *b, uint64_t v);
void rn_put_bytes(rn_builder *b, const void *data, size_t len); /* varint length, then bytes */
uint8_t rn_get_u8(rn_reader *r);
uint32_t rn_get_u32(rn_reader *r);
int64_t rn_get_i64(rn_reader *r);
uint64_t rn_get_varint(rn_reader *r);
rn_slice rn_get_bytes(rn_reader *r);

#endif
