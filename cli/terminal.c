/* The terminal while a statement runs: what is typed ahead is not echoed into a live table, a progress line or rows, and
 * waits, keys as they were typed, for the next prompt (or for the shell that started us). Ctrl-C, Ctrl-Z and Ctrl-\ keep
 * their meaning: the terminal is given back as it was before the program stops or ends, and taken again when it goes on.
 * Handlers, also that of signals.c, call only what is safe in them (tcsetattr, tcgetpgrp, sigaction, raise). */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "cli/cli.h"

static struct {
  struct termios before, quiet;
  volatile sig_atomic_t on;
  struct sigaction stop, go_on, quit; /* handlers before ours */
  bool at_exit;
} terminal;

/* Changing the terminal from the background would stop us. */
static bool in_foreground(void) { return tcgetpgrp(STDIN_FILENO) == getpgrp(); }

static void put(const struct termios *mode) {
  int kept = errno;
  if (in_foreground()) (void)tcsetattr(STDIN_FILENO, TCSANOW, mode);
  errno = kept;
}

static void handle(int number, void (*handler)(int)) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  (void)sigemptyset(&action.sa_mask);
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  (void)sigaction(number, &action, NULL);
}

/* Ctrl-Z, Ctrl-\: the signal's own effect comes when this returns. */
static void on_leave(int number) {
  if (terminal.on) put(&terminal.before);
  handle(number, SIG_DFL);
  (void)raise(number);
}
static void on_continue(int number) {
  (void)number;
  if (!terminal.on) return;
  if (terminal.stop.sa_handler == SIG_DFL) handle(SIGTSTP, on_leave); /* it took itself away */
  put(&terminal.quiet);
}

void cli_terminal_quiet(void) {
  if (terminal.on || !in_foreground() || tcgetattr(STDIN_FILENO, &terminal.before) != 0) return;
  terminal.quiet = terminal.before;
  terminal.quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON); /* byte by byte: half a line and a Ctrl-D wait as well */
  terminal.quiet.c_lflag |= NOFLSH;                     /* Ctrl-C throws nothing away */
  terminal.quiet.c_cc[VMIN] = 1;
  terminal.quiet.c_cc[VTIME] = 0;
  if (!terminal.at_exit) terminal.at_exit = atexit(cli_terminal_restore) == 0;
  (void)sigaction(SIGTSTP, NULL, &terminal.stop);
  (void)sigaction(SIGCONT, NULL, &terminal.go_on);
  (void)sigaction(SIGQUIT, NULL, &terminal.quit);
  terminal.on = 1;
  if (terminal.stop.sa_handler == SIG_DFL) handle(SIGTSTP, on_leave);
  if (terminal.quit.sa_handler == SIG_DFL) handle(SIGQUIT, on_leave);
  handle(SIGCONT, on_continue);
  put(&terminal.quiet);
}

void cli_terminal_restore(void) {
  if (!terminal.on) return;
  terminal.on = 0; /* first: a SIGCONT now, on another thread, may not take it again */
  put(&terminal.before);
  (void)sigaction(SIGTSTP, &terminal.stop, NULL);
  (void)sigaction(SIGCONT, &terminal.go_on, NULL);
  (void)sigaction(SIGQUIT, &terminal.quit, NULL);
}
