/* Fuzzing the front end, seeded and bounded to about two seconds: sentences made from a grammar (sentences.h) must parse,
 * round-trip through the printer and through the formatter, whose second pass must change nothing; their byte-wise
 * mutations must not crash, every diagnostic must carry a usable span, and what still parses must round-trip too. RUNNEL_FUZZ_SECONDS and RUNNEL_FUZZ_SEED change the dose. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/alloc.h"
#include "parser/format.h"
#include "parser/parse.h"
#include "sentences.h"

static const char *pick(const char *const *list, size_t count) { return list[roll((uint32_t)count)]; }
#define PICK(list) pick(list, sizeof(list) / sizeof(list)[0])

static void sentence(rn_builder *b) { sentence_rule_of(b, rn_slice_of("statement"), 2 + (int)roll(7)); }

/* --- checks -------------------------------------------------------------------------------------------------- */
/* What the formatter makes of a script that parses has the same trees, and is left as it is the second time. */
static void check_format(rn_slice text, const rn_ast_script *script, rn_diagnostics *diags) {
  rn_builder once = {0}, twice = {0};
  bool broken = diags->error_count > 0;
  if (rn_format_script(text, &once, diags) != RN_OK) {
    if (!broken || diags->items[diags->count - 1].code == RN_E_INTERNAL)
      fail_msg("format fails: %.*s\n%s", (int)text.len, text.ptr, diags->items[diags->count - 1].message);
    rn_builder_free(&once);
    return;
  }
  rn_arena arena = {0};
  rn_ast_script again;
  rn_slice formatted = rn_slice_make(once.data ? once.data : "", once.len);
  (void)rn_parse_script(formatted, &arena, &again, diags);
  bool same = again.count == script->count;
  for (uint32_t i = 0; same && i < again.count; i++) same = rn_ast_equal(script->statements[i], again.statements[i]);
  if (!same) fail_msg("format changes: %.*s\n -> %.*s", (int)text.len, text.ptr, (int)once.len, once.data);
  if (rn_format_script(formatted, &twice, diags) != RN_OK || !rn_slice_eq(formatted, rn_slice_make(twice.data ? twice.data : "", twice.len)))
    fail_msg("format twice: %.*s\n -> %.*s\n -> %.*s", (int)text.len, text.ptr, (int)once.len, once.data, (int)twice.len, twice.data);
  rn_arena_free(&arena);
  rn_builder_free(&once);
  rn_builder_free(&twice);
}

static void check(const char *data, size_t len, bool must_parse) {
  rn_slice text = rn_slice_make(data, len);
  rn_arena arena = {0};
  rn_ast_script script;
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  (void)rn_parse_script(text, &arena, &script, diags);
  if (must_parse && (diags->count || script.count != 1)) fail_msg("refused: %s\n%s", data, diags->items[0].message);
  if (!script.count) (void)rn_parse_completeness(text);
  for (size_t i = 0; i < diags->count; i++) {
    rn_builder out = {0};
    assert_true(diags->items[i].span.begin <= diags->items[i].span.end && diags->items[i].span.end <= len);
    assert_true(diags->items[i].message[0] != 0);
    rn_error_render(&diags->items[i], text, NULL, &out);
    rn_builder_free(&out);
  }
  for (uint32_t i = 0; i < script.count; i++) {
    rn_builder out = {0};
    rn_ast_print(script.statements[i], &out);
    rn_arena second = {0};
    rn_ast_script again;
    rn_diagnostics *more = rn_calloc(1, sizeof *more);
    (void)rn_parse_script(rn_slice_make(out.data, out.len), &second, &again, more);
    if (again.count != 1 || !rn_ast_equal(script.statements[i], again.statements[0]))
      fail_msg("round trip: %.*s\n -> %s\n%s", (int)len, data, out.data, more->items[0].message);
    rn_free(more);
    rn_arena_free(&second);
    rn_builder_free(&out);
  }
  check_format(text, &script, diags);
  rn_free(diags);
  rn_arena_free(&arena);
}

static void mutate(rn_builder *b) {
  static const char *const pieces[] = {"(", ")", ",", ";", "'", "`", "/*", "*/", "--", "\n", "SELECT ", " FROM ", "\xff", "\xE2\x80\x98", "U&'", "E'\\",
                                       "NOT ", " AND ", ".", "[", "]", "=", "/*+ ", " END", "CASE ", "BEGIN ", "STATEMENT SET BEGIN ", "\"", "0x", "=>"};
  uint32_t times = 1 + roll(3);
  for (uint32_t i = 0; i < times && b->len > 2; i++) {
    size_t at = roll((uint32_t)b->len), n = 1 + roll(8);
    switch (roll(4)) {
      case 0: b->data[at] = (char)roll(256); break;
      case 1: /* delete */
        if (at + n > b->len) n = b->len - at;
        memmove(b->data + at, b->data + at + n, b->len - at - n + 1);
        b->len -= n;
        break;
      case 2: { /* insert */
        const char *piece = PICK(pieces);
        n = strlen(piece);
        rn_builder_reserve(b, n);
        memmove(b->data + at + n, b->data + at, b->len - at + 1);
        memcpy(b->data + at, piece, n);
        b->len += n;
        break;
      }
      default: /* cut */
        b->len = at;
        b->data[at] = 0;
        break;
    }
  }
}

static double setting(const char *name, double otherwise) {
  const char *text = getenv(name);
  return text && *text ? strtod(text, NULL) : otherwise;
}
static void fuzz(void **state) {
  (void)state;
  seed = (uint64_t)setting("RUNNEL_FUZZ_SEED", 20240607) | 1;
  double seconds = setting("RUNNEL_FUZZ_SECONDS", 1.5);
  struct timespec start, now;
  (void)clock_gettime(CLOCK_MONOTONIC, &start);
  unsigned rounds = 0;
  do {
    rn_builder b = {0};
    sentence(&b);
    check(b.data, b.len, true);
    for (int i = 0; i < 4; i++) {
      mutate(&b);
      char *exact = rn_malloc(b.len ? b.len : 1); /* no NUL behind it: sanitizers see a read too far */
      if (b.len) memcpy(exact, b.data, b.len);
      check(exact, b.len, false);
      rn_free(exact);
    }
    rn_builder_free(&b);
    rounds++;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9 < seconds);
  assert_true(rounds > 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(fuzz)};
  return cmocka_run_group_tests_name("parse fuzz", tests, NULL, NULL);
}
