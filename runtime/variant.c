/* Canonical text of VARIANTs: see variant.h. */
#include "runtime/variant.h"

#include "base/alloc.h"
#include "base/number.h"
#include "runtime/functions/json_path.h"

struct rn_variant_parser {
  json_scratch scratch;
  rn_builder text;
};

typedef struct canon {
  rn_builder *out;
  json_scratch *s;
  bool duplicates; /* allowed: the last of a name counts */
  const char *why, *at; /* of a fault */
} canon;

/* With an exponent, or with more digits than DECIMAL has, a number is a DOUBLE; else it is exact, written plainly
 * without zeros at the end of its fraction (Flink's builder decides before it takes them off). */
static bool put_number(canon *c, rn_slice n) {
  const char *p = n.ptr, *end = p + n.len;
  if (*p == '-') p++;
  size_t digits = 0, fraction = 0;
  bool point = false, exponent = false;
  for (const char *q = p; q < end && !exponent; q++) {
    if (*q == '.') point = true;
    else if (*q == 'e' || *q == 'E') exponent = true;
    else digits += digits || *q != '0', fraction += point;
  }
  if (exponent || digits > RN_DECIMAL_DIGITS_MAX || fraction > RN_DECIMAL_DIGITS_MAX) {
    double value = 0;
    if (!rn_parse_double(n, false, &value) || value - value != 0) {
      c->why = "a number is too large";
      c->at = n.ptr;
      return false;
    }
    rn_format_double(c->out, value);
    return true;
  }
  while (point && end[-1] == '0') end--;
  if (point && end[-1] == '.') end--;
  bool zero = end - p == 1 && *p == '0';
  rn_builder_append(c->out, zero ? p : n.ptr, (size_t)(end - (zero ? p : n.ptr)));
  return true;
}

static bool put(canon *c, rn_slice v);

static bool put_object(canon *c, rn_slice object) {
  size_t base = c->s->members.len, written = 0;
  rn_json_walk walk;
  rn_json_walk_begin(&walk, object);
  while (rn_json_walk_next(&walk)) written++;
  uint32_t count = json_members(c->s, object, true);
  bool ok = c->duplicates || written == count;
  if (!ok) c->why = "an object has two members of one name", c->at = object.ptr;
  rn_builder_char(c->out, '{');
  for (uint32_t i = 0; i < count && ok; i++) {
    if (i) rn_builder_char(c->out, ',');
    rn_json_put_string(c->out, c->s->members.data[base + i].name);
    rn_builder_char(c->out, ':');
    ok = put(c, c->s->members.data[base + i].value);
  }
  rn_builder_char(c->out, '}');
  c->s->members.len = base;
  return ok;
}

static bool put(canon *c, rn_slice v) {
  switch (v.ptr[0]) {
    case '{':
      return put_object(c, v);
    case '[': {
      rn_json_walk walk;
      rn_json_walk_begin(&walk, v);
      rn_builder_char(c->out, '[');
      for (bool first = true; rn_json_walk_next(&walk); first = false) {
        if (!first) rn_builder_char(c->out, ',');
        if (!put(c, walk.value)) return false;
      }
      rn_builder_char(c->out, ']');
      return true;
    }
    case '"':
      rn_json_put_string(c->out, json_plain(c->s, rn_slice_make(v.ptr + 1, v.len - 2)));
      return true;
    case 't':
    case 'f':
    case 'n':
      rn_builder_slice(c->out, v);
      return true;
    default:
      return put_number(c, v);
  }
}

rn_variant_parser *rn_variant_parser_open(void) { return rn_calloc(1, sizeof(rn_variant_parser)); }

void rn_variant_parser_close(rn_variant_parser *p) {
  if (!p) return;
  json_scratch_free(&p->scratch);
  rn_builder_free(&p->text);
  rn_free(p);
}

rn_slice rn_variant_parse(rn_variant_parser *p, rn_slice text, bool duplicates, rn_json_fault *fault) {
  rn_slice value;
  if (!rn_json_find(text, NULL, 0, &value, NULL, fault)) return rn_slice_make(NULL, 0);
  if (p->scratch.arena.used_bytes) rn_arena_reset(&p->scratch.arena);
  p->scratch.members.len = 0;
  rn_builder_clear(&p->text);
  canon c = {.out = &p->text, .s = &p->scratch, .duplicates = duplicates};
  if (put(&c, value)) return rn_slice_make(p->text.data, p->text.len);
  *fault = (rn_json_fault){(size_t)(c.at - text.ptr), c.why};
  return rn_slice_make(NULL, 0);
}
