/* Driver of the front end. A statement is read into tokens, the automaton is run over them without actions
 * (so that a syntax error is met before anything was built, with the clean state at hand: expected.c), then Lemon's
 * parser runs with actions. Soft keywords that only count in front of certain words are settled in between. */
#include "parser/parse.h"
#include "base/alloc.h"
#include "base/limits.h"
#include "parser/driver.h"
#include "sql_grammar.h"

/* --- statement ends ------------------------------------------------------------------------------------------ */
/* `;` ends a statement except between BEGIN and END of a statement set. */
typedef struct set_tracker {
  int previous, before; /* kinds of the last two tokens */
  size_t count;
  uint32_t cases; /* open CASE .. END */
  bool in_set;
} set_tracker;

static void track(set_tracker *t, int kind) {
  if (t->in_set) {
    if (kind == TK_CASE) t->cases++;
    if (kind == TK_END) {
      if (t->cases)
        t->cases--;
      else
        t->in_set = false;
    }
  } else if ((kind == TK_BEGIN && t->previous == TK_SET && t->before == TK_STATEMENT) ||
             (kind == TK_STATEMENT && t->previous == TK_BEGIN && t->count == 1)) {
    t->in_set = true;
  }
  t->before = t->previous;
  t->previous = kind;
  t->count++;
}

/* --- soft keywords ---------------------------------------------------------------------------------------------- */
/* Words that are names unless the next word makes them keywords. */
static const struct {
  int word, next;
} followed[] = {
    {TK_EMIT, TK_CHANGES},        {TK_IGNORE, TK_NULLS},        {TK_RESPECT, TK_NULLS}, {TK_MAP, TK_LBRACKET},
    {TK_MAP, TK_LT},              {TK_DESCRIPTOR, TK_LP},       {TK_TIMESTAMPADD, TK_LP}, {TK_TIMESTAMPDIFF, TK_LP},
    {TK_UNBOUNDED, TK_PRECEDING}, {TK_UNBOUNDED, TK_FOLLOWING}, {TK_ABSENT, TK_ON},
    {TK_CONFLICT, TK_DO},
};
static void settle_soft_words(rn_tokens *tokens) {
  enum { ROWS = sizeof followed / sizeof followed[0] };
  for (size_t i = 0; i < tokens->list.len; i++) {
    int *kind = &tokens->list.data[i].kind;
    int next = i + 1 < tokens->list.len ? tokens->list.data[i + 1].kind : 0;
    bool soft = false, matched = false;
    for (size_t k = 0; k < ROWS; k++)
      if (followed[k].word == *kind) soft = true, matched |= followed[k].next == next;
    if (soft && !matched) *kind = TK_ID;
    if (*kind == TK_DO && (!i || tokens->list.data[i - 1].kind != TK_CONFLICT)) *kind = TK_ID;
    if (*kind == TK_ON && next == TK_CONFLICT && i + 2 < tokens->list.len && tokens->list.data[i + 2].kind == TK_DO) *kind = TK_ON_CONFLICT;
  }
}

/* --- reading --------------------------------------------------------------------------------------------------- */
void rn_tokens_free(rn_tokens *tokens) { RN_VEC_FREE(&tokens->list); }

static void limit_error(rn_diagnostics *diags, rn_tokens *out, rn_span span, const char *what, int most) {
  out->failed = true;
  if (diags) (void)rn_diag(diags, RN_E_LIMIT, span, NULL, "%s %d", what, most);
}

/* One try on a window of the text: false when the statement goes on behind it. */
static bool read_window(rn_slice text, size_t from, size_t window, rn_arena *arena, rn_diagnostics *diags, rn_tokens *out) {
  bool last = from + window >= text.len;
  if (last) window = text.len - from;
  rn_lexer lexer;
  rn_diagnostics found;
  memset(&found, 0, sizeof found);
  rn_lexer_init(&lexer, rn_slice_make(rn_arena_strndup(arena, text.ptr + from, window), window), 0, arena, diags ? &found : NULL);
  set_tracker tracker = {0};
  out->list.len = 0;
  out->open = 0;
  out->terminated = out->failed = false;
  bool too_deep = false;
  for (;;) {
    rn_token token = rn_lexer_next(&lexer);
    if (!last && lexer.cursor + 1 >= lexer.limit) return false; /* the window may have cut it */
    token.span.begin += (uint32_t)from;
    token.span.end += (uint32_t)from;
    if (token.kind == 0 || (token.kind == TK_SEMI && !tracker.in_set)) {
      out->end = token;
      out->terminated = token.kind == TK_SEMI;
      break;
    }
    track(&tracker, token.kind);
    if (token.kind == TK_LP || token.kind == TK_LBRACKET) out->open++;
    if ((token.kind == TK_RP || token.kind == TK_RBRACKET) && out->open) out->open--;
    if (out->open > RN_NESTING_MAX && !too_deep) {
      too_deep = true;
      limit_error(diags, out, token.span, "parentheses are nested deeper than", RN_NESTING_MAX);
    }
    RN_VEC_PUSH(&out->list, token);
  }
  out->next = from + (size_t)(lexer.cursor - lexer.start);
  out->failed |= lexer.failed;
  out->unfinished = (int)lexer.unfinished;
  if (out->list.len && out->end.span.begin - out->list.data[0].span.begin > RN_STATEMENT_BYTES_MAX)
    limit_error(diags, out, out->list.data[0].span, "statement is longer in bytes than", RN_STATEMENT_BYTES_MAX);
  for (size_t i = 0; i < found.count; i++) {
    found.items[i].span.begin += (uint32_t)from;
    found.items[i].span.end += (uint32_t)from;
    rn_diagnostics_add(diags, &found.items[i]);
  }
  return true;
}

void rn_tokens_read(rn_slice text, size_t from, rn_arena *arena, rn_diagnostics *diags, rn_tokens *out) {
  memset(out, 0, sizeof *out);
  /* a script is a loop over its tail: never copy all of it for one statement */
  size_t window = text.len - from < 4096 ? text.len - from : 4096;
  const char *semi = memchr(text.ptr + from, ';', window);
  if (semi) window = (size_t)(semi - (text.ptr + from)) + 64;
  while (!read_window(text, from, window, arena, diags, out)) window *= 4;
  settle_soft_words(out);
}

/* --- the automaton alone ------------------------------------------------------------------------------------------ */
static int check(const rn_tokens *tokens, size_t count, rn_states *states, size_t *bad) {
  states->depth = 1;
  states->stack[0] = 0;
  for (size_t i = 0; i < count; i++) {
    int result = rn_grammar_step(states->stack, &states->depth, RN_STATES_MAX, tokens->list.data[i].kind, true);
    if (result != 1) {
      *bad = i;
      return result;
    }
  }
  *bad = SIZE_MAX;
  return 1;
}
bool rn_states_after(const rn_tokens *tokens, size_t count, rn_states *out) {
  size_t bad;
  return check(tokens, count, out, &bad) == 1;
}
bool rn_states_accept(const rn_states *states, int token, bool soft) {
  rn_states copy;
  copy.depth = states->depth;
  memcpy(copy.stack, states->stack, states->depth * sizeof copy.stack[0]);
  return rn_grammar_step(copy.stack, &copy.depth, RN_STATES_MAX, token, soft) > 0;
}
size_t rn_tokens_check(const rn_tokens *tokens, bool *too_deep) {
  rn_states states;
  size_t bad;
  int result = check(tokens, tokens->list.len, &states, &bad);
  *too_deep = result < 0;
  if (bad != SIZE_MAX) return bad;
  return rn_states_accept(&states, 0, true) ? SIZE_MAX : tokens->list.len;
}

/* --- statements --------------------------------------------------------------------------------------------------- */
static rn_ast_statement *build(const rn_tokens *tokens, rn_arena *arena, rn_diagnostics *diags) {
  rn_parser p = {.arena = arena, .diags = diags};
  void *parser = rn_malloc(rn_grammar_parser_bytes());
  rn_grammar_parseInit(parser, &p);
  for (size_t i = 0; i < tokens->list.len && !p.failed; i++) {
    p.last = tokens->list.data[i].span;
    rn_grammar_parse(parser, tokens->list.data[i].kind, tokens->list.data[i]);
  }
  if (!p.failed) rn_grammar_parse(parser, 0, tokens->end);
  rn_grammar_parseFinalize(parser);
  rn_free(parser);
  if (p.failed || !p.result) return NULL;
  p.result->span = (rn_span){tokens->list.data[0].span.begin, tokens->list.data[tokens->list.len - 1].span.end};
  return p.result;
}

rn_status rn_parse_next(rn_slice text, size_t from, rn_arena *arena, rn_ast_statement **out, size_t *end, rn_diagnostics *diags) {
  *out = NULL;
  for (;;) {
    if (from > text.len) from = text.len;
    while (from < text.len && (text.ptr[from] == ';' || text.ptr[from] == ' ' || text.ptr[from] == '\n')) from++; /* empty statements */
    rn_tokens tokens;
    rn_tokens_read(text, from, arena, diags, &tokens);
    *end = tokens.next;
    if (tokens.list.len == 0 && !tokens.failed && tokens.terminated) { /* an empty statement */
      rn_tokens_free(&tokens);
      from = *end;
      continue;
    }
    rn_status status = tokens.failed ? RN_FAIL : RN_OK;
    if (!tokens.failed && tokens.list.len) {
      bool too_deep;
      size_t bad = rn_tokens_check(&tokens, &too_deep);
      if (too_deep)
        status = rn_diag(diags, RN_E_LIMIT, tokens.list.data[bad].span, NULL, "statement is nested too deeply");
      else if (bad != SIZE_MAX)
        rn_syntax_error(&tokens, bad, diags);
      else
        *out = build(&tokens, arena, diags);
      if (!*out) status = RN_FAIL;
    }
    rn_tokens_free(&tokens);
    return status;
  }
}

rn_status rn_parse_script(rn_slice text, rn_arena *arena, rn_ast_script *out, rn_diagnostics *diags) {
  rn_status status = RN_OK;
  memset(out, 0, sizeof *out);
  for (size_t at = 0; at < text.len;) {
    rn_ast_statement *statement;
    size_t end;
    if (rn_parse_next(text, at, arena, &statement, &end, diags) != RN_OK) status = RN_FAIL;
    if (statement) RN_ARRAY_PUSH(arena, out->statements, out->count, statement);
    at = end > at ? end : text.len;
  }
  return status;
}

rn_completeness rn_parse_completeness(rn_slice text) {
  static const rn_completeness unfinished[] = {
      [RN_LEX_STRING] = RN_IN_STRING, [RN_LEX_NAME] = RN_IN_NAME, [RN_LEX_COMMENT] = RN_IN_COMMENT};
  rn_arena arena;
  rn_arena_init(&arena);
  rn_completeness result = RN_BLANK;
  for (size_t at = 0; at < text.len;) {
    rn_tokens tokens;
    rn_tokens_read(text, at, &arena, NULL, &tokens);
    if (tokens.unfinished != RN_LEX_CODE)
      result = unfinished[tokens.unfinished];
    else if (tokens.terminated)
      result = RN_COMPLETE;
    else if (tokens.list.len)
      result = tokens.open ? RN_IN_PARENS : RN_INCOMPLETE;
    bool more = tokens.terminated && tokens.next > at;
    at = tokens.next;
    rn_tokens_free(&tokens);
    rn_arena_reset(&arena);
    if (!more) break;
  }
  rn_arena_free(&arena);
  return result;
}
