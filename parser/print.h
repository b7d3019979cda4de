/* Inside parser/: pieces of the AST printer (ast_print.c, ast_print_expr.c, ast_print_query.c). */
#ifndef RN_PARSER_PRINT_H
#define RN_PARSER_PRINT_H
#include "parser/ast.h"
#include "parser/parse.h"

void rn_print_name(const char *name, rn_builder *out); /* back-ticked when needed */
void rn_print_names(const rn_ast_names *names, rn_builder *out);
void rn_print_path(const rn_ast_path *path, rn_builder *out);
void rn_print_string(const char *text, size_t len, rn_builder *out);
void rn_print_options(const rn_ast_options *options, const char *separator, rn_builder *out); /* sorted by key */
void rn_print_hints(const rn_ast_hints *hints, rn_builder *out);
void rn_print_type(const rn_ast_type *type, rn_builder *out);
void rn_print_qualifier(const char *name, int32_t precision, int32_t scale, rn_builder *out);
void rn_print_num(const rn_ast_expr *expr, rn_builder *out); /* where the grammar wants num: arithmetic at most */
void rn_print_window(const rn_ast_window *window, rn_builder *out);
void rn_print_order(uint32_t count, const rn_ast_sort_item *items, rn_builder *out);
/* Indices of the options in order of their keys, stable. Caller frees. */
uint32_t *rn_sorted_options(const rn_ast_options *options);
bool rn_options_equal(const rn_ast_options *a, const rn_ast_options *b);

#endif
