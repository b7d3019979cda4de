/* PARSE_URL, and text in other character sets: ENCODE, DECODE (DIALECT 8.3). */
#include <utf8proc.h>

#include "runtime/functions/scalar.h"

/* --- PARSE_URL --------------------------------------------------------------------------------------------------------- */

/* scheme://[user@]host[:port][/path][?query][#ref]; the slices lie in the text, ptr NULL: not there. */
typedef struct url {
  rn_slice protocol, authority, user, host, path, query, ref, file;
} url;

static rn_slice between(const char *begin, const char *end) { return rn_slice_make(begin, (size_t)(end - begin)); }
static const char *find(const char *p, const char *end, char c) {
  const char *hit = memchr(p, c, (size_t)(end - p));
  return hit ? hit : end;
}

static bool parse_url(rn_slice text, url *out) {
  memset(out, 0, sizeof *out);
  const char *p = text.ptr, *end = text.ptr + text.len, *colon = find(p, end, ':');
  if (colon == end || colon == p) return false;
  for (const char *c = p; c < colon; c++) {
    bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
    if (!letter && (c == p || !strchr("0123456789+.-", *c))) return false;
  }
  /* Protocols that Java knows; others are no URL there. */
  static const char *const known[] = {"http", "https", "ftp", "file", "jar", "mailto"};
  size_t k = 0, kinds = sizeof known / sizeof known[0];
  while (k < kinds && !rn_slice_eq_nocase(between(p, colon), rn_slice_of(known[k]))) k++;
  if (k == kinds) return false;
  out->protocol = rn_slice_of(known[k]); /* in small letters */
  p = colon + 1;
  const char *ref = find(p, end, '#');
  if (ref < end) out->ref = between(ref + 1, end);
  end = ref;
  if (end - p >= 2 && p[0] == '/' && p[1] == '/') {
    p += 2;
    const char *stop = p;
    while (stop < end && *stop != '/' && *stop != '?') stop++;
    out->authority = between(p, stop);
    const char *at = find(p, stop, '@');
    if (at < stop) {
      out->user = between(p, at);
      p = at + 1;
    }
    const char *port = *p == '[' ? find(p, stop, ']') : p;
    port = find(port, stop, ':');
    out->host = between(p, port);
    p = stop;
  }
  out->file = between(p, end);
  const char *question = find(p, end, '?');
  out->path = between(p, question);
  if (question < end) out->query = between(question + 1, end);
  return true;
}

static const struct { const char *name; size_t offset; } parts[] = {
  {"HOST", offsetof(url, host)}, {"PATH", offsetof(url, path)}, {"QUERY", offsetof(url, query)}, {"REF", offsetof(url, ref)},
  {"PROTOCOL", offsetof(url, protocol)}, {"AUTHORITY", offsetof(url, authority)}, {"FILE", offsetof(url, file)}, {"USERINFO", offsetof(url, user)},
};

/* The value of key=value in a query. */
static rn_slice query_value(rn_slice query, rn_slice key) {
  const char *p = query.ptr, *end = query.ptr + query.len;
  while (p && p < end) {
    const char *stop = find(p, end, '&'), *equal = find(p, stop, '=');
    if (equal < stop && rn_slice_eq(between(p, equal), key)) return between(equal + 1, stop);
    p = stop + 1;
  }
  return (rn_slice){NULL, 0};
}

KERNEL(k_parse_url) {
  FOR_ROWS(row) {
    url u;
    rn_slice part = {NULL, 0}, wanted = TEXT(1, row);
    if (parse_url(TEXT(0, row), &u)) {
      for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (rn_slice_is(wanted, parts[i].name)) memcpy(&part, (const char *)&u + parts[i].offset, sizeof part);
      }
      if (arg_count > 2) part = rn_slice_is(wanted, "QUERY") ? query_value(u.query, TEXT(2, row)) : (rn_slice){NULL, 0};
    }
    if (part.ptr) put_str(out, row, part.ptr, part.len);
    else put_null(eval, out, row);
  }
  return RN_OK;
}

/* --- character sets ------------------------------------------------------------------------------------------------------- */

typedef enum charset { ASCII, LATIN1, UTF8, UTF16BE, UTF16LE, UTF16 } charset;
/* Names and those that Java takes for them. */
static const struct { const char *name; charset set; } charsets[] = {
  {"US-ASCII", ASCII}, {"ISO-8859-1", LATIN1}, {"UTF-8", UTF8}, {"UTF-16BE", UTF16BE}, {"UTF-16LE", UTF16LE}, {"UTF-16", UTF16},
  {"ASCII", ASCII}, {"US", ASCII}, {"ISO646-US", ASCII}, {"ANSI_X3.4-1968", ASCII}, {"646", ASCII}, {"cp367", ASCII},
  {"latin1", LATIN1}, {"l1", LATIN1}, {"ISO8859_1", LATIN1}, {"ISO8859-1", LATIN1}, {"ISO_8859-1", LATIN1}, {"ISO_8859_1", LATIN1}, {"8859_1", LATIN1},
  {"IBM819", LATIN1}, {"cp819", LATIN1}, {"UTF8", UTF8}, {"unicode-1-1-utf-8", UTF8}, {"UTF_16BE", UTF16BE}, {"X-UTF-16BE", UTF16BE},
  {"UnicodeBigUnmarked", UTF16BE}, {"UTF_16LE", UTF16LE}, {"X-UTF-16LE", UTF16LE}, {"UnicodeLittleUnmarked", UTF16LE}, {"UTF_16", UTF16}, {"unicode", UTF16},
};

static bool find_charset(rn_slice name, charset *out) {
  for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
    if (!rn_slice_eq_nocase(name, rn_slice_of(charsets[i].name))) continue;
    *out = charsets[i].set;
    return true;
  }
  return false;
}

static void put_unit(rn_builder *b, uint32_t unit, bool little) {
  char two[2] = {(char)(unit >> 8), (char)unit};
  if (little) rn_builder_append(b, (char[]){two[1], two[0]}, 2);
  else rn_builder_append(b, two, 2);
}

static void encode(rn_builder *b, rn_slice s, charset set) {
  if (set == UTF8) {
    rn_builder_slice(b, s);
    return;
  }
  if (set == UTF16 && s.len) put_unit(b, 0xfeff, false);
  for (const char *p = s.ptr, *end = s.ptr + s.len; p < end;) {
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, end - p, &c);
    if (n <= 0) {
      c = 0xfffd;
      n = 1;
    }
    p += n;
    if (set == ASCII || set == LATIN1) {
      rn_builder_char(b, c < (set == ASCII ? 0x80 : 0x100) ? (char)c : '?');
    } else if (c >= 0x10000) {
      put_unit(b, 0xd800u | (uint32_t)(c - 0x10000) >> 10, set == UTF16LE);
      put_unit(b, 0xdc00u | ((uint32_t)c & 0x3ff), set == UTF16LE);
    } else {
      put_unit(b, (uint32_t)c, set == UTF16LE);
    }
  }
}

static void put_code_point(rn_builder *b, uint32_t c) {
  utf8proc_uint8_t text[4];
  utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)c, text);
  if (n > 0 && !(c >= 0xd800 && c < 0xe000)) rn_builder_append(b, text, (size_t)n);
  else rn_builder_text(b, "\xEF\xBF\xBD");
}

static void decode(rn_builder *b, rn_slice s, charset set) {
  const unsigned char *p = (const unsigned char *)s.ptr, *end = p + s.len;
  if (set == ASCII || set == LATIN1) {
    for (; p < end; p++) put_code_point(b, set == ASCII && *p >= 0x80 ? 0xfffd : *p);
    return;
  }
  bool little = set == UTF16LE;
  if (set == UTF16 && s.len >= 2 && ((p[0] == 0xfe && p[1] == 0xff) || (p[0] == 0xff && p[1] == 0xfe))) {
    little = p[0] == 0xff;
    p += 2;
  }
  while (end - p >= 2) {
    uint32_t c = little ? (uint32_t)(p[0] | p[1] << 8) : (uint32_t)(p[0] << 8 | p[1]);
    p += 2;
    if (c >= 0xd800 && c < 0xdc00 && end - p >= 2) {
      uint32_t low = little ? (uint32_t)(p[0] | p[1] << 8) : (uint32_t)(p[0] << 8 | p[1]);
      if (low >= 0xdc00 && low < 0xe000) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        p += 2;
      }
    }
    put_code_point(b, c);
  }
  if (p < end) put_code_point(b, 0xfffd);
}

static inline rn_status transcode(rn_eval *eval, const rn_column *const *args, rn_column *out, const rn_sel *sel, bool encoding) {
  rn_builder b = {0};
  rn_status status = RN_OK;
  FOR_ROWS(row) {
    charset set;
    rn_slice name = TEXT(1, row), s = TEXT(0, row), result;
    if (!find_charset(name, &set)) {
      status = rn_eval_fail(eval, row, RN_E_VALUE, "unknown character set '%.*s': US-ASCII, ISO-8859-1, UTF-8, UTF-16, UTF-16BE and UTF-16LE are known", (int)name.len, name.ptr);
      break;
    }
    rn_builder_clear(&b);
    if (set == UTF8) {
      result = encoding ? s : rn_text_repair(eval->arena, s);
    } else {
      if (encoding) encode(&b, s, set);
      else decode(&b, s, set);
      char *room = text_room(eval, b.len);
      if (b.len) memcpy(room, b.data, b.len);
      result = rn_slice_make(room, b.len);
    }
    put_str(out, row, result.ptr, result.len);
  }
  rn_builder_free(&b);
  return status;
}
KERNEL(k_encode) { (void)arg_count; return transcode(eval, args, out, sel, true); }
KERNEL(k_decode) { (void)arg_count; return transcode(eval, args, out, sel, false); }

static const rn_function rows[] = {
  {.name = "PARSE_URL", .signature = "PARSE_URL(url STRING, part STRING [, key STRING]) -> STRING", .min_args = 2, .max_args = 3,
   .flags = RN_FN_STRICT | RN_FN_NULL_RESULT, .classes = {RN_ARG_STRING, RN_ARG_STRING, RN_ARG_STRING}, .kernel = k_parse_url, .result = RN_T_VARCHAR,
   .help = "HOST PATH QUERY REF PROTOCOL AUTHORITY FILE or USERINFO of a URL, or a key of its query",
   .example = "PARSE_URL('http://a.de/p?k=v', 'QUERY', 'k') = 'v'"},
  {.name = "ENCODE", .signature = "ENCODE(s STRING, charset STRING) -> BYTES", .min_args = 2, .max_args = 2, .flags = RN_FN_STRICT | RN_FN_MAY_FAIL,
   .classes = {RN_ARG_STRING, RN_ARG_STRING}, .kernel = k_encode, .result = RN_T_VARBINARY, .help = "bytes in US-ASCII, ISO-8859-1, UTF-8 or UTF-16[BE|LE]",
   .example = "ENCODE('a', 'UTF-16BE') = X'0061'"},
  {.name = "DECODE", .signature = "DECODE(b BYTES, charset STRING) -> STRING", .min_args = 2, .max_args = 2, .flags = RN_FN_STRICT | RN_FN_MAY_FAIL,
   .classes = {RN_ARG_BINARY, RN_ARG_STRING}, .kernel = k_decode, .result = RN_T_VARCHAR, .help = "the text that bytes hold in a character set",
   .example = "DECODE(X'0061', 'UTF-16BE') = 'a'"},
};
RN_FUNCTION_SET(rn_set_url, "URLs and character sets", rows);
