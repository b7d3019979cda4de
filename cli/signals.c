/* Signals. Ctrl-C interrupts the running statement and never the shell. In `runnel run` the first SIGINT or SIGTERM
 * asks for an orderly stop (an epoch is closed), the second one ends the process at once: whatever was not committed
 * is made again by the next run. SIGPIPE is ignored; the writer sees EPIPE and ends quietly. */
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "cli/cli.h"

static struct {
  volatile sig_atomic_t first, terminated, window, run, stopping;
  volatile long long first_ms;
  runnel_stmt *volatile stmt;
} seen;

/* The same signal within a moment is the same wish: timeout(1) and terminals send one to us and one to our group. */
enum { SAME_WISH_MS = 250 };

static void on_stop(int number) {
  long long now = cli_now_ms();
  if (seen.run && seen.first == number && now - seen.first_ms < SAME_WISH_MS) return;
  if (seen.run && (seen.first || seen.stopping)) {
    cli_terminal_restore();
    static const char note[] = "\naborted: rows since the last epoch are made again by the next run\n";
    if (write(STDERR_FILENO, note, sizeof note - 1) < 0) _exit(128 + number);
    _exit(128 + number);
  }
  seen.first = number;
  seen.first_ms = now;
  if (number == SIGTERM) seen.terminated = 1;
  runnel_stmt *stmt = seen.stmt;
  if (stmt) (void)runnel_stmt_interrupt(stmt);
}
static void on_window(int number) {
  (void)number;
  seen.window = 1;
}

void cli_signals_install(bool run) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  (void)sigemptyset(&action.sa_mask);
  action.sa_handler = on_stop;
  action.sa_flags = SA_RESTART; /* a write that it meets goes on: stdio would take it for lost. Who reads waits with poll */
  seen.run = run;
  (void)sigaction(SIGINT, &action, NULL);
  (void)sigaction(SIGTERM, &action, NULL);
  action.sa_handler = on_window;
  (void)sigaction(SIGWINCH, &action, NULL);
  action.sa_handler = SIG_IGN;
  (void)sigaction(SIGPIPE, &action, NULL);
}
int cli_signal(void) { return seen.first; }
void cli_signal_reset(void) { seen.first = seen.terminated ? SIGTERM : 0; }
void cli_signal_statement(runnel_stmt *stmt) { seen.stmt = stmt; }
void cli_signal_stopping(bool on) { seen.stopping = on; }
bool cli_window_changed(void) {
  bool changed = seen.window != 0;
  seen.window = 0;
  return changed;
}

long long cli_now_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
