/* Growing text, and names near a misspelt one. */
#ifndef RUNNEL_CLI_TEXT_H
#define RUNNEL_CLI_TEXT_H
#include <stdbool.h>
#include <stddef.h>

typedef struct text {
  char *data; /* NUL-terminated once something was added */
  size_t len, cap;
} text;
void text_add(text *t, const char *data, size_t len);
void text_puts(text *t, const char *data);
void text_char(text *t, char c);
void text_pad(text *t, char c, int times);
void text_printf(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_clear(text *t);
void text_free(text *t);
const char *text_of(const text *t); /* "" when empty */
void text_json(text *t, const char *s); /* as a JSON string */
void text_name(text *t, const char *name); /* in back-ticks */

void *cli_alloc(size_t bytes); /* zeroed; ends the program when there is no memory */
void *cli_grow(void *memory, size_t bytes);
char *cli_copy(const char *text, size_t len);

/* Edit distance; at most 2 counts as near. */
size_t text_distance(const char *a, const char *b);
bool text_same_word(const char *a, const char *b); /* without case */
const char *text_skip_blank(const char *s);
const char *text_skip_comments(const char *s); /* and blanks */
/* The name that a CREATE TABLE, VIEW or FUNCTION gives (last part, without back-ticks), by its look: its text may not even
 * parse. NULL: another statement. Freed by the caller. */
char *text_created_name(const char *sql);
/* What of a cell a terminal may see: controls become \n, \t, \x1b; broken UTF-8 becomes ?. Appends. */
void text_safe(text *t, const char *data, size_t len);
/* "30s", "5 min", "500ms", "2h": milliseconds; -1: no duration. */
long long text_duration_ms(const char *s);

#endif
