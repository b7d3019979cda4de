/* Time at the barrier: runs a script through the embedding API and prints one line an epoch,
 * "BARRIER_US COMMIT_US", until EPOCHS were seen; the barrier's is that of the slowest task of the epoch.
 *
 *   barrier FILE.db SCRIPT EPOCHS INTERVAL_MS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "api/runnel.h"

static runnel *db;
static long seen, wanted;

static void on_log(void *ctx, int level, const char *text) {
  (void)ctx;
  const char *at = level == 3 && strncmp(text, "epoch ", 6) == 0 ? strstr(text, ": barrier ") : NULL;
  long long barrier, commit;
  if (level < 2) (void)fprintf(stderr, "%s\n", text);
  if (!at || sscanf(at, ": barrier %lld us, commit %lld us", &barrier, &commit) != 2) return;
  (void)printf("%lld %lld\n", barrier, commit);
  if (++seen >= wanted) (void)runnel_interrupt(db); /* epochs end one after the other */
}

int main(int argc, char **argv) {
  if (argc < 5) return 64;
  (void)setvbuf(stdout, NULL, _IOLBF, 0);
  static char sql[1 << 16], setting[96];
  FILE *f = fopen(argv[2], "r");
  if (!f) return 66;
  sql[fread(sql, 1, sizeof sql - 1, f)] = 0;
  (void)fclose(f);
  (void)snprintf(setting, sizeof setting, "execution.checkpointing.interval=%s ms", argv[4]);
  const char *const settings[] = {setting, NULL};
  runnel_config config = {.struct_size = sizeof config, .settings = settings, .log = on_log};
  wanted = strtol(argv[3], NULL, 10);
  int code = runnel_open(argv[1], &config, &db);
  if (code == RUNNEL_OK) code = runnel_exec(db, sql, NULL, NULL);
  if (code != RUNNEL_INTERRUPTED) {
    (void)fprintf(stderr, "%s\n", runnel_error_render(db, NULL, 0));
    return 1;
  }
  return runnel_close(db, -1) == RUNNEL_OK ? 0 : 1;
}
