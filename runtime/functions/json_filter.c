/* Filters of JSON paths: [?(@.price > 10 && @.name =~ /a.*|b/i)]. Comparison as in Jayway's filters: a number and a
 * text are equal when the text spells the number; order is among numbers and among texts only; a regular expression
 * matches the whole text. Its operators on lists (in, contains, size ..) are here too, where Flink's build of the
 * library lacks the parser that most of them need. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/decimal.h"
#include "base/limits.h"
#include "base/number.h"
#include "runtime/functions/json_path.h"

typedef enum filter_kind { FILTER_OR, FILTER_AND, FILTER_NOT, FILTER_EXISTS, FILTER_COMPARE, FILTER_REGEX } filter_kind;
typedef enum compare_op {
  OP_EQ,
  OP_NE,
  OP_LT,
  OP_LE,
  OP_GT,
  OP_GE,
  OP_SAME,     /* === equal and of one kind */
  OP_NOT_SAME, /* !== */
  OP_IN,       /* the rest is about lists: left or right is one, or a text */
  OP_NOT_IN,
  OP_CONTAINS,
  OP_ALL,
  OP_ANY_OF,
  OP_NONE_OF,
  OP_SUBSET_OF,
  OP_SIZE,
  OP_EMPTY
} compare_op;
typedef enum value_kind { VALUE_ABSENT, VALUE_NULL, VALUE_BOOLEAN, VALUE_NUMBER, VALUE_TEXT, VALUE_NESTED } value_kind;

typedef struct filter_value {
  value_kind kind;
  bool boolean;
  rn_slice text; /* NUMBER: its digits; TEXT: escapes resolved; NESTED: JSON */
} filter_value;

typedef struct operand {
  bool is_path, from_root, several; /* several: the path may lead to several values: it stands for their list */
  uint32_t step_count;
  json_path_step *steps;
  filter_value value; /* a constant */
} operand;

struct json_filter {
  filter_kind kind;
  json_filter *a, *b;
  compare_op op;
  operand left, right;
  pcre2_code *regex;
};

/* --- compilation ----------------------------------------------------------------------------------------------- */

static bool take(json_path_reader *r, const char *word) {
  size_t len = strlen(word);
  json_path_skip_blank(r);
  if ((size_t)(r->end - r->at) < len || !rn_slice_eq_nocase(rn_slice_make(r->at, len), rn_slice_make(word, len)))
    return false;
  r->at += len;
  return true;
}

/* Of JSON text that is no text in quotes. */
static filter_value plain_value(rn_slice text) {
  switch (text.ptr[0]) {
    case 'n':
      return (filter_value){.kind = VALUE_NULL};
    case 't':
    case 'f':
      return (filter_value){.kind = VALUE_BOOLEAN, .boolean = text.ptr[0] == 't'};
    case '{':
    case '[':
      return (filter_value){.kind = VALUE_NESTED, .text = text};
    default:
      return (filter_value){.kind = VALUE_NUMBER, .text = text};
  }
}

static rn_status read_operand(json_path_reader *r, operand *out) {
  json_path_skip_blank(r);
  const char *from = r->at;
  memset(out, 0, sizeof *out);
  if (r->at >= r->end) return json_path_refuse(r, r->at, "a value must stand");
  char c = *r->at;
  if (c == '@' || c == '$') {
    r->at++;
    out->is_path = true;
    out->from_root = c == '$';
    if (json_path_steps(r, true, &out->step_count, &out->steps) != RN_OK) return RN_FAIL;
    json_step_kind last = out->step_count ? out->steps[out->step_count - 1].kind : JSON_NAME;
    out->several = last == JSON_NAMES || !json_path_is_definite(out->steps, out->step_count);
    return out->several && last == JSON_CALL ? json_path_refuse(r, from, "a function stands behind a path that may lead to several values") : RN_OK;
  }
  if (c == '\'' || c == '"') {
    out->value.kind = VALUE_TEXT;
    return json_path_quoted(r, &out->value.text);
  }
  rn_builder json = {0};
  rn_status status = json_path_constant(r, &json);
  if (status == RN_OK) out->value = plain_value(rn_slice_make(rn_arena_strndup(r->arena, json.data, json.len), json.len));
  rn_builder_free(&json);
  return status;
}

/* /pattern/flags */
static rn_status read_regex(json_path_reader *r, pcre2_code **out) {
  json_path_skip_blank(r);
  const char *from = r->at;
  if (r->at >= r->end || *r->at != '/') return json_path_refuse(r, r->at, "/pattern/ must stand behind =~");
  const char *pattern = ++r->at;
  while (r->at < r->end && *r->at != '/') r->at += *r->at == '\\' && r->end - r->at > 1 ? 2 : 1;
  if (r->at >= r->end) return json_path_refuse(r, from, "the pattern does not end");
  size_t len = (size_t)(r->at - pattern);
  uint32_t flags = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED;
  for (r->at++; r->at < r->end && *r->at >= 'a' && *r->at <= 'z'; r->at++) {
    switch (*r->at) {
      case 'i':
        flags |= PCRE2_CASELESS;
        break;
      case 's':
        flags |= PCRE2_DOTALL;
        break;
      case 'm':
        flags |= PCRE2_MULTILINE;
        break;
      case 'x':
        flags |= PCRE2_EXTENDED;
        break;
      default:
        return json_path_refuse(r, r->at, "one of the flags i, s, m, x must stand");
    }
  }
  int number;
  PCRE2_SIZE offset;
  *out = pcre2_compile((PCRE2_SPTR)pattern, len, flags, &number, &offset, NULL);
  if (!*out) return json_path_refuse(r, from, "the regular expression is malformed");
  (void)pcre2_jit_compile(*out, PCRE2_JIT_COMPLETE);
  return RN_OK;
}

static json_filter *make(json_path_reader *r, filter_kind kind, json_filter *a, json_filter *b) {
  json_filter *f = RN_NEW(r->arena, json_filter);
  f->kind = kind;
  f->a = a;
  f->b = b;
  return f;
}

static rn_status read_or(json_path_reader *r, json_filter **out);

static rn_status read_test(json_path_reader *r, json_filter **out) {
  if (r->depth >= RN_NESTING_MAX) return json_path_refuse(r, r->at, "the filter is nested too deeply");
  if (take(r, "!")) {
    r->depth++;
    *out = make(r, FILTER_NOT, NULL, NULL);
    rn_status status = read_test(r, &(*out)->a);
    r->depth--;
    return status;
  }
  if (take(r, "(")) {
    r->depth++;
    if (read_or(r, out) != RN_OK) return RN_FAIL;
    r->depth--;
    return take(r, ")") ? RN_OK : json_path_refuse(r, r->at, "\")\" must stand");
  }
  static const struct {
    const char *word;
    compare_op op;
  } ops[] = {{"===", OP_SAME},    {"!==", OP_NOT_SAME}, {"==", OP_EQ},       {"!=", OP_NE},         {"<=", OP_LE},
             {">=", OP_GE},       {"<", OP_LT},         {">", OP_GT},        {"in ", OP_IN},        {"nin ", OP_NOT_IN},
             {"contains ", OP_CONTAINS}, {"all ", OP_ALL},  {"anyof ", OP_ANY_OF}, {"noneof ", OP_NONE_OF},
             {"subsetof ", OP_SUBSET_OF}, {"size ", OP_SIZE}, {"empty ", OP_EMPTY}};
  json_filter *f = *out = make(r, FILTER_EXISTS, NULL, NULL);
  json_path_skip_blank(r);
  const char *from = r->at;
  if (read_operand(r, &f->left) != RN_OK) return RN_FAIL;
  if (take(r, "=~")) {
    f->kind = FILTER_REGEX;
    return read_regex(r, &f->regex);
  }
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
    if (!take(r, ops[i].word)) continue;
    f->kind = FILTER_COMPARE;
    f->op = ops[i].op;
    return read_operand(r, &f->right);
  }
  json_path_skip_blank(r);
  bool ended = r->at < r->end && (*r->at == ')' || *r->at == '&' || *r->at == '|');
  if (!ended) return json_path_refuse(r, r->at, "one of == != < <= > >= =~ in contains size && || ) must stand");
  return f->left.is_path ? RN_OK : json_path_refuse(r, from, "a value stands alone, which is no condition");
}
static rn_status read_and(json_path_reader *r, json_filter **out) {
  if (read_test(r, out) != RN_OK) return RN_FAIL;
  while (take(r, "&&")) {
    *out = make(r, FILTER_AND, *out, NULL);
    if (read_test(r, &(*out)->b) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}
static rn_status read_or(json_path_reader *r, json_filter **out) {
  if (read_and(r, out) != RN_OK) return RN_FAIL;
  while (take(r, "||")) {
    *out = make(r, FILTER_OR, *out, NULL);
    if (read_and(r, &(*out)->b) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

rn_status json_filter_compile(json_path_reader *r, json_filter **out) {
  r->in_filter = true;
  if (read_or(r, out) != RN_OK) return RN_FAIL;
  r->in_filter = false;
  return take(r, ")") ? RN_OK : json_path_refuse(r, r->at, "\")\" must stand");
}

void json_filter_free(json_filter *f) {
  for (; f; f = f->a) { /* chains of && and || grow to the left */
    json_filter_free(f->b);
    pcre2_code_free(f->regex);
  }
}

/* --- evaluation --------------------------------------------------------------------------------------------------- */

static filter_value value_of(json_scratch *s, rn_slice text) {
  if (text.ptr[0] != '"') return plain_value(text);
  return (filter_value){.kind = VALUE_TEXT, .text = json_plain(s, rn_slice_make(text.ptr + 1, text.len - 2))};
}
static filter_value resolve(json_scratch *s, const operand *o, rn_slice node, rn_slice root, bool lax) {
  if (!o->is_path) return o->value;
  rn_slice found = (o->several ? json_follow_all : json_follow)(s, o->steps, o->step_count, o->from_root ? root : node, root, lax);
  if (!found.ptr) return (filter_value){.kind = lax ? VALUE_NULL : VALUE_ABSENT};
  return value_of(s, found);
}

/* Two numbers by their exact value where 128 bits hold it, else as doubles. */
static int compare_numbers(rn_slice a, rn_slice b) {
  rn_i128 x, y;
  if (a.len <= 30 && b.len <= 30 && rn_decimal_parse(a, RN_DECIMAL_DIGITS_MAX, 18, &x) == RN_NUMBER_OK &&
      rn_decimal_parse(b, RN_DECIMAL_DIGITS_MAX, 18, &y) == RN_NUMBER_OK && x != y)
    return x < y ? -1 : 1;
  double d = 0, e = 0;
  if (!rn_parse_double(a, false, &d) || !rn_parse_double(b, false, &e)) return 2; /* a text that is no number */
  return d < e ? -1 : d > e ? 1 : 0;
}
/* Equal as JSON: members in any order. */
static bool is_same_nested(json_scratch *s, const filter_value *a, const filter_value *b) {
  rn_builder_clear(&s->text);
  rn_builder_clear(&s->other);
  json_put_text(&s->text, s, a->text);
  json_put_text(&s->other, s, b->text);
  return s->text.len == s->other.len && memcmp(s->text.data, s->other.data, s->text.len) == 0;
}
static bool is_equal(json_scratch *s, const filter_value *a, const filter_value *b) {
  if (a->kind == VALUE_NUMBER && (b->kind == VALUE_NUMBER || b->kind == VALUE_TEXT))
    return compare_numbers(a->text, b->text) == 0;
  if (a->kind == VALUE_TEXT && (b->kind == VALUE_TEXT || b->kind == VALUE_NUMBER)) return rn_slice_eq(a->text, b->text);
  if (a->kind != b->kind || a->kind == VALUE_ABSENT) return false;
  if (a->kind == VALUE_NESTED) return is_same_nested(s, a, b);
  return a->kind == VALUE_NULL || a->boolean == b->boolean;
}

static bool is_list(const filter_value *v) { return v->kind == VALUE_NESTED && v->text.ptr[0] == '['; }
static bool list_has(json_scratch *s, const filter_value *list, const filter_value *value) {
  rn_json_walk walk;
  rn_json_walk_begin(&walk, list->text);
  while (rn_json_walk_next(&walk)) {
    filter_value element = value_of(s, walk.value);
    if (is_equal(s, &element, value)) return true;
  }
  return false;
}
/* How many elements of `of` the list has, each place counted; *length: of `of`. */
static int64_t list_shares(json_scratch *s, const filter_value *list, const filter_value *of, int64_t *length) {
  rn_json_walk walk;
  int64_t count = 0;
  *length = 0;
  rn_json_walk_begin(&walk, of->text);
  while (rn_json_walk_next(&walk)) {
    filter_value element = value_of(s, walk.value);
    count += list_has(s, list, &element);
    ++*length;
  }
  return count;
}
static bool has_size(const filter_value *v, const filter_value *wanted) {
  double size;
  int64_t length = 0;
  if (wanted->kind != VALUE_NUMBER || !rn_parse_double(wanted->text, false, &size)) return false;
  if (v->kind == VALUE_TEXT) return (double)rn_utf8_length(v->text.ptr, v->text.len) == size;
  if (!is_list(v)) return false;
  rn_json_walk walk;
  rn_json_walk_begin(&walk, v->text);
  while (rn_json_walk_next(&walk)) length++;
  return (double)length == size;
}
static bool is_empty(const filter_value *v, const filter_value *wanted) {
  if (wanted->kind != VALUE_BOOLEAN) return false;
  if (v->kind == VALUE_TEXT) return (v->text.len == 0) == wanted->boolean;
  if (v->kind != VALUE_NESTED) return false;
  rn_json_walk walk;
  rn_json_walk_begin(&walk, v->text);
  return !rn_json_walk_next(&walk) == wanted->boolean;
}
/* The operators of lists; a side that is none of what they are about is not found by any of them. */
static bool list_holds(json_scratch *s, compare_op op, const filter_value *a, const filter_value *b) {
  int64_t length, shared;
  if (op == OP_SIZE) return has_size(a, b);
  if (op == OP_EMPTY) return is_empty(a, b);
  if (op == OP_CONTAINS && a->kind == VALUE_TEXT)
    return b->kind == VALUE_TEXT && (!b->text.len || memmem(a->text.ptr, a->text.len, b->text.ptr, b->text.len));
  if (op == OP_CONTAINS) return is_list(a) && list_has(s, a, b);
  if (op == OP_IN || op == OP_NOT_IN) return (is_list(b) && list_has(s, b, a)) == (op == OP_IN);
  if (!is_list(a) || !is_list(b)) return false;
  if (op == OP_SUBSET_OF) {
    shared = list_shares(s, b, a, &length);
    return shared == length;
  }
  shared = list_shares(s, a, b, &length);
  return op == OP_ALL ? shared == length : (shared > 0) == (op == OP_ANY_OF);
}

static bool compares(json_scratch *s, compare_op op, const filter_value *a, const filter_value *b) {
  if (op == OP_EQ || op == OP_NE) return is_equal(s, a, b) == (op == OP_EQ);
  if (op == OP_SAME || op == OP_NOT_SAME) return (a->kind == b->kind && is_equal(s, a, b)) == (op == OP_SAME);
  if (op >= OP_IN) return list_holds(s, op, a, b);
  int order = 2;
  if (a->kind == VALUE_NUMBER && b->kind == VALUE_NUMBER) order = compare_numbers(a->text, b->text);
  if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT) order = json_compare_names(a->text, b->text);
  if (order == 2) return false;
  switch (op) {
    case OP_LT:
      return order < 0;
    case OP_LE:
      return order <= 0;
    case OP_GT:
      return order > 0;
    default:
      return order >= 0;
  }
}
static bool matches(json_scratch *s, const pcre2_code *regex, const filter_value *v) {
  if (v->kind != VALUE_TEXT && v->kind != VALUE_NUMBER) return false;
  if (!s->match) s->match = pcre2_match_data_create(1, NULL);
  return pcre2_match(regex, (PCRE2_SPTR)v->text.ptr, v->text.len, 0, 0, s->match, NULL) >= 0;
}
void json_filter_match_free(void *match) { pcre2_match_data_free(match); }

bool json_filter_accepts(json_scratch *s, const json_filter *f, rn_slice node, rn_slice root, bool lax) {
  switch (f->kind) {
    case FILTER_OR:
      return json_filter_accepts(s, f->a, node, root, lax) || json_filter_accepts(s, f->b, node, root, lax);
    case FILTER_AND:
      return json_filter_accepts(s, f->a, node, root, lax) && json_filter_accepts(s, f->b, node, root, lax);
    case FILTER_NOT:
      return !json_filter_accepts(s, f->a, node, root, lax);
    case FILTER_EXISTS: {
      filter_value v = resolve(s, &f->left, node, root, false);
      filter_value empty = {.kind = VALUE_BOOLEAN, .boolean = true};
      return v.kind != VALUE_ABSENT && !(f->left.several && is_empty(&v, &empty));
    }
    case FILTER_REGEX: {
      filter_value v = resolve(s, &f->left, node, root, lax);
      return matches(s, f->regex, &v);
    }
    default: {
      filter_value a = resolve(s, &f->left, node, root, lax), b = resolve(s, &f->right, node, root, lax);
      return compares(s, f->op, &a, &b);
    }
  }
}
