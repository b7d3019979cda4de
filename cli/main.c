/* The program `runnel`: parses the command line and hands over to a command. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/cli.h"

int main(int argc, char **argv) {
  if (!setlocale(LC_CTYPE, "") || MB_CUR_MAX == 1) (void)setlocale(LC_CTYPE, "C.UTF-8");
  cli_options options;
  int code = cli_parse(argc, argv, &options);
  if (code < 0) {
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    cli c = {.options = &options, .out_tty = isatty(STDOUT_FILENO) != 0, .err_tty = isatty(STDERR_FILENO) != 0};
    c.color = c.out_tty && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
    c.format = options.format != FORMAT_AUTO ? options.format : c.out_tty ? FORMAT_TABLE : FORMAT_JSON;
    c.changelog = options.changelog;
    if (options.for_ms) c.deadline_ms = cli_now_ms() + options.for_ms;
    cli_status_init(&c);
    code = options.command->run(&c);
  }
  cli_free_options(&options);
  if ((fflush(stdout) != 0 || cli_write_lost()) && code == EXIT_OK && !cli_pipe_gone()) {
    cli_message("runnel: stdout cannot be written");
    code = EXIT_OUTPUT;
  }
  return code;
}
