/* The line editor: see editor.h. Whole statements are history entries. */
#include "cli/editor.h"
#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

enum { HISTORY_ENTRIES = 2000, OFFERED_MAX = 60 };

struct editor {
  cli *c;
  EditLine *edit;
  History *history;
  char *history_file, *last;
  const char *prompt, *before;
  text line;
  bool interrupted, ended;
};

static char *show_prompt(EditLine *edit) {
  editor *e = NULL;
  (void)el_get(edit, EL_CLIENTDATA, &e);
  return (char *)(size_t)(e ? e->prompt : "");
}

/* Waits for a byte or a signal. Signals are let in only while waiting: one that comes between the look at its flag and
 * the wait would else be noticed with the next key. */
static int wait_for_input(editor *e, EditLine *edit) {
  sigset_t held, before;
  (void)sigemptyset(&held);
  (void)sigaddset(&held, SIGINT);
  (void)sigaddset(&held, SIGTERM);
  (void)sigaddset(&held, SIGWINCH);
  (void)sigprocmask(SIG_BLOCK, &held, &before);
  int ready = 0;
  while (ready == 0 && !cli_signal()) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    ready = ppoll(&input, 1, NULL, &before);
    if (ready < 0 && errno == EINTR) ready = 0;
    if (cli_window_changed()) el_resize(edit);
  }
  (void)sigprocmask(SIG_SETMASK, &before, NULL);
  e->interrupted = cli_signal() != 0;
  return e->interrupted ? -1 : ready;
}

/* One character from the terminal; Ctrl-C ends the line. */
static int read_character(EditLine *edit, wchar_t *out) {
  editor *e = NULL;
  (void)el_get(edit, EL_CLIENTDATA, &e);
  mbstate_t state;
  memset(&state, 0, sizeof state);
  for (;;) {
    if (wait_for_input(e, edit) < 0) return -1;
    char byte;
    ssize_t n = read(STDIN_FILENO, &byte, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      e->ended = true;
      return 0;
    }
    size_t used = mbrtowc(out, &byte, 1, &state);
    if (used == (size_t)-2) continue; /* the rest of the character follows */
    if (used == (size_t)-1) {
      memset(&state, 0, sizeof state);
      *out = L'?';
    }
    return 1;
  }
}

/* --- completion ------------------------------------------------------------------------------------------------- */
typedef struct offered {
  char *words[OFFERED_MAX];
  size_t count;
  bool more;
  char last_kind[16];
} offered;

static void offer(void *ctx, const char *word, const char *kind) {
  offered *o = ctx;
  for (size_t i = 0; i < o->count; i++)
    if (strcmp(o->words[i], word) == 0) return;
  if (o->count == OFFERED_MAX) {
    o->more = true;
    return;
  }
  o->words[o->count++] = cli_copy(word, strlen(word));
  (void)snprintf(o->last_kind, sizeof o->last_kind, "%s", kind);
}
static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static void list_offers(const offered *o) {
  text out = {0};
  text_char(&out, '\n');
  int widest = 1;
  for (size_t i = 0; i < o->count; i++) {
    int width = runnel_display_width(o->words[i], strlen(o->words[i]));
    if (width > widest) widest = width;
  }
  int per_line = 78 / (widest + 2) > 0 ? 78 / (widest + 2) : 1;
  for (size_t i = 0; i < o->count; i++) {
    text_puts(&out, o->words[i]);
    bool end = (int)(i + 1) % per_line == 0 || i + 1 == o->count;
    text_pad(&out, ' ', end ? 0 : widest + 2 - runnel_display_width(o->words[i], strlen(o->words[i])));
    if (end) text_char(&out, '\n');
  }
  if (o->more) text_puts(&out, "..\n");
  (void)fputs(text_of(&out), stdout);
  (void)fflush(stdout);
  text_free(&out);
}

static unsigned char complete(EditLine *edit, int key) {
  (void)key;
  editor *e = NULL;
  (void)el_get(edit, EL_CLIENTDATA, &e);
  const LineInfo *info = el_line(edit);
  text sql = {0};
  text_puts(&sql, e->before);
  size_t line_begin = sql.len;
  text_add(&sql, info->buffer, (size_t)(info->cursor - info->buffer));
  size_t cursor = sql.len, begin = cursor;
  offered o = {0};
  const char *line = text_skip_blank(text_of(&sql) + line_begin);
  if (!e->before[0] && *line == '\\' && !strchr(line, ' ')) {
    begin = (size_t)(line - text_of(&sql));
    cli_meta_complete(line, offer, &o);
  } else if (!e->before[0] && *line == '\\') {
    size_t argument;
    const char *like = cli_meta_like(line, &argument);
    if (like) {
      text as_sql = {0};
      text_printf(&as_sql, "%s%s", like, line + argument);
      text_clear(&sql);
      text_puts(&sql, text_of(&as_sql));
      text_free(&as_sql);
      cursor = begin = sql.len;
      (void)runnel_complete(e->c->db, text_of(&sql), cursor, &begin, offer, &o);
    }
  } else {
    (void)runnel_complete(e->c->db, text_of(&sql), cursor, &begin, offer, &o);
  }
  unsigned char result = CC_ERROR;
  if (o.count) {
    size_t typed = cursor - begin, common = strlen(o.words[0]);
    for (size_t i = 1; i < o.count; i++) {
      size_t n = 0;
      while (n < common && o.words[i][n] && lower(o.words[i][n]) == lower(o.words[0][n])) n++;
      common = n;
    }
    while (common && ((unsigned char)o.words[0][common] & 0xC0) == 0x80) common--; /* never half a character */
    text insert = {0};
    const char *written = text_of(&sql) + begin;
    bool small = typed && written[typed - 1] >= 'a' && written[typed - 1] <= 'z' && strcmp(o.last_kind, "keyword") == 0;
    for (size_t i = typed; i < common; i++) text_char(&insert, small ? lower(o.words[0][i]) : o.words[0][i]);
    if (o.count == 1 && !o.more && strcmp(o.last_kind, "option") != 0) text_char(&insert, ' ');
    if (insert.len) {
      (void)el_insertstr(edit, text_of(&insert));
      result = CC_REFRESH;
    } else if (o.count > 1) {
      list_offers(&o);
      result = CC_REDISPLAY;
    }
    text_free(&insert);
  }
  for (size_t i = 0; i < o.count; i++) free(o.words[i]);
  text_free(&sql);
  return result;
}

/* --- history ------------------------------------------------------------------------------------------------------- */
/* Statements with secrets, and those typed behind a blank, are not kept. */
static bool worth_keeping(const char *statement) {
  static const char *const secrets[] = {"password", "sasl.jaas", "secret", "ssl.key"};
  if (*statement == ' ' || !*statement) return false;
  for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
    if (strcasestr(statement, secrets[i])) return false;
  return true;
}
void editor_remember(editor *e, const char *statement) {
  HistEvent event;
  if (!worth_keeping(statement) || (e->last && strcmp(e->last, statement) == 0)) return;
  free(e->last);
  e->last = cli_copy(statement, strlen(statement));
  (void)history(e->history, &event, H_ENTER, statement);
  if (e->history_file) (void)history(e->history, &event, H_SAVE, e->history_file);
}

/* --- life ------------------------------------------------------------------------------------------------------------ */
editor *editor_open(cli *c, const char *history_file) {
  editor *e = cli_alloc(sizeof *e);
  HistEvent event;
  e->c = c;
  e->prompt = e->before = "";
  e->edit = el_init("runnel", stdin, stdout, stderr);
  e->history = history_init();
  if (!e->edit || !e->history) {
    editor_close(e);
    return NULL;
  }
  (void)history(e->history, &event, H_SETSIZE, HISTORY_ENTRIES);
  (void)el_set(e->edit, EL_CLIENTDATA, e);
  (void)el_set(e->edit, EL_PROMPT, show_prompt);
  (void)el_set(e->edit, EL_EDITOR, "emacs");
  (void)el_set(e->edit, EL_SIGNAL, 0);
  (void)el_set(e->edit, EL_HIST, history, e->history);
  (void)el_set(e->edit, EL_GETCFN, read_character);
  (void)el_wset(e->edit, EL_ADDFN, L"runnel-complete", L"complete the word", complete); /* el_set would leak both texts */
  (void)el_set(e->edit, EL_BIND, "\t", "runnel-complete", NULL);
  (void)el_set(e->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
  (void)el_set(e->edit, EL_BIND, "\033[3~", "ed-delete-next-char", NULL);
  (void)el_set(e->edit, EL_BIND, "\033[1~", "ed-move-to-beg", NULL);
  (void)el_set(e->edit, EL_BIND, "\033[4~", "ed-move-to-end", NULL);
  (void)el_source(e->edit, NULL);
  if (history_file) {
    int fd = open(history_file, O_RDWR | O_CREAT | O_CLOEXEC, 0600); /* made by us, readable by nobody else */
    if (fd >= 0) {
      (void)fchmod(fd, 0600);
      (void)close(fd);
      e->history_file = cli_copy(history_file, strlen(history_file));
      (void)history(e->history, &event, H_LOAD, history_file);
    }
  }
  return e;
}

editor_result editor_line(editor *e, const char *prompt, const char *before, const char **line) {
  e->prompt = prompt;
  e->before = before;
  e->interrupted = e->ended = false;
  int count = 0;
  (void)el_set(e->edit, EL_PREP_TERM, 1); /* before the prompt shows: a Ctrl-D typed at once must not be the terminal's */
  const char *got = el_gets(e->edit, &count);
  text_clear(&e->line);
  if (e->interrupted) {
    (void)fputs("^C\n", stdout);
    (void)fflush(stdout);
    el_reset(e->edit);
    return EDITOR_INTERRUPTED;
  }
  if (!got || count <= 0 || e->ended) return EDITOR_END;
  text_add(&e->line, got, (size_t)count);
  while (e->line.len && (e->line.data[e->line.len - 1] == '\n' || e->line.data[e->line.len - 1] == '\r')) e->line.data[--e->line.len] = 0;
  *line = text_of(&e->line);
  return EDITOR_LINE;
}

void editor_close(editor *e) {
  if (!e) return;
  if (e->edit) el_end(e->edit);
  if (e->history) history_end(e->history);
  free(e->history_file);
  free(e->last);
  text_free(&e->line);
  free(e);
}
