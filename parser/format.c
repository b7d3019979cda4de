/* Tokens to pieces: where the lines of a statement may break (format.h). A query is a row of clauses; a clause is its
 * head and a list, a condition or a plain run of tokens. What is a clause is a table row. */
#include "parser/format.h"
#include <ctype.h>
#include "parser/driver.h"
#include "parser/parse.h"
#include "parser/token.h"
#include "sql_grammar.h"

typedef struct formatter {
  rn_slice source;
  const rn_token *tokens; /* of the statement, then its `;` or the end */
  size_t count;           /* without that one */
  size_t begin;           /* where the text before the first token starts */
  bool soft;              /* words that are keywords here but names elsewhere may be written in capitals */
  size_t *match;          /* of ( [ CASE BEGIN: the token that closes; else 0 */
  bool *bracket;          /* < or > of a type */
  rn_pieces *out;
} formatter;

/* --- tokens ------------------------------------------------------------------------------------------------------ */
static rn_slice raw(const formatter *f, size_t i) {
  return rn_slice_make(f->source.ptr + f->tokens[i].span.begin, f->tokens[i].span.end - f->tokens[i].span.begin);
}
static bool is(const formatter *f, size_t i, const char *word) {
  return i < f->count && !f->tokens[i].quoted && rn_slice_eq_nocase(raw(f, i), rn_slice_of(word));
}
static bool is_any(const formatter *f, size_t i, const char *const *words, size_t count) {
  for (size_t k = 0; k < count; k++)
    if (is(f, i, words[k])) return true;
  return false;
}
#define IS_ANY(f, i, list) is_any(f, i, list, sizeof list / sizeof list[0])

static bool is_word(const formatter *f, size_t i) {
  unsigned char c = (unsigned char)raw(f, i).ptr[0];
  return c == '_' || c == '$' || c >= 0x80 || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
static bool is_plain_word(const formatter *f, size_t i) {
  return is_word(f, i) && !f->tokens[i].quoted && f->tokens[i].kind != TK_STRING && f->tokens[i].kind != TK_BYTES_LITERAL &&
         !(i && is(f, i - 1, "."));
}
/* Words that are keywords wherever they stand: their case means nothing. */
static bool is_reserved(const formatter *f, size_t i) { return is_plain_word(f, i) && rn_keyword_is_reserved(raw(f, i)); }
/* Words that the grammar knows but that may be names too. */
static bool is_soft(const formatter *f, size_t i) {
  const rn_keyword *row = is_plain_word(f, i) ? rn_keyword_find(raw(f, i)) : NULL;
  return row && !row->reserved && row->token != TK_ID;
}

/* Parentheses, CASE .. END, and the < > of types. The arrays of a statement are small: linear is fine. */
static void find_pairs(formatter *f) {
  static const char *const generic[] = {"ARRAY", "MAP", "MULTISET", "ROW", "STRUCTURED"};
  RN_VEC(size_t) open = {0}, angle = {0};
  for (size_t i = 0; i < f->count; i++) {
    bool opens = is(f, i, "(") || is(f, i, "[") || is(f, i, "CASE");
    bool closes = is(f, i, ")") || is(f, i, "]") || is(f, i, "END");
    if (opens) RN_VEC_PUSH(&open, i);
    if (closes && open.len) f->match[open.data[--open.len]] = i;
    if (is(f, i, "<") && i && IS_ANY(f, i - 1, generic)) {
      f->bracket[i] = true;
      RN_VEC_PUSH(&angle, i);
    } else if (is(f, i, ">") && angle.len) {
      f->bracket[i] = true;
      f->match[angle.data[--angle.len]] = i;
    }
  }
  RN_VEC_FREE(&open);
  RN_VEC_FREE(&angle);
}
/* The token behind i and what it opens. */
static size_t after(const formatter *f, size_t i) { return f->match[i] ? f->match[i] + 1 : i + 1; }

/* --- pieces ------------------------------------------------------------------------------------------------------- */
static void put(formatter *f, rn_piece_kind kind) { RN_VEC_PUSH(f->out, (rn_piece){.kind = kind}); }
static void put_text(formatter *f, rn_slice text, bool upper) {
  RN_VEC_PUSH(f->out, ((rn_piece){.kind = RN_PIECE_TEXT, .text = text, .upper = upper}));
}

/* Past the comment at c. */
static const char *comment_end(const char *c, const char *end) {
  const char *stop = c[1] == '*' ? memmem(c + 2, (size_t)(end - c - 2), "*/", 2) : memchr(c, '\n', (size_t)(end - c));
  return !stop ? end : c[1] == '*' ? stop + 2 : stop;
}
static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* What between two tokens belongs to the first: the comments behind it, when its line ends with them. */
static size_t trailing_end(const formatter *f, size_t from, size_t to) {
  const char *c = f->source.ptr + from, *end = f->source.ptr + to;
  while (c < end) {
    if (*c == '\n') return (size_t)(c - f->source.ptr);
    c = is_blank(*c) || *c == ';' ? c + 1 : comment_end(c, end);
  }
  return to == f->source.len ? to : from; /* the next token is on this line: they belong to that */
}

/* Comments of [from, to). Behind a token they stay on its line; in front of one they have lines of their own, unless
 * the token is on their line. `blanks`: blank lines between them are kept. */
static void put_comments(formatter *f, size_t from, size_t to, bool behind, bool blanks) {
  const char *c = f->source.ptr + from, *end = f->source.ptr + to;
  for (int newlines = behind ? 0 : 1; c < end;) {
    if (is_blank(*c) || *c == ';') {
      newlines += *c == '\n';
      if (newlines == 2 && *c == '\n' && blanks && from > f->begin) put(f, RN_PIECE_EMPTY);
      c++;
      continue;
    }
    const char *stop = comment_end(c, end), *last = stop;
    while (last > c && is_blank(last[-1])) last--;
    bool own_line = newlines > 0 && (from == f->begin || memchr(f->source.ptr + from, '\n', (size_t)(c - f->source.ptr) - from));
    const char *next = stop;
    while (next < end && (*next == ' ' || *next == '\t')) next++;
    bool same_line = c[1] == '*' && (next < end ? *next != '\n' : !behind);
    if (own_line && !same_line) put(f, RN_PIECE_HARD); /* the other one goes where its token goes, also the second time */
    put(f, RN_PIECE_SPACE);
    put_text(f, rn_slice_make(c, (size_t)(last - c)), false);
    if (!same_line)
      put(f, RN_PIECE_HARD);
    else if (!strchr(",;)", *next))
      put(f, RN_PIECE_SPACE);
    newlines = 0;
    from = (size_t)(c - f->source.ptr);
    c = stop;
  }
}

/* The column list behind the name in CREATE TABLE t (.. and INSERT INTO t (.. */
static bool is_column_list(const formatter *f, size_t open) {
  if (!is(f, 0, "CREATE") && !is(f, 0, "INSERT")) return false;
  for (size_t i = 0; i < open; i++)
    if (is(f, i, "(") || is(f, i, "SELECT") || is(f, i, "FUNCTION")) return false;
  return true;
}

static bool space_between(const formatter *f, size_t a, size_t b) {
  static const char *const open[] = {"(", "[", "."}, *const close[] = {")", "]", ",", ";", "."};
  static const char *const operators[] = {"=", "<>", "!=", "<", ">", "<=", ">=", "=>", "||", "+", "-", "*", "/", "%"};
  static const char *const spaced[] = {"WITH", "AS", "IN", "VALUES", "OVER", "ON", "AND", "OR", "NOT", "BY", "FROM", "JOIN", "UNION", "ALL",
                                       "EXCEPT", "INTERSECT", "SET", "USING", "WHEN", "THEN", "ELSE", "KEY", "SELECT", "WHERE", "EXISTS", "LIKE"};
  if (IS_ANY(f, a, open) || IS_ANY(f, b, close)) return false;
  if (f->bracket[b]) return false;
  if (f->bracket[a]) return !is(f, a, "<");
  if (is(f, b, "[")) return false;
  if (is(f, b, "(")) {
    if (is_column_list(f, b)) return true;
    if (is_word(f, a) && !f->tokens[a].quoted) /* a call, or a keyword and a list */
      return IS_ANY(f, a, spaced) || f->tokens[a].span.end != f->tokens[b].span.begin;
    return f->tokens[a].quoted ? f->tokens[a].span.end != f->tokens[b].span.begin : true;
  }
  if (is(f, a, "-") || is(f, a, "+")) { /* a sign, not an operator */
    static const char *const before[] = {"(", "[", ","};
    bool sign = a == 0 || IS_ANY(f, a - 1, before) || IS_ANY(f, a - 1, operators) || (is_reserved(f, a - 1) && !is(f, a - 1, "END"));
    if (sign) return is(f, b, "-") || is(f, b, "+");
  }
  return true;
}

/* Where the comments in front of a token begin. */
static size_t lead_begin(const formatter *f, size_t i) {
  return i ? trailing_end(f, f->tokens[i - 1].span.end, f->tokens[i].span.begin) : f->begin;
}
/* One token with its comments; those of the statement's first token are put before the statement. */
static void put_token(formatter *f, size_t i) {
  if (i) put_comments(f, lead_begin(f, i), f->tokens[i].span.begin, false, false);
  put_text(f, raw(f, i), is_reserved(f, i) || (f->soft && is_soft(f, i)));
  size_t end = f->tokens[i].span.end, next = f->tokens[i + 1].span.begin;
  put_comments(f, end, trailing_end(f, end, next), true, false);
}

static void put_tokens(formatter *f, size_t from, size_t to);
static void put_clauses(formatter *f, size_t from, size_t to);

/* --- lists and conditions --------------------------------------------------------------------------------------------- */
/* The next token in [from, to) at this depth that is `word`. */
static size_t find(const formatter *f, size_t from, size_t to, const char *word) {
  for (size_t i = from; i < to; i = after(f, i))
    if (is(f, i, word)) return i;
  return to;
}
static void put_list(formatter *f, size_t from, size_t to) {
  while (from < to) {
    size_t comma = find(f, from, to, ",");
    put_tokens(f, from, comma);
    if (comma < to) {
      put_token(f, comma);
      put(f, RN_PIECE_BLANK);
    }
    from = comma + 1;
  }
}
/* a AND b OR c: a place before each AND and OR, but not before the AND of BETWEEN. */
static size_t find_junction(const formatter *f, size_t from, size_t to) {
  int between = 0;
  for (size_t i = from; i < to; i = after(f, i)) {
    if (is(f, i, "BETWEEN")) between++;
    if (is(f, i, "OR")) return i;
    if (is(f, i, "AND") && between-- <= 0) return i;
  }
  return to;
}
static void put_condition(formatter *f, size_t from, size_t to) {
  for (size_t next; from < to; from = next) {
    /* the junction that begins this part is not looked at again */
    bool junction = is(f, from, "AND") || is(f, from, "OR");
    next = find_junction(f, from + (junction ? 1 : 0), to);
    put_tokens(f, from, next);
    if (next < to) put(f, RN_PIECE_BLANK);
  }
}

/* Parentheses hold a query, the clauses of a window, a list, or an expression. */
static void put_parentheses(formatter *f, size_t open, size_t close) {
  static const char *const clausal[] = {"SELECT", "WITH", "VALUES", "PARTITION", "MEASURES"};
  put_token(f, open);
  if (open + 1 < close) {
    bool clauses = IS_ANY(f, open + 1, clausal) || (is(f, open + 1, "ORDER") && is(f, open + 2, "BY")) ||
                   (is(f, open + 1, "(") && find(f, open + 1, close, ",") == close && after(f, open + 1) < close);
    put(f, RN_PIECE_OPEN);
    put(f, RN_PIECE_INDENT);
    put(f, RN_PIECE_BREAK);
    if (clauses)
      put_clauses(f, open + 1, close);
    else if (find(f, open + 1, close, ",") < close)
      put_list(f, open + 1, close);
    else
      put_condition(f, open + 1, close);
    put(f, RN_PIECE_DEDENT);
    put(f, RN_PIECE_BREAK);
    put_token(f, close);
    put(f, RN_PIECE_CLOSE);
  } else {
    put_token(f, close);
  }
}

static void put_case(formatter *f, size_t begin, size_t end) {
  put(f, RN_PIECE_OPEN);
  put_token(f, begin);
  put(f, RN_PIECE_INDENT);
  for (size_t from = begin + 1, next; from < end; from = next) {
    bool branch = is(f, from, "WHEN") || is(f, from, "ELSE"); /* else the operand of a simple CASE */
    for (next = from + 1; next < end && !is(f, next, "WHEN") && !is(f, next, "ELSE");) next = after(f, next);
    put(f, branch ? RN_PIECE_BLANK : RN_PIECE_SPACE);
    put_tokens(f, from, next);
  }
  put(f, RN_PIECE_DEDENT);
  put(f, RN_PIECE_BLANK);
  put_token(f, end);
  put(f, RN_PIECE_CLOSE);
}

/* A run of tokens: places to break only inside its parentheses and CASEs. */
static void put_tokens(formatter *f, size_t from, size_t to) {
  for (size_t i = from; i < to;) {
    if (i > from && space_between(f, i - 1, i)) put(f, RN_PIECE_SPACE);
    size_t close = f->match[i];
    if (!close || close >= to || f->bracket[i]) {
      put_token(f, i++);
    } else {
      if (is(f, i, "CASE"))
        put_case(f, i, close);
      else
        put_parentheses(f, i, close);
      i = close + 1;
    }
  }
}

/* --- clauses ------------------------------------------------------------------------------------------------------------ */
typedef enum clause_kind { PLAIN, LIST, CONDITION, JOIN } clause_kind;
static const struct clause_row {
  const char *word, *next; /* next: must follow, NULL: any word */
  clause_kind kind;
} clauses[] = {
    {"SELECT", NULL, LIST},       {"FROM", NULL, LIST},          {"WHERE", NULL, CONDITION}, {"GROUP", "BY", LIST},
    {"HAVING", NULL, CONDITION},  {"WINDOW", NULL, LIST},        {"QUALIFY", NULL, CONDITION}, {"ORDER", "BY", LIST},
    {"LIMIT", NULL, PLAIN},       {"OFFSET", NULL, PLAIN},       {"FETCH", NULL, PLAIN},     {"UNION", NULL, PLAIN},
    {"INTERSECT", NULL, PLAIN},   {"EXCEPT", NULL, PLAIN},       {"MINUS", NULL, PLAIN},     {"VALUES", NULL, LIST},
    {"WITH", NULL, LIST},         {"INSERT", NULL, PLAIN},       {"PARTITION", "BY", LIST},  {"MEASURES", NULL, LIST},
    {"ONE", "ROW", PLAIN},        {"ALL", "ROWS", PLAIN},        {"AFTER", "MATCH", PLAIN},  {"PATTERN", "(", PLAIN},
    {"WITHIN", "INTERVAL", PLAIN}, {"DEFINE", NULL, LIST},       {"ROWS", NULL, PLAIN},      {"RANGE", NULL, PLAIN},
    {"JOIN", NULL, JOIN},         {"LEFT", NULL, JOIN},          {"RIGHT", NULL, JOIN},      {"FULL", NULL, JOIN},
    {"INNER", NULL, JOIN},        {"CROSS", NULL, JOIN},         {"NATURAL", NULL, JOIN},    {"EMIT", "CHANGES", PLAIN},
    {"ON", "CONFLICT", PLAIN},
};

/* WITH is a clause before a query; elsewhere it brings options, WITH ORDINALITY, WITH LOCAL TIME ZONE. */
static bool begins_with_clause(const formatter *f, size_t i) {
  return is_word(f, i + 1) && (is(f, i + 2, "AS") || is(f, i + 2, "(")) && !is(f, i + 1, "ORDINALITY") && !is(f, i + 1, "LOCAL");
}
static const struct clause_row *clause_at(const formatter *f, size_t from, size_t i) {
  if (f->tokens[i].quoted || !is_word(f, i) || (i && is(f, i - 1, "."))) return NULL;
  for (size_t k = 0; k < sizeof clauses / sizeof clauses[0]; k++) {
    const struct clause_row *row = &clauses[k];
    if (!is(f, i, row->word) || (row->next && !is(f, i + 1, row->next))) continue;
    if (is(f, i, "WITH")) return i + 2 < f->count && begins_with_clause(f, i) ? row : NULL;
    if (row->kind == JOIN) {
      bool joins = is(f, i, "JOIN") || is(f, i + 1, "JOIN") || is(f, i + 2, "JOIN");
      bool goes_on = i > from && (is(f, i - 1, "NATURAL") || is(f, i - 1, "OUTER") || is(f, i - 1, "LEFT") || is(f, i - 1, "RIGHT") ||
                                  is(f, i - 1, "FULL") || is(f, i - 1, "INNER") || is(f, i - 1, "CROSS"));
      return joins && !goes_on && !is(f, i + 1, "(") ? row : NULL;
    }
    if (is(f, i, "FROM") && i > from + 1 && is(f, i - 1, "DISTINCT") && (is(f, i - 2, "IS") || is(f, i - 2, "NOT"))) return NULL;
    return row;
  }
  return NULL;
}

/* SELECT [DISTINCT | ALL] [hint], GROUP BY [DISTINCT | ALL], .. */
static size_t head_end(const formatter *f, const struct clause_row *row, size_t from, size_t to) {
  size_t i = from + 1;
  if (row->next && i < to) i++;
  if (is(f, from, "WITH") && is(f, i, "RECURSIVE")) i++;
  if (is(f, from, "SELECT") && i < to && f->tokens[i].kind == TK_HINT_BEGIN) {
    while (i < to && f->tokens[i].kind != TK_HINT_END) i++;
    i += i < to;
  }
  if (is(f, from, "SELECT") && (is(f, i, "DISTINCT") || is(f, i, "ALL"))) i++;
  return i < to ? i : to;
}

static void put_clause(formatter *f, const struct clause_row *row, size_t from, size_t to) {
  size_t body = row ? head_end(f, row, from, to) : to;
  put(f, RN_PIECE_OPEN);
  if (!row || row->kind == PLAIN || body == to) {
    put_tokens(f, from, to);
  } else if (row->kind == JOIN) {
    size_t on = find(f, from, to, "ON");
    put_tokens(f, from, on);
    if (on < to) {
      put(f, RN_PIECE_INDENT);
      put(f, RN_PIECE_BLANK);
      put_condition(f, on, to);
      put(f, RN_PIECE_DEDENT);
    }
  } else {
    bool one = row->kind == LIST && find(f, body, to, ",") == to;
    put_tokens(f, from, body);
    put(f, RN_PIECE_INDENT);
    put(f, one || row->kind == CONDITION || is(f, from, "WITH") ? RN_PIECE_SPACE : RN_PIECE_BLANK);
    if (is(f, from, "WITH")) put(f, RN_PIECE_DEDENT); /* its queries are indented enough by their parentheses */
    if (row->kind == LIST)
      put_list(f, body, to);
    else
      put_condition(f, body, to);
    if (!is(f, from, "WITH")) put(f, RN_PIECE_DEDENT);
  }
  put(f, RN_PIECE_CLOSE);
}

static void put_clauses(formatter *f, size_t from, size_t to) {
  while (from < to) {
    const struct clause_row *row = clause_at(f, from, from);
    size_t next = row ? head_end(f, row, from, to) : from + 1;
    if (!row) next = after(f, from);
    while (next < to && !clause_at(f, from, next)) next = after(f, next);
    put_clause(f, row, from, next);
    if (next < to) put(f, RN_PIECE_BLANK);
    from = next;
  }
}

/* EXECUTE STATEMENT SET BEGIN a; b; END, or BEGIN STATEMENT SET; a; b; END: a line each, the inner ones indented. */
static size_t set_begin(const formatter *f) {
  if (is(f, 0, "BEGIN") && is(f, 1, "STATEMENT")) return 3;
  for (size_t i = 0; i + 1 < f->count && i < 6; i++)
    if (is(f, i, "SET") && is(f, i + 1, "BEGIN")) return i + 1;
  return 0;
}
static void put_statement(formatter *f) {
  size_t from = 0, begin = set_begin(f);
  if (!begin) {
    put(f, RN_PIECE_OPEN);
    put_clauses(f, 0, f->count);
    put(f, RN_PIECE_CLOSE);
    return;
  }
  put_tokens(f, 0, begin + 1);
  put(f, RN_PIECE_INDENT);
  for (from = begin + 1; from < f->count && !is(f, from, "END");) {
    size_t semicolon = find(f, from, f->count, ";");
    put(f, RN_PIECE_HARD);
    put(f, RN_PIECE_OPEN);
    put_clauses(f, from, semicolon);
    put(f, RN_PIECE_CLOSE);
    if (semicolon < f->count) put_token(f, semicolon);
    from = semicolon + 1;
  }
  put(f, RN_PIECE_DEDENT);
  put(f, RN_PIECE_HARD);
  if (from < f->count) put_tokens(f, from, f->count);
}

/* --- the script ------------------------------------------------------------------------------------------------------------ */
static bool blank_line_in(rn_slice text, size_t from, size_t to) {
  int newlines = 0;
  for (size_t i = from; i < to; i++) {
    if (text.ptr[i] == '\n' && ++newlines > 1) return true;
    if (text.ptr[i] != '\n' && text.ptr[i] != ' ' && text.ptr[i] != '\t' && text.ptr[i] != '\r') return false;
  }
  return false;
}

/* May all soft keywords be written in capitals? A word that is a name here makes the AST another one. */
static bool may_raise_soft(const formatter *f, rn_arena *arena) {
  char *copy = rn_arena_strndup(arena, f->source.ptr + f->begin, f->tokens[f->count].span.end - f->begin);
  for (size_t i = 0; i < f->count; i++)
    for (uint32_t k = f->tokens[i].span.begin; is_soft(f, i) && k < f->tokens[i].span.end; k++)
      copy[k - f->begin] = (char)toupper((unsigned char)copy[k - f->begin]);
  rn_diagnostics *ignored = rn_calloc(1, sizeof *ignored);
  rn_ast_statement *a, *b;
  size_t end;
  bool same = rn_parse_next(f->source, f->begin, arena, &a, &end, ignored) == RN_OK &&
              rn_parse_next(rn_slice_of(copy), 0, arena, &b, &end, ignored) == RN_OK && a && b && rn_ast_equal(a, b);
  rn_free(ignored);
  return same;
}

/* The pieces of the statement that begins behind `from`; gives where the next one begins. */
static size_t put_next(rn_slice text, size_t from, rn_arena *arena, rn_pieces *pieces) {
  rn_tokens tokens;
  rn_tokens_read(text, from, arena, NULL, &tokens);
  size_t count = tokens.list.len;
  RN_VEC_PUSH(&tokens.list, tokens.end);
  formatter f = {.source = text, .tokens = tokens.list.data, .count = count, .begin = from, .out = pieces};
  f.match = RN_NEW_N(arena, size_t, count + 1);
  f.bracket = RN_NEW_N(arena, bool, count + 1);
  size_t next = tokens.next;
  find_pairs(&f);
  if (count) f.soft = may_raise_soft(&f, arena);
  if (from && blank_line_in(text, from, next)) put(&f, RN_PIECE_EMPTY);
  put_comments(&f, from, f.tokens[0].span.begin, false, true);
  if (count) {
    put_statement(&f);
    put_comments(&f, lead_begin(&f, count), tokens.end.span.begin, false, false);
    if (tokens.terminated) put_text(&f, rn_slice_of(";"), false);
    /* a comment on the line of the `;` belongs to it */
    size_t line = next;
    while (line < text.len && text.ptr[line] != '\n') line++;
    size_t c = next;
    while (c < line && is_blank(text.ptr[c])) c++;
    if (tokens.terminated && c + 1 < line && (memcmp(text.ptr + c, "--", 2) == 0 || memcmp(text.ptr + c, "//", 2) == 0)) {
      put_comments(&f, next, line, true, false);
      next = line;
    }
  }
  put(&f, RN_PIECE_HARD);
  rn_tokens_free(&tokens);
  return next;
}

/* Only white space and case may differ: nothing, comments included, was lost or made up. Empty statements go, too. */
static bool same_bytes(rn_slice a, rn_slice b) {
  size_t i = 0, k = 0;
  for (;; i++, k++) {
    while (i < a.len && (is_blank(a.ptr[i]) || a.ptr[i] == ';')) i++;
    while (k < b.len && (is_blank(b.ptr[k]) || b.ptr[k] == ';')) k++;
    if (i >= a.len || k >= b.len) return i >= a.len && k >= b.len;
    if (toupper((unsigned char)a.ptr[i]) != toupper((unsigned char)b.ptr[k])) return false;
  }
}
/* And it means the same. */
static bool same_script(const rn_ast_script *a, rn_slice text, rn_arena *arena) {
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  rn_ast_script b;
  bool same = rn_parse_script(text, arena, &b, diags) == RN_OK && a->count == b.count;
  for (uint32_t i = 0; same && i < a->count; i++) same = rn_ast_equal(a->statements[i], b.statements[i]);
  rn_free(diags);
  return same;
}

rn_status rn_format_script(rn_slice text, rn_builder *out, rn_diagnostics *diags) {
  rn_arena arena = {0};
  rn_ast_script script;
  rn_status status = rn_parse_script(text, &arena, &script, diags);
  if (status == RN_OK) {
    rn_pieces pieces = {0};
    for (size_t at = 0; at < text.len;) {
      size_t next = put_next(text, at, &arena, &pieces);
      at = next > at ? next : text.len;
    }
    size_t before = out->len;
    rn_pieces_print(&pieces, out);
    RN_VEC_FREE(&pieces);
    rn_slice made = rn_slice_make(out->data ? out->data + before : "", out->len - before);
    if (!same_bytes(text, made) || !same_script(&script, made, &arena))
      status = rn_diag(diags, RN_E_INTERNAL, (rn_span){0, 0}, "please report the script", "formatting would change the script");
  }
  rn_arena_free(&arena);
  return status;
}
