/* Regular expressions as java.util.regex writes them, rewritten for PCRE2. Private to runtime/functions/. */
#ifndef RN_RUNTIME_FUNCTIONS_REGEX_SYNTAX_H
#define RN_RUNTIME_FUNCTIONS_REGEX_SYNTAX_H
#include "base/text.h"

typedef struct regex_syntax {
  bool ucp;        /* (?U): \w, \d, \b and their like know all of Unicode */
  bool unix_lines; /* (?d): a line ends with \n alone */
  const char *unsupported; /* what Java knows and PCRE2 does not; NULL: nothing */
} regex_syntax;

/* Appends the pattern for PCRE2 to `out`. False: Java refuses the pattern, or info->unsupported is set. */
bool rn_regex_from_java(rn_slice pattern, rn_builder *out, regex_syntax *info);

#endif
