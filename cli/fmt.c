/* `runnel fmt`: scripts in one style. What does not parse stays as it is. */
#include <stdlib.h>
#include <string.h>
#include "cli/cli.h"

static int write_file(const char *path, const char *data, size_t len) {
  FILE *file = fopen(path, "we");
  if (file && fwrite(data, 1, len, file) == len && fclose(file) == 0) return EXIT_OK;
  cli_message("runnel: cannot write %s", path);
  return EXIT_OUTPUT;
}

static int format_one(cli *c, const cli_source *source) {
  const cli_options *o = c->options;
  const char *name = cli_source_name(source);
  int code = EXIT_OK;
  char *sql = cli_read_source(source, &code);
  if (!sql) return code;
  size_t len = 0;
  const char *formatted = runnel_format(c->db, sql, &len);
  if (!formatted) {
    code = cli_report(c, name, 0);
  } else if (o->check || (o->write && source->kind != SOURCE_STDIN)) {
    bool same = strlen(sql) == len && memcmp(sql, formatted, len) == 0;
    if (!same && o->check) {
      (void)printf("%s\n", name);
      code = EXIT_SQL;
    } else if (!same) {
      code = write_file(source->text, formatted, len);
      if (code == EXIT_OK && !o->quiet) cli_message("%s", name);
    }
  } else {
    cli_write(formatted, len);
    cli_write_flush();
  }
  free(sql);
  return code;
}

int cli_fmt(cli *c) {
  const cli_options *o = c->options;
  if (o->write && o->check) return cli_usage_error("runnel fmt -w FILE.sql", "--write and --check exclude each other");
  cli_default_stdin(c->options);
  int code = cli_open_scratch(c);
  if (code >= 0) return code;
  code = EXIT_OK;
  for (size_t i = 0; i < o->source_count; i++) {
    if (o->sources[i].kind == SOURCE_FILE && cli_is_test_file(o->sources[i].text)) continue; /* rows are in it, too */
    int one = format_one(c, &o->sources[i]);
    if (one > code) code = one;
  }
  return cli_close(c, code);
}
