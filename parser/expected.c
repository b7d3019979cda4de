/* Syntax errors and completion: what could stand at a place. The automaton's states at the bad token are known
 * (no reduction was made on it); every kind of token is tried on a copy of the stack, soft keywords only as the
 * keywords they are. A repair that lets the next token through becomes the hint. */
#include <stdio.h>
#include "base/alloc.h"
#include "parser/driver.h"
#include "sql_grammar.h"

enum { EXPECTED_SHOWN = 8, TOKEN_KINDS_MAX = 400 };

/* --- groups: many kinds of token under one word ------------------------------------------------------------------ */
static const int expression_words[] = {
    TK_NUMBER, TK_STRING, TK_BYTES_LITERAL, TK_TRUE, TK_FALSE, TK_UNKNOWN, TK_NULL, TK_DATE, TK_TIME, TK_TIMESTAMP, TK_INTERVAL,
    TK_LP, TK_EXISTS, TK_ROW, TK_ARRAY, TK_MAP, TK_CASE, TK_CAST, TK_TRY_CAST, TK_FUNC, TK_NILADIC, TK_HASH, TK_TRUNCATE, TK_LEFT, TK_RIGHT, TK_YEAR,
    TK_MONTH, TK_DAY, TK_HOUR, TK_MINUTE, TK_SECOND, TK_GROUPING, TK_EXTRACT, TK_SUBSTRING, TK_OVERLAY, TK_POSITION, TK_TRIM,
    TK_FLOOR, TK_CEIL, TK_TIMESTAMPADD, TK_TIMESTAMPDIFF, TK_JSON_VALUE, TK_JSON_QUERY, TK_JSON_EXISTS, TK_JSON_OBJECT,
    TK_JSON_ARRAY, TK_JSON_OBJECTAGG, TK_JSON_ARRAYAGG, TK_NOT, TK_PLUS, TK_MINUS, TK_ID, 0};
static const int type_words[] = {TK_TYPE, TK_CHAR, TK_VARCHAR, TK_BINARY, TK_VARBINARY, TK_DOUBLE, TK_DATE, TK_TIME, TK_TIMESTAMP,
                                 TK_TIMESTAMP_LTZ, TK_INTERVAL, TK_ARRAY, TK_MULTISET, TK_MAP, TK_ROW, TK_RAW, TK_STRUCTURED, TK_ID, 0};
static const int operator_words[] = {TK_EQ, TK_NE, TK_LT, TK_GT, TK_LE, TK_GE, TK_PLUS, TK_MINUS, TK_STAR, TK_SLASH, TK_PERCENT,
                                     TK_CONCAT, TK_AND, TK_OR, TK_IS, TK_IN, TK_LIKE, TK_BETWEEN, TK_SIMILAR, TK_OVERLAPS, TK_NOT,
                                     TK_LBRACKET, TK_DOT, TK_ESCAPE, 0};
static const int arithmetic_words[] = {TK_PLUS, TK_MINUS, TK_STAR, TK_SLASH, TK_PERCENT, TK_CONCAT, TK_LBRACKET, TK_DOT, 0};
static const int unit_words[] = {TK_YEAR, TK_QUARTER, TK_MONTH, TK_WEEK, TK_DAY, TK_HOUR, TK_MINUTE, TK_SECOND, TK_YEARS, TK_QUARTERS,
                                 TK_MONTHS, TK_WEEKS, TK_DAYS, TK_HOURS, TK_MINUTES, TK_SECONDS, 0};
static const int alias_words[] = {TK_ID, 0};
/* In this order; a group is taken when both signs are accepted. `required`: it is what is missing, so it comes first. */
static const struct {
  const char *display;
  int sign, second;
  const int *words;
} groups[] = {
    {"expression", TK_NUMBER, TK_CASE, expression_words}, {"type", TK_TYPE, TK_CHAR, type_words},
    {"operator", TK_EQ, TK_CONCAT, operator_words},       {"operator", TK_PLUS, TK_CONCAT, arithmetic_words},
    {"time unit", TK_YEAR, TK_SECONDS, unit_words},       {"name", TK_ID, TK_ID, alias_words},
};

typedef struct wanted {
  bool accepted[TOKEN_KINDS_MAX];
  const char *shown[TOKEN_KINDS_MAX];
  size_t count;
} wanted;

static bool shown_before(const wanted *w, const char *display) {
  for (size_t i = 0; i < w->count; i++)
    if (strcmp(w->shown[i], display) == 0) return true;
  return false;
}
static void show(wanted *w, const char *display) {
  if (w->count < TOKEN_KINDS_MAX && display[0] && !shown_before(w, display)) w->shown[w->count++] = display;
}

static void find_accepted(const rn_states *states, bool *accepted) {
  int kinds = rn_grammar_token_count();
  for (int kind = 0; kind < kinds && kind < TOKEN_KINDS_MAX; kind++) accepted[kind] = rn_states_accept(states, kind, false);
}

static void list_wanted(const rn_states *states, wanted *w) {
  int kinds = rn_grammar_token_count();
  const char *late[sizeof groups / sizeof groups[0]];
  size_t late_count = 0;
  memset(w, 0, sizeof *w);
  find_accepted(states, w->accepted);
  bool rest[TOKEN_KINDS_MAX];
  memcpy(rest, w->accepted, sizeof rest);
  rest[TK_HINT_BEGIN] = rest[TK_ON_CONFLICT] = false; /* possible in many places, wanted in few */
  bool may_end = rest[0] || rest[TK_FROM] || rest[TK_COMMA] || rest[TK_RP];
  for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
    if (!rest[groups[g].sign] || !rest[groups[g].second]) continue;
    for (const int *word = groups[g].words; *word; word++) rest[*word] = false;
    if (may_end || groups[g].words == operator_words || groups[g].words == arithmetic_words)
      late[late_count++] = groups[g].display;
    else
      show(w, groups[g].display);
  }
  for (int kind = 1; kind < kinds && kind < TOKEN_KINDS_MAX; kind++)
    if (rest[kind]) show(w, rn_token_display(kind));
  for (size_t i = 0; i < late_count; i++) show(w, late[i]);
  if (rest[0]) show(w, rn_token_display(0));
}

/* --- repairs ------------------------------------------------------------------------------------------------------ */
static const rn_token *token_at(const rn_tokens *tokens, size_t i) {
  return i < tokens->list.len ? &tokens->list.data[i] : &tokens->end;
}
static int kind_at(const rn_tokens *tokens, size_t i) {
  int kind = token_at(tokens, i)->kind;
  return i >= tokens->list.len ? 0 : kind;
}
static bool is_word(const rn_token *token) {
  return token->kind != TK_STRING && token->kind != TK_NUMBER && token->kind != TK_BYTES_LITERAL && !token->quoted && token->len > 0 &&
         ((token->text[0] | 32) >= 'a' && (token->text[0] | 32) <= 'z');
}
/* With `kind` in place of token i, does what follows fit? */
static bool fits(const rn_states *before, const rn_tokens *tokens, size_t i, int kind) {
  rn_states copy;
  copy.depth = before->depth;
  memcpy(copy.stack, before->stack, before->depth * sizeof copy.stack[0]);
  if (rn_grammar_step(copy.stack, &copy.depth, RN_STATES_MAX, kind, false) != 1) return false;
  return i >= tokens->list.len || rn_states_accept(&copy, kind_at(tokens, i + 1), true);
}

/* The keyword that was probably meant: near in letters, and what follows fits. */
static const char *near_keyword(const rn_states *before, const rn_tokens *tokens, size_t i) {
  const rn_token *token = token_at(tokens, i);
  if (!is_word(token) || token->len < 2) return NULL;
  size_t count;
  const char *const *words = rn_keywords(&count);
  const char **fitting = rn_malloc(count * sizeof *fitting);
  size_t n = 0;
  for (size_t k = 0; k < count; k++) {
    size_t distance = rn_text_distance(rn_slice_of(words[k]), rn_slice_make(token->text, token->len), 2);
    if (distance == SIZE_MAX || distance == 0 || distance * 2 >= token->len + 1) continue;
    const rn_keyword *keyword = rn_keyword_find(rn_slice_of(words[k]));
    if (keyword->token != TK_ID && keyword->token != TK_RESERVED && fits(before, tokens, i, keyword->token)) fitting[n++] = words[k];
  }
  const char *best = n ? rn_text_nearest(rn_slice_make(token->text, token->len), fitting, n) : NULL;
  rn_free((void *)fitting);
  return best;
}

/* Words of clauses are hardly ever names: something is missing in front of them. */
static const int clause_kinds[] = {TK_SELECT, TK_FROM, TK_WHERE, TK_GROUP, TK_HAVING, TK_WINDOW, TK_QUALIFY, TK_ORDER, TK_LIMIT, TK_OFFSET,
                                   TK_FETCH, TK_UNION, TK_EXCEPT, TK_INTERSECT, TK_JOIN, TK_ON, TK_USING, TK_AND, TK_OR, TK_AS, TK_WITH,
                                   TK_NOT, TK_IS, TK_IN, TK_BETWEEN, TK_LIKE, TK_THEN, TK_ELSE, TK_END, TK_WHEN, TK_CASE, TK_EXISTS, TK_BY, TK_INTO, TK_ALL, 0};
static bool is_one_of(const int *kinds, int kind) {
  for (; *kinds; kinds++)
    if (*kinds == kind) return true;
  return false;
}
static bool is_clause(int kind) { return is_one_of(clause_kinds, kind); }

/* In a query they are names only where what follows says so: `SELECT order FROM t`. */
static bool clause_as_name(const rn_tokens *tokens, size_t i) {
  static const int never[] = {TK_FROM, TK_WHERE, TK_ON, TK_AND, TK_OR, TK_AS, TK_SELECT, TK_NOT, 0};
  int kind = kind_at(tokens, i), next = kind_at(tokens, i + 1);
  bool in_query = false;
  for (size_t k = 0; k <= i && !in_query; k++) in_query = kind_at(tokens, k) == TK_SELECT;
  if (!in_query) return true;
  if (kind == TK_ORDER || kind == TK_GROUP) return next != TK_BY && next != 0;
  if (is_one_of(never, kind)) return false;
  return next == TK_COMMA || next == TK_FROM || next == TK_DOT;
}

static bool reserved_as_name(const rn_states *before, const rn_tokens *tokens, size_t i) {
  const rn_token *token = token_at(tokens, i);
  if (rn_states_accept(before, TK_TYPE, false)) return false; /* a type is wanted there */
  return i < tokens->list.len && is_word(token) && token->kind != TK_ID && (!is_clause(token->kind) || clause_as_name(tokens, i)) &&
         rn_keyword_is_reserved(rn_slice_make(token->text, token->len)) && fits(before, tokens, i, TK_ID);
}

/* A word that was taken for the beginning of a value or a type, `SELECT timestamp FROM t`: the name is meant. */
static bool taken_for_value(int kind) {
  static const int words[] = {TK_DATE, TK_TIME, TK_TIMESTAMP, TK_INTERVAL, TK_ROW, TK_ARRAY, TK_MAP, TK_LEFT, TK_RIGHT, TK_YEAR, TK_MONTH, TK_DAY,
                              TK_HOUR, TK_MINUTE, TK_SECOND, TK_HASH, TK_TRUNCATE, TK_GROUPING, TK_EXTRACT, TK_SUBSTRING, TK_OVERLAY, TK_POSITION,
                              TK_TRIM, TK_FLOOR, TK_CEIL, TK_FUNC, TK_TYPE, TK_CHAR, TK_VARCHAR, TK_BINARY, TK_VARBINARY, TK_DOUBLE, TK_CAST, 0};
  return is_one_of(words, kind);
}

static const int statement_words[] = {TK_SELECT, TK_INSERT, TK_CREATE, TK_DROP, TK_ALTER, TK_SHOW, TK_DESCRIBE, TK_EXPLAIN, TK_SET,
                                      TK_RESET, TK_EXECUTE, TK_BEGIN, TK_USE, 0};
static bool starts_statement(int kind) { return is_one_of(statement_words, kind); }

/* Syntax of the dialect that runnel does not have: saying so is better than a list. "*": any word. */
typedef struct absent {
  const char *words[4]; /* NULL behind the last */
  size_t bad;           /* which of them does not fit any more */
  size_t begin, end;    /* which of them name what is absent */
} absent;
static const absent absent_rows[] = {
    {{"MATCH_RECOGNIZE", "("}, 0, 0, 1},
    {{"PIVOT", "("}, 0, 0, 1},
    {{"UNPIVOT", "*"}, 0, 0, 1},
    {{"UNPIVOT", "("}, 0, 0, 1},
    {{"TABLESAMPLE", "*"}, 0, 0, 1},
    {{"MERGE", "INTO"}, 0, 0, 1},
    {{"UNIQUE"}, 0, 0, 1},
    {{"OR", "ALTER", "MATERIALIZED"}, 0, 2, 3},
    {{"MATERIALIZED", "TABLE"}, 0, 0, 2},
    {{"MATERIALIZED", "TABLES"}, 0, 0, 2},
    {{"ALTER", "MATERIALIZED", "TABLE"}, 0, 1, 3},
    {{"MODEL", "*"}, 0, 0, 1},
    {{"DESCRIBE", "MODEL", "*"}, 2, 1, 2},
    {{"DESC", "MODEL", "*"}, 2, 1, 2},
    {{",", "MODEL", "*"}, 2, 1, 2},
    {{"MULTISET", "["}, 0, 0, 1},
};
static const absent *absent_at(const rn_tokens *tokens, size_t bad) {
  for (size_t i = 0; i < sizeof absent_rows / sizeof absent_rows[0]; i++) {
    const absent *row = &absent_rows[i];
    size_t k = 0, n = sizeof row->words / sizeof row->words[0];
    if (bad < row->bad) continue;
    for (; k < n && row->words[k]; k++) {
      size_t at = bad - row->bad + k;
      const rn_token *token = token_at(tokens, at);
      if (at >= tokens->list.len || (strcmp(row->words[k], "*") ? !rn_text_eq_nocase(row->words[k], token->text) : !is_word(token))) break;
    }
    if (k == n || !row->words[k]) return row;
  }
  return NULL;
}
static void absent_error(const absent *row, const rn_tokens *tokens, size_t bad, rn_diagnostics *diags) {
  size_t first = bad - row->bad;
  rn_builder text = {0};
  for (size_t k = row->begin; k < row->end; k++) rn_builder_printf(&text, "%s%s", k > row->begin ? " " : "", row->words[k]);
  if (row->words[row->end] && !strcmp(row->words[row->end], "[")) rn_builder_text(&text, "[..]");
  rn_span span = {token_at(tokens, first + row->begin)->span.begin, token_at(tokens, first + row->end - 1)->span.end};
  (void)rn_diag(diags, RN_E_UNSUPPORTED, span, NULL, "%s is not supported yet", text.data);
  rn_builder_free(&text);
}

static bool comma_too_many(const rn_tokens *tokens, size_t bad) {
  if (!bad || kind_at(tokens, bad - 1) != TK_COMMA) return false;
  rn_states *earlier = rn_malloc(sizeof *earlier);
  bool many = rn_states_after(tokens, bad - 1, earlier) && rn_states_accept(earlier, kind_at(tokens, bad), true);
  rn_free(earlier);
  return many;
}

/* Words of FROM where an expression was expected. */
static bool is_table_function(const rn_tokens *tokens, size_t bad) {
  return kind_at(tokens, bad) == TK_UNNEST && kind_at(tokens, bad + 1) == TK_LP;
}

/* The clauses of a query in their order. */
static const int clause_order[] = {TK_FROM, TK_WHERE, TK_GROUP, TK_HAVING, TK_WINDOW, TK_QUALIFY, TK_ORDER, TK_LIMIT, TK_OFFSET};
static int clause_rank(int kind) {
  for (size_t i = 0; i < sizeof clause_order / sizeof clause_order[0]; i++)
    if (clause_order[i] == kind) return (int)i;
  return kind == TK_JOIN ? 0 : -1;
}
/* A clause behind one that it should stand in front of, in the same query. */
static const char *misplaced_behind(const rn_tokens *tokens, size_t bad) {
  int rank = clause_rank(kind_at(tokens, bad)), depth = 0;
  for (size_t i = bad; rank >= 0 && i-- > 0;) {
    int kind = kind_at(tokens, i);
    if (kind == TK_RP) depth++;
    if (kind == TK_LP && depth-- == 0) break;
    if (depth) continue;
    if (kind == TK_SELECT) break;
    if (clause_rank(kind) > rank) return token_at(tokens, i)->text;
  }
  return NULL;
}

static void fill_hint(rn_error *err, const rn_states *before, const rn_tokens *tokens, size_t bad, const char *near) {
  const rn_token *token = token_at(tokens, bad);
  const char *behind = misplaced_behind(tokens, bad);
  int kind = kind_at(tokens, bad), previous = bad ? kind_at(tokens, bad - 1) : 0;
  if (kind == TK_COLON && kind_at(tokens, bad + 1) == TK_COLON)
    (void)rn_hint(err, "write CAST(.. AS %s)", bad + 2 < tokens->list.len ? token_at(tokens, bad + 2)->text : "type");
  else if (kind == TK_COMMA && bad >= 2 && kind_at(tokens, bad - 2) == TK_LIMIT)
    (void)rn_hint(err, "write LIMIT %s OFFSET %s", bad + 1 < tokens->list.len ? token_at(tokens, bad + 1)->text : "n", token_at(tokens, bad - 1)->text);
  else if (previous == TK_TIMESTAMP && kind == TK_WITH && rn_states_accept(before, TK_STRING, true))
    (void)rn_hint(err, "there is no such literal: CAST(TIMESTAMP '..' AS TIMESTAMP_LTZ(3))");
  else if (kind == TK_ON && bad + 2 < tokens->list.len && rn_text_eq_nocase(token_at(tokens, bad + 1)->text, "CONFLICT") && kind_at(tokens, bad + 2) == TK_LP)
    (void)rn_hint(err, "the key is the table's PRIMARY KEY: ON CONFLICT DO NOTHING, ERROR or DEDUPLICATE");
  else if (is_table_function(tokens, bad))
    (void)rn_hint(err, "it stands in FROM: FROM t CROSS JOIN UNNEST(list) AS u (name)");
  else if (behind)
    (void)rn_hint(err, "%s stands in front of %s", token->text, behind);
  else if (reserved_as_name(before, tokens, bad))
    (void)rn_hint(err, "%s is a reserved word: write `%s` in back-ticks", token->text, token->text);
  else if (comma_too_many(tokens, bad))
    (void)rn_hint(err, "there is a comma too many in front of it");
  else if (near)
    (void)rn_hint(err, "did you mean %s?", near);
  else if (bad == 1 && (previous == TK_SET || previous == TK_RESET))
    (void)rn_hint(err, "keys and values stand in quotes: SET 'key' = 'value'");
  else if ((kind == TK_ID || kind == TK_NUMBER) && rn_states_accept(before, TK_STRING, true) && !rn_states_accept(before, kind, true))
    (void)rn_hint(err, "it stands in single quotes: '%s'", token->text);
  else if (previous == TK_EQ && kind == TK_EQ)
    (void)rn_hint(err, "equality is a single =");
  else if (starts_statement(kind) && rn_states_accept(before, 0, true))
    (void)rn_hint(err, "a ; is missing in front of it");
  else if (kind == 0 && tokens->open)
    (void)rn_hint(err, tokens->open == 1 ? "a ( is not closed" : "%u parentheses are not closed", tokens->open);
  else if (kind == TK_RP && !tokens->open && rn_states_accept(before, 0, true))
    (void)rn_hint(err, "this ) closes nothing");
}

void rn_syntax_error(const rn_tokens *tokens, size_t bad, rn_diagnostics *diags) {
  const absent *row = absent_at(tokens, bad);
  if (row) {
    absent_error(row, tokens, bad, diags);
    return;
  }
  rn_states *states = rn_malloc(sizeof *states);
  wanted *w = rn_malloc(sizeof *w);
  (void)rn_states_after(tokens, bad, states);
  const char *near = near_keyword(states, tokens, bad);
  size_t at = bad;
  const char *idiom = rn_idiom_hint(tokens, bad, near != NULL, &at);
  bool moved = idiom && at != bad;
  if (idiom) {
    near = NULL;
    bad = at;
    (void)rn_states_after(tokens, bad, states);
  }
  if (!idiom && !near && bad > 0 && !reserved_as_name(states, tokens, bad)) {
    /* `SELECT a FORM t`: FORM was taken for an alias; the error is there, not at t */
    rn_states *earlier = rn_malloc(sizeof *earlier);
    (void)rn_states_after(tokens, bad - 1, earlier);
    const rn_token *before = token_at(tokens, bad - 1);
    const char *meant = before->kind == TK_ID ? near_keyword(earlier, tokens, bad - 1) : NULL;
    if (meant || (taken_for_value(before->kind) && reserved_as_name(earlier, tokens, bad - 1))) {
      near = meant;
      bad--;
      memcpy(states, earlier, sizeof *states);
    }
    rn_free(earlier);
  }
  list_wanted(states, w);
  const rn_token *token = token_at(tokens, bad);
  rn_error err;
  rn_error_clear(&err);
  rn_span span = token->span;
  rn_builder text = {0};
  if (bad >= tokens->list.len && !tokens->terminated) {
    const rn_token *last = token_at(tokens, bad - 1);
    span = last->span;
    rn_builder_printf(&text, "syntax error: the statement ends after \"");
  } else {
    rn_builder_printf(&text, "syntax error at \"");
  }
  /* the word as it was written; long literals are cut */
  const char *shown = token->kind == 0 && bad ? token_at(tokens, bad - 1)->text : token->text;
  rn_builder_printf(&text, "%.60s\"", shown);
  if (near) { /* what was meant comes first */
    for (size_t i = 0; i < w->count; i++)
      if (strcmp(w->shown[i], near) == 0) {
        memmove(w->shown + 1, w->shown, i * sizeof w->shown[0]);
        w->shown[0] = near;
        break;
      }
  }
  size_t n = moved ? 0 : w->count < EXPECTED_SHOWN ? w->count : EXPECTED_SHOWN; /* the word itself could stand where it is */
  for (size_t i = 0; i < n; i++) rn_builder_printf(&text, "%s%s", i == 0 ? ": expected " : i + 1 == w->count ? " or " : ", ", w->shown[i]);
  if (w->count > n && n) rn_builder_text(&text, ", ..");
  (void)rn_fail_at(&err, RN_E_SYNTAX, span, "%s", text.data);
  if (idiom) (void)rn_hint(&err, "%s", idiom);
  else fill_hint(&err, states, tokens, bad, near);
  rn_diagnostics_add(diags, &err);
  rn_builder_free(&text);
  rn_free(w);
  rn_free(states);
}

/* --- completion ----------------------------------------------------------------------------------------------------- */
void rn_parse_expected(rn_slice text, size_t cursor, rn_arena *arena, rn_expected *out) {
  memset(out, 0, sizeof *out);
  if (cursor < text.len) text.len = cursor;
  rn_tokens tokens;
  size_t at = 0;
  for (;;) { /* the statement the cursor is in */
    rn_tokens_read(text, at, arena, NULL, &tokens);
    if (!tokens.terminated || tokens.next <= at) break;
    at = tokens.next;
    rn_tokens_free(&tokens);
  }
  size_t count = tokens.list.len;
  if (count && is_word(&tokens.list.data[count - 1]) && tokens.list.data[count - 1].span.end == text.len) count--; /* being typed */
  rn_states *states = rn_malloc(sizeof *states);
  bool *accepted = rn_calloc(TOKEN_KINDS_MAX, sizeof *accepted);
  if (tokens.unfinished == RN_LEX_CODE && rn_states_after(&tokens, count, states)) {
    find_accepted(states, accepted);
    out->name = accepted[TK_ID];
    out->expression = accepted[TK_NUMBER] && accepted[TK_CASE];
    size_t words;
    const char *const *word = rn_keywords(&words);
    out->keywords = RN_NEW_N(arena, const char *, words);
    for (size_t i = 0; i < words; i++) {
      int kind = rn_keyword_find(rn_slice_of(word[i]))->token;
      if (kind != TK_ID && kind != TK_RESERVED && kind != TK_FUNC && accepted[kind]) out->keywords[out->keyword_count++] = word[i];
    }
  }
  rn_free(accepted);
  rn_free(states);
  rn_tokens_free(&tokens);
}
