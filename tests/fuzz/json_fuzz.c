/* The JSON decoder under libFuzzer: every input goes through all scanners, with and without padding,
 * strict and lenient, and is compared with sqlite's JSON. Build it with
 *   clang -std=c11 -D_GNU_SOURCE -I. -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/json_fuzz.c \
 *     (objects of base/, runtime/ and connectors/formats/, built the same way) -lsqlite3 -lxxhash -lm
 * The same checks run for some seconds, seeded, in tests/unit/test_json.c. */
#include "tests/fuzz/json_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static checker c;
  if (!c.pages) checker_open(&c);
  check_record(&c, (const char *)data, size);
  return 0;
}
