/* The line editor behind one small file: libedit with our reading of bytes, so that Ctrl-C, window changes and
 * UTF-8 behave. */
#ifndef RUNNEL_CLI_EDITOR_H
#define RUNNEL_CLI_EDITOR_H
#include "cli/cli.h"

typedef struct editor editor;
typedef enum editor_result { EDITOR_LINE, EDITOR_INTERRUPTED, EDITOR_END } editor_result;

editor *editor_open(cli *c, const char *history_file); /* NULL file: history of this session only */
/* One line without its end, owned by the editor until the next call. `before`: the lines of the statement so far. */
editor_result editor_line(editor *e, const char *prompt, const char *before, const char **line);
void editor_remember(editor *e, const char *statement);
void editor_close(editor *e);

#endif
