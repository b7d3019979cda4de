/* `runnel test`: finds the files, runs their tests, reports. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "cli/test.h"

enum { MODES_MAX = 16 };

typedef struct suite {
  cli *c;
  char **paths;
  size_t path_count;
  test_options modes[MODES_MAX];
  size_t mode_count;
  unsigned long long tests, failed, updated;
  int code;
  test_difference *updates; /* of the file at hand */
} suite;

/* --- files -------------------------------------------------------------------------------------------------------------- */
static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
/* Files as named; of a folder those that end in .test.sql, sorted. */
static void add_path(suite *s, const char *path) {
  struct stat info;
  if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) {
    s->paths = cli_grow(s->paths, (s->path_count + 1) * sizeof *s->paths);
    s->paths[s->path_count++] = cli_copy(path, strlen(path));
    return;
  }
  DIR *folder = opendir(path);
  if (!folder) {
    cli_message("runnel: cannot read %s", path);
    s->code = EXIT_NO_INPUT;
    return;
  }
  char **names = NULL;
  size_t count = 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] == '.') continue;
    text full = {0};
    text_printf(&full, "%s/%s", path, entry->d_name);
    bool is_folder = stat(text_of(&full), &info) == 0 && S_ISDIR(info.st_mode);
    if (is_folder || cli_is_test_file(entry->d_name)) {
      names = cli_grow(names, (count + 1) * sizeof *names);
      names[count++] = cli_copy(text_of(&full), full.len);
    }
    text_free(&full);
  }
  (void)closedir(folder);
  if (count) qsort(names, count, sizeof *names, by_name);
  for (size_t i = 0; i < count; i++) {
    add_path(s, names[i]);
    free(names[i]);
  }
  free(names);
}

/* --- modes -------------------------------------------------------------------------------------------------------------------- */
static int read_modes(suite *s) {
  const cli_options *o = s->c->options;
  const char *list = o->parallelism ? o->parallelism : "1";
  while (*list) {
    char *end;
    long n = strtol(list, &end, 10);
    if (end == list || n < 1 || n > 128 || (*end && *end != ',')) return cli_usage_error("runnel test --parallelism 1,4", "\"%s\" is no list of numbers", list);
    for (int chaos = CHAOS_NONE; chaos <= (o->chaos ? CHAOS_ABORT : CHAOS_NONE); chaos++) {
      if (s->mode_count == MODES_MAX) return cli_usage_error(NULL, "at most %d parallelisms", MODES_MAX / 3);
      test_options *mode = &s->modes[s->mode_count++];
      mode->parallelism = (int)n;
      if (chaos) mode->chaos = chaos == CHAOS_STOP ? CHAOS_STOP : CHAOS_ABORT;
    }
    list = *end ? end + 1 : end;
  }
  return -1;
}
static const char *mode_text(const suite *s, const test_options *mode, char *buffer, size_t size) {
  static const char *const words[] = {"", ", stopped and restored after every step", ", killed and restored after every step"};
  if (s->mode_count == 1) return "";
  (void)snprintf(buffer, size, "      with parallelism %d%s\n", mode->parallelism, words[mode->chaos]);
  return buffer;
}

/* --- reports ---------------------------------------------------------------------------------------------------------------- */
static void put(const char *what) { cli_write(what, strlen(what)); }
static void report_line(const suite *s, bool good, const char *name, long long ms) {
  const cli *c = s->c;
  text line = {0};
  text_printf(&line, "  %s%s%s ", c->color ? good ? "\033[32m" : "\033[31m" : "", good ? "\u2713" : "\u2717", c->color ? "\033[0m" : "");
  text_safe(&line, name, strlen(name));
  int width = runnel_display_width(name, strlen(name));
  text_pad(&line, ' ', width < 60 ? 60 - width : 1);
  text_printf(&line, "%4lld ms\n", ms);
  put(text_of(&line));
  text_free(&line);
}
static void report_failure(const suite *s, const test_file *file, const test_options *mode, const test_outcome *outcome) {
  char buffer[96];
  put(mode_text(s, mode, buffer, sizeof buffer));
  if (outcome->failure) {
    for (const char *at = outcome->failure; *at;) {
      size_t len = strcspn(at, "\n");
      put("      ");
      cli_write(at, len);
      put("\n");
      at += len + (at[len] != 0);
    }
  }
  for (const test_difference *d = outcome->differences; d; d = d->next) {
    text head = {0};
    text_printf(&head, "      %s:%d  %s%s", file->path, d->step->line, *d->step->name ? d->step->name : "query", d->text[0] == ' ' ? ":\n" : ", ");
    put(text_of(&head));
    put(d->text);
    text_free(&head);
  }
}

/* Puts what was found in the place of what was expected: from the last one on, so that lines stay where they are. */
static int by_line(const void *a, const void *b) {
  const test_difference *x = *(test_difference *const *)a, *y = *(test_difference *const *)b;
  return y->step->line - x->step->line;
}
static void update_file(suite *s, const test_file *file) {
  size_t count = 0;
  for (const test_difference *d = s->updates; d; d = d->next) count++;
  test_difference **list = cli_alloc((count + 1) * sizeof(test_difference *));
  count = 0;
  for (test_difference *d = s->updates; d; d = d->next)
    if (d->found.column_count) list[count++] = d;
  qsort(list, count, sizeof(test_difference *), by_line);
  cli_source source = {.text = file->path};
  source.kind = SOURCE_FILE;
  char *all = count ? cli_read_source(&source, &s->code) : NULL;
  for (size_t i = 0; all && i < count; i++) {
    if (i && list[i]->step == list[i - 1]->step) continue; /* of another mode */
    text made = {0};
    const char *from = all, *to;
    for (int line = 1; line < list[i]->step->rows.first_line; line++) from += strcspn(from, "\n") + (from[strcspn(from, "\n")] != 0);
    to = from;
    for (int line = list[i]->step->rows.first_line; line <= list[i]->step->rows.last_line; line++) to += strcspn(to, "\n") + (to[strcspn(to, "\n")] != 0);
    text_add(&made, all, (size_t)(from - all));
    if (made.len && made.data[made.len - 1] != '\n') text_char(&made, '\n');
    test_print_rows(&made, &list[i]->found);
    text_puts(&made, to);
    free(all);
    all = cli_copy(text_of(&made), made.len);
    text_free(&made);
    s->updated++;
  }
  FILE *out = all ? fopen(file->path, "we") : NULL;
  if (all && (!out || fputs(all, out) < 0)) {
    cli_message("runnel: cannot write %s", file->path);
    s->code = EXIT_OUTPUT;
  }
  if (out) (void)fclose(out);
  free(all);
  free(list);
}

/* --- running -------------------------------------------------------------------------------------------------------------------- */
static bool run_test(suite *s, const test_file *file, const test_case *test) {
  long long begin = cli_now_ms();
  test_outcome outcomes[MODES_MAX];
  bool good = true;
  for (size_t i = 0; i < s->mode_count; i++) {
    memset(&outcomes[i], 0, sizeof outcomes[i]);
    if (s->modes[i].chaos != CHAOS_NONE && test->no_chaos) continue;
    if (s->modes[i].chaos == CHAOS_ABORT && test->no_kill) continue;
    test_run(s->c, file, test, &s->modes[i], &outcomes[i]);
    good &= !outcomes[i].failure && !outcomes[i].differences;
  }
  if (!good || !s->c->options->quiet) report_line(s, good, test->name, cli_now_ms() - begin);
  size_t told = 0;
  for (size_t i = 0; i < s->mode_count; i++) {
    test_outcome *o = &outcomes[i];
    if ((o->failure || o->differences) && told++ == 0) report_failure(s, file, &s->modes[i], o);
    if (s->c->options->update && i == 0) { /* what the plain run gives is what is written */
      test_difference **end = &s->updates;
      while (*end) end = &(*end)->next;
      *end = o->differences;
      o->differences = NULL;
    }
    test_outcome_free(o);
  }
  if (told > 1) {
    text line = {0};
    text_printf(&line, "      and in %zu of the %zu other ways it was run\n", told - 1, s->mode_count - 1);
    put(text_of(&line));
    text_free(&line);
  }
  return good;
}
static void run_file(suite *s, const char *path) {
  test_file file;
  int code = test_file_read(path, &file);
  const cli_options *o = s->c->options;
  if (code != EXIT_OK) {
    s->code = code;
  } else {
    bool told = false;
    for (size_t i = 1; i < file.case_count && !cli_stopped(s->c); i++) {
      if (o->pattern && !strcasestr(file.cases[i].name, o->pattern)) continue;
      if (!told && !o->quiet) {
        put(path);
        put("\n");
      }
      told = true;
      s->tests++;
      s->failed += !run_test(s, &file, &file.cases[i]);
    }
    if (file.case_count == 1 && !o->pattern) {
      cli_message("%s: no test in it: a test begins with --@test what is tested", path);
      s->code = EXIT_SQL;
    }
    if (s->updates) {
      update_file(s, &file);
      test_outcome rest = {.differences = s->updates};
      test_outcome_free(&rest);
      s->updates = NULL;
    }
  }
  test_file_free(&file);
}

int cli_test(cli *c) {
  suite s = {.c = c};
  const cli_options *o = c->options;
  long long begin = cli_now_ms();
  int code = read_modes(&s);
  if (code >= 0) return code;
  cli_signals_install(false);
  for (size_t i = 0; i < o->word_count; i++) add_path(&s, o->words[i]);
  if (!o->word_count) add_path(&s, ".");
  for (size_t i = 0; i < s.path_count && !cli_stopped(c); i++) run_file(&s, s.paths[i]);
  text line = {0};
  text_printf(&line, "%llu test%s, %llu failed, %llu passed in %lld ms\n", s.tests, s.tests == 1 ? "" : "s", s.failed, s.tests - s.failed,
              cli_now_ms() - begin);
  if (s.updated) text_printf(&line, "%llu expectation%s updated\n", s.updated, s.updated == 1 ? "" : "s");
  if (!s.path_count) text_puts(&line, "no file ends in .test.sql here\n");
  put(text_of(&line));
  cli_write_flush();
  text_free(&line);
  for (size_t i = 0; i < s.path_count; i++) free(s.paths[i]);
  free(s.paths);
  if (cli_signal()) { /* what was not run has not passed */
    cli_message("runnel: interrupted: not all tests were run");
    return 128 + cli_signal();
  }
  if (s.code) return s.code;
  return (s.failed && !o->update) || !s.tests ? EXIT_SQL : EXIT_OK;
}
