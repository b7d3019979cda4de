/* Progress on stderr. On a terminal one line at the bottom, redrawn four times a second and taken away before anything
 * else is printed; elsewhere, for awaited work, a logfmt line every ten seconds. Notices come from any thread, so a
 * mutex keeps them apart. */
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "cli/cli.h"

enum { DRAW_MS = 250, FIRST_MS = 500, LOG_MS = 10000, WHY_MS = 3000 };

static struct {
  pthread_mutex_t lock;
  bool terminal, quiet, wanted, shown;
  long long started_ms, drawn_ms, logged_ms, rate_ms;
  uint64_t rate_rows;
  double rate;
  unsigned frame;
  text last; /* what the line shows, to draw it again below new rows */
} status = {.lock = PTHREAD_MUTEX_INITIALIZER};

void cli_status_init(const cli *c) {
  status.terminal = c->err_tty;
  status.quiet = c->options->quiet;
}
void cli_status_begin(bool wanted) {
  status.wanted = wanted && !status.quiet;
  status.started_ms = status.logged_ms = status.rate_ms = cli_now_ms();
  status.drawn_ms = status.started_ms + FIRST_MS - DRAW_MS; /* short work shows nothing */
  status.rate_rows = 0;
  status.rate = -1;
}
bool cli_status_due(void) {
  if (!status.wanted) return false;
  long long now = cli_now_ms();
  return status.terminal ? now - status.drawn_ms >= DRAW_MS : now - status.logged_ms >= LOG_MS;
}

static void clear_locked(void) {
  if (!status.shown) return;
  (void)fputs("\r\033[K", stderr);
  (void)fflush(stderr);
  status.shown = false;
}
void cli_status_clear(void) {
  (void)pthread_mutex_lock(&status.lock);
  clear_locked();
  (void)pthread_mutex_unlock(&status.lock);
}
void cli_status_end(void) {
  cli_status_clear();
  status.wanted = false;
  text_free(&status.last);
}
void cli_message(const char *format, ...) {
  va_list args;
  (void)pthread_mutex_lock(&status.lock);
  clear_locked();
  va_start(args, format);
  (void)vfprintf(stderr, format, args);
  va_end(args);
  (void)fputc('\n', stderr);
  (void)fflush(stderr);
  (void)pthread_mutex_unlock(&status.lock);
}

/* 12345678 -> "12.3 M" */
static void short_number(text *t, double n) {
  static const struct {
    double from;
    const char *unit;
  } units[] = {{1e9, " G"}, {1e6, " M"}, {1e4, " k"}};
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
    if (n >= units[i].from) {
      text_printf(t, "%.1f%s", n / (i == 2 ? 1e3 : units[i].from), units[i].unit);
      return;
    }
  text_printf(t, "%.0f", n);
}
static void watermark(text *t, int64_t us, bool iso) {
  time_t seconds = (time_t)(us / 1000000);
  struct tm parts;
  char buf[40];
  if (!gmtime_r(&seconds, &parts) || !strftime(buf, sizeof buf, iso ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d %H:%M:%S", &parts)) return;
  text_puts(t, buf);
}

/* No rows after a while: why, instead of the numbers. */
static const char *why_none(const runnel_stats *s, unsigned long long rows) {
  return rows == 0 && s->why && cli_now_ms() - status.started_ms >= WHY_MS ? s->why : NULL;
}

static void line(text *t, const runnel_stats *s, unsigned long long rows, const char *what) {
  static const char *const frames[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
  long long seconds = (cli_now_ms() - status.started_ms) / 1000;
  const char *why = why_none(s, rows);
  if (why) { /* the line is short: nothing else */
    text_printf(t, "%s no rows yet: ", frames[status.frame++ % 10]);
    text_safe(t, why, strlen(why));
    return;
  }
  text_printf(t, "%s %02lld:%02lld:%02lld  ", frames[status.frame++ % 10], seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (what) text_printf(t, "%s  ", what);
  short_number(t, status.rate < 0 ? 0 : status.rate);
  text_puts(t, " rows/s  in ");
  short_number(t, (double)s->rows_in);
  text_puts(t, "  out ");
  short_number(t, (double)(rows ? rows : s->rows_out));
  if (s->lag >= 0) {
    text_puts(t, "  lag ");
    short_number(t, (double)s->lag);
  }
  if (s->watermark_us != INT64_MIN && s->watermark_us < INT64_MAX / 2) {
    text_puts(t, "  wm ");
    watermark(t, s->watermark_us, false);
  }
  if (s->late) text_printf(t, "  late %llu", (unsigned long long)s->late);
  if (s->ahead) text_printf(t, "  ahead of the clock %llu", (unsigned long long)s->ahead);
  if (s->bad) text_printf(t, "  bad %llu", (unsigned long long)s->bad);
  if (s->epoch) text_printf(t, "  epoch %llu", (unsigned long long)s->epoch);
}
static void logfmt(text *t, const runnel_stats *s, unsigned long long rows, const char *what) {
  text_puts(t, "ts=");
  watermark(t, (int64_t)time(NULL) * 1000000, true);
  text_printf(t, " level=info msg=progress%s%s in_per_s=%.0f in=%llu out=%llu", what ? " job=" : "", what ? what : "",
              status.rate < 0 ? 0 : status.rate, (unsigned long long)s->rows_in, rows ? rows : (unsigned long long)s->rows_out);
  if (s->lag >= 0) text_printf(t, " lag=%lld", (long long)s->lag);
  if (s->watermark_us != INT64_MIN && s->watermark_us < INT64_MAX / 2) {
    text_puts(t, " wm=");
    watermark(t, s->watermark_us, true);
  }
  text_printf(t, " late=%llu bad=%llu state_bytes=%llu epoch=%llu", (unsigned long long)s->late, (unsigned long long)s->bad,
              (unsigned long long)s->state_bytes, (unsigned long long)s->epoch);
  if (s->ahead) text_printf(t, " ahead=%llu", (unsigned long long)s->ahead);
  const char *why = why_none(s, rows);
  if (why) {
    text_puts(t, " no_rows_yet=");
    text_json(t, why);
  }
}

/* The line must fit: a wrapped one cannot be taken away. Columns are counted as the terminal counts them. */
static void draw_last(void) {
  const text *t = &status.last;
  struct winsize size;
  int columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
  size_t len = t->len;
  while (len && runnel_display_width(t->data, len) >= columns) {
    len--;
    while (len && ((unsigned char)t->data[len] & 0xC0) == 0x80) len--;
  }
  (void)fprintf(stderr, "\r%.*s\033[K", (int)len, text_of(t));
  (void)fflush(stderr);
  status.shown = true;
}

void cli_status_restore(void) {
  if (!status.terminal || !status.wanted) return;
  (void)pthread_mutex_lock(&status.lock);
  if (!status.shown && status.last.len) draw_last();
  (void)pthread_mutex_unlock(&status.lock);
}

void cli_status_tick(const runnel_stats *stats, unsigned long long rows, const char *what) {
  if (!stats || !cli_status_due()) return;
  (void)pthread_mutex_lock(&status.lock);
  long long now = cli_now_ms();
  if (now > status.rate_ms) {
    double rate = (double)(stats->rows_in - status.rate_rows) * 1000 / (double)(now - status.rate_ms);
    status.rate = status.rate < 0 ? rate : status.rate * 0.7 + rate * 0.3;
    status.rate_ms = now;
    status.rate_rows = stats->rows_in;
  }
  text_clear(&status.last);
  if (status.terminal) {
    line(&status.last, stats, rows, what);
    draw_last();
    status.drawn_ms = now;
  } else {
    logfmt(&status.last, stats, rows, what);
    (void)fprintf(stderr, "%s\n", text_of(&status.last));
    (void)fflush(stderr);
    status.logged_ms = now;
  }
  (void)pthread_mutex_unlock(&status.lock);
}
