/* JSON text and paths: the check against SQLite's, numbers and strings in Flink's spelling, paths with the answers of a
 * real Flink, and random bytes. */
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "random.h"
#include "runtime/functions/json_path.h"

static const char document[] =
    "{\"a\":1,\"b\":{\"c\":[1,2,{\"d\":\"x\"}],\"e\":{\"d\":2}},\"l\":[{\"x\":1,\"y\":\"p\"},{\"x\":2,\"y\":\"q\"},{\"x\":3}],\"n\":null,\"\":5,"
    "\"a-b\":7,\"\xc3\xa4\":8,\"$x\":9,\"a b\":10,\"a'b\":11,\"it\":[[1,2],[3,4]],\"o\":{\"p\":{\"c\":1},\"q\":{\"c\":2},\"r\":5}}";

/* What a path leads to; "-": nothing is there; "!..": a function fails. lax NULL: the same. */
static const struct {
  const char *path, *strict, *lax;
} paths[] = {
    {"a", "1", NULL}, {"$.a ", "1", NULL}, {"$.a.b", "-", NULL}, {"$.b.c[0,1]", "[1,2]", NULL}, {"$.b.c[0, 2]", "[1,{\"d\":\"x\"}]", NULL},
    {"$.b.c[0:2]", "[1,2]", NULL}, {"$.b.c[-1]", "{\"d\":\"x\"}", NULL}, {"$.b.c[-2:]", "[2,{\"d\":\"x\"}]", NULL}, {"$.b.c[:2]", "[1,2]", NULL},
    {"$.b.c[1:]", "[2,{\"d\":\"x\"}]", NULL}, {"$.b.c[:-1]", "[1,2]", NULL}, {"$.b.c[5:7]", "[]", NULL}, {"$.b.c[0:9]", "[1,2,{\"d\":\"x\"}]", NULL},
    {"$['a','n']", "{\"a\":1,\"n\":null}", NULL}, {"$['a','zz']", "{\"a\":1}", NULL}, {"$['y','zz']", "{}", NULL}, {"$[\"a\"]", "1", NULL},
    {"$.b.*", "[[1,2,{\"d\":\"x\"}],{\"d\":2}]", NULL}, {"$.b.c[*].d", "[\"x\"]", NULL}, {"$.l[*].y", "[\"p\",\"q\"]", NULL}, {"$.l[*].z", "[]", NULL},
    {"$.b..d", "[\"x\",2]", NULL}, {"$..zz", "[]", NULL}, {"$.b..*", "[[1,2,{\"d\":\"x\"}],{\"d\":2},1,2,{\"d\":\"x\"},\"x\",2]", NULL},
    {"$..[0]", "[1,{\"x\":1,\"y\":\"p\"},[1,2],1,3]", NULL}, {"$..c[0]", "[1]", NULL}, {"$..['d']", "[\"x\",2]", NULL},
    {"$.l[?(@.x>1)]", "[{\"x\":2,\"y\":\"q\"},{\"x\":3}]", NULL}, {"$.l[?(@.x>1)].y", "[\"q\"]", NULL}, {"$.l[?(@.y==\"p\")].x", "[1]", NULL},
    {"$.l[?(@.y =~ /P.*/i)].x", "[1]", NULL}, {"$.l[?(@.y =~ /[pq]/)].x", "[1,2]", NULL}, {"$.l[?(@['x'] >= 2)].x", "[2,3]", NULL},
    {"$.l[?(@.x != 2)].x", "[1,3]", NULL}, {"$.l[?(2 < @.x)].x", "[3]", NULL}, {"$.l[?(@.x == $.a)].x", "[1]", NULL},
    {"$.l[?(@.y == null)].x", "[]", "[3]"}, {"$.l[?(@.x<2.5)].x", "[1,2]", NULL}, {"$.l[?(@.x<'2')].x", "[]", NULL}, {"$.l[?(@.x=='1')].x", "[1]", NULL},
    {"$.l[?('1'==@.x)].x", "[1]", NULL}, {"$.l[?(@.x==1.00)].x", "[1]", NULL}, {"$.l[?(@.y>'p')].x", "[2]", NULL}, {"$.l[?(@.zz!=1)].x", "[1,2,3]", NULL},
    {"$.l[?(@.x>1 || @.y=='p')].x", "[1,2,3]", NULL}, {"$.l[?(@.x>1 && @.y=='q')].x", "[2]", NULL}, {"$.l[?((@.x>2) || (@.y=='p'))].x", "[1,3]", NULL},
    {"$.l[?(!(@.x>1))].x", "[1]", NULL}, {"$.l[?(@.y=='p')][0]", "[]", NULL}, {"$.l[?(1==1)].x", "[1,2,3]", NULL}, {"$.l[?(@.y==true)]", "[]", NULL},
    {"$.b[?(@.d==1)]", "[]", NULL}, {"$.b.e[?(@.d==2)]", "[{\"d\":2}]", NULL}, {"$..[?(@.x==1)]", "[{\"x\":1,\"y\":\"p\"}]", NULL},
    {"$..l[?(@.x==1)].y", "[\"p\"]", NULL}, {"@.a", "1", NULL}, {"$.b.c[-9]", "-", NULL}, {"$.b.c[\"0\"]", "-", NULL}, {"$.a[0]", "-", NULL},
    {"$.b[0]", "-", NULL}, {"$.a[*]", "[]", NULL}, {"$.a.*", "[]", NULL}, {"$.n.x", "-", NULL}, {"$.n[0]", "-", NULL}, {"$.n.*", "[]", NULL},
    {"$['']", "5", NULL}, {"$.a-b", "7", NULL}, {"$.\xc3\xa4", "8", NULL}, {"$.$x", "9", NULL}, {"$['a b']", "10", NULL}, {"$['a\\'b']", "11", NULL},
    {"$[\"a'b\"]", "11", NULL}, {"$.it[0][1]", "2", NULL}, {"$.it[*][0]", "[1,3]", NULL}, {"$.it[0:1][1]", "[2]", NULL}, {"$.l.x", "-", NULL},
    {"$.l[0]['x','y']", "{\"x\":1,\"y\":\"p\"}", NULL}, {"$.a['x','y']", "-", NULL}, {"$.l[0,5].x", "[1]", NULL}, {"$.l[5,6]", "[]", NULL}, {"$.l[9].x", "-", NULL},
    {"$.l[*]['x','y']", "[{\"x\":1,\"y\":\"p\"},{\"x\":2,\"y\":\"q\"},{\"x\":3}]", NULL}, {"$..['x','y']", "[{\"x\":1,\"y\":\"p\"},{\"x\":2,\"y\":\"q\"}]", NULL},
    {"$.['l'].[0].x", "1", NULL}, {"$.l[ 0 ].x", "1", NULL}, {"$[ 'a' ]", "1", NULL}, {"$.l[01].x", "2", NULL}, {"$.zz[*]", "-", "[]"}, {"$.zz.*", "-", "[]"},
    {"$.zz..d", "-", "[]"}, {"$.a[0:1]", "-", "[]"}, {"$.a[0,1]", "-", "[]"}, {"$.zz[?(@.x==1)]", "-", "[]"}, {"$.o['p','q'].c", "[1,2]", NULL},
    {"$.o['p','zz'].c", "[1]", NULL}, {"$.o['p','r'].c", "[1]", NULL}, {"$.l[-2:-1].x", "[2]", NULL}, {"$.l[0,-1].x", "[1,3]", NULL}, {"$.l[:-9]", "[]", NULL},
    {"$..*.x", "[1,2,3]", NULL}, {"$.o.*.c", "[1,2]", NULL}, {"$.l[*]..x", "[1,2,3]", NULL}, {"$..l..x", "[1,2,3]", NULL}, {"$.*.x", "[]", NULL},
    {".d", "[\"x\",2]", NULL},
    /* functions */
    {"$.l.length()", "3", NULL}, {"$.b.size()", "2", NULL}, {"$.length( )", "12", NULL}, {"$.a.length()", "null", NULL}, {"$.n.length()", "null", NULL},
    {"$.zz.length()", "-", NULL}, {"$.it[*].length()", "[2,2]", NULL}, {"$.b.c[*].length()", "[null,null,1]", NULL}, {"$.l['x'].length()", "-", NULL},
    {"$..d.length()", "0", NULL}, {"$..c.length()", "3", NULL}, {"$.length($.b)", "2", NULL}, {"$.length($)", "12", NULL}, {"$.b.length($.o)", "3", NULL},
    {"$.b.c.sum()", "3.0", NULL}, {"$.b.c.avg()", "1.5", NULL}, {"$.b.c.min()", "1.0", NULL}, {"$.b.c.max()", "2.0", NULL}, {"$.b.c.stddev()", "0.5", NULL},
    {"$.it[*].sum()", "[3.0,7.0]", NULL}, {"$.sum($.l[*].x)", "6.0", NULL}, {"$.sum($.l[?(@.x>1)].x, $.a, 2.5)", "8.5", NULL}, {"$.b.c.sum(5)", "8.0", NULL},
    {"$..x.sum()", "6.0", NULL}, {"$..c[*].sum()", "3.0", NULL}, {"$.a.sum()", "!there is no number", NULL}, {"$.l.sum()", "!there is no number", NULL},
    {"$.sum($.zz, 1)", "!the path of an argument leads nowhere", "1.0"}, {"$.sum($.zz[*], 1)", "!the path of an argument leads nowhere", "1.0"},
    {"$.b.c.first()", "1", NULL}, {"$.b.c.last()", "{\"d\":\"x\"}", NULL}, {"$.b.c.index(1)", "2", NULL}, {"$.b.c.index(-2)", "2", NULL},
    {"$.b.c.index($.a)", "2", NULL}, {"$.b.c.index(3)", "!the array has no such element", NULL}, {"$.b.c.index('1')", "!the argument is no number of an element", NULL},
    {"$.b.last()", "!it is no array", NULL}, {"$.b.keys()", "[\"c\",\"e\"]", NULL}, {"$.a.keys()", "null", NULL}, {"$.l[0].keys()", "[\"x\",\"y\"]", NULL},
    {"$.concat($.l[0].y, \"x\", $.a, 1.50)", "\"px11.50\"", NULL}, {"$.concat($.l[*].y)", "\"pq\"", NULL}, {"$.concat($.it[0])", "\"12\"", NULL},
    {"$.concat()", "\"\"", NULL}, {"$.concat($.zz)", "!the path of an argument leads nowhere", "\"\""}, {"$.it[0].append(3,\"x\",[4])", "[1,2,3,\"x\",[4]]", NULL},
    {"$.it[0].append()", "[1,2]", NULL}, {"$.o.p.append(1)", "{\"c\":1}", NULL}, {"$.it[0].append({\"x\":1})", "[1,2,{\"x\":1}]", NULL},
    {"$.sum($.it[0].length(), $.l.length())", "5.0", NULL}, {"$.it[?(@.length() > 1)]", "[[1,2],[3,4]]", NULL}, {"length()", "12", NULL},
    {"$.it[?(@.sum() > 3)]", "[[3,4]]", NULL}, {"$.it[?(@.max() == 2)]", "[[1,2]]", NULL}, {"$.l[?(@.x == $.b.c.sum())].x", "[3]", NULL},
    {"$.l[?(@.x === 1)].x", "[1]", NULL}, {"$.l[?(@.x === '1')].x", "[]", NULL}, {"$.l[?(@.x !== '1')].x", "[1,2,3]", NULL}, {"$.l[?(@.y contains 'p')].x", "[1]", NULL},
    {"$.l[?(@.y contains 1)].x", "[]", NULL}, {"$.l[?(@.y size 1)].x", "[1,2]", NULL}, {"$.l[?(@.y size 1.0)].x", "[1,2]", NULL}, {"$.l[?(@.y empty false)].x", "[1,2]", NULL},
    {"$.l[?(@.y EMPTY true)].x", "[]", NULL},
    /* ours: Flink fails, or computes something else */
    {"$.l[?(@.x in [1,3])].x", "[1,3]", NULL}, {"$.l[?(@.y nin ['p', \"z\"])].x", "[2,3]", NULL}, {"$.it[?(@ contains 2)]", "[[1,2]]", NULL},
    {"$.it[?(2 in @)]", "[[1,2]]", NULL}, {"$.it[?(@ anyof [2,7])]", "[[1,2]]", NULL}, {"$.it[?(@ noneof [2,7])]", "[[3,4]]", NULL},
    {"$.it[?(@ subsetof [4,3,2])]", "[[3,4]]", NULL}, {"$.it[?(@ all [1])]", "[[1,2]]", NULL}, {"$.it[?(@ size 2)]", "[[1,2],[3,4]]", NULL},
    {"$.it[?(@ empty false)]", "[[1,2],[3,4]]", NULL}, {"$.it[?(@ == [1,2])]", "[[1,2]]", NULL}, {"$.o.*[?(@ == {\"c\":2})]", "[{\"c\":2}]", NULL},
    {"$.l[0:3:2].x", "[1,3]", NULL}, {"$.l[::2].x", "[1,3]", NULL}, {"$.l[1::1].x", "[2,3]", NULL}, {"$.l[:].x", "[1,2,3]", NULL}, {"$.l[-2:9:2].x", "[2]", NULL},
    {"$.it[0].first()", "1", NULL}, {"$.it[0].index(-2)", "1", NULL}, {"$.l[0:1].last()", "!it is no array", NULL}, {"$.concat('x', true)", "\"xtrue\"", NULL},
    {"$.l[1:-1].x", "[2]", NULL}, {"$.l[?(@.y)].x", "[1,2]", NULL}, {"$.l[?(!@.y)].x", "[3]", NULL}, {"$.b.c[?(@>1)]", "[2]", NULL},
};

static const char *const no_paths[] = {
    "", "  ", "$a", " $.a", "$. a", "$.b.c[::0]", "$[a]", "$.a.", "$..", "$.a[", "$.a[0", "$[", "$.b.c[1.5]", "$.a b", "$.a..", "$...a", "$.l[+1]",
    "$.l[99999999999]", "$.l[]", "$.l[?()]", "$.l[?(@.x>)]", "$.l[?(foo)]", "$.l[(@.length-1)]", "$.b.c [0]", "$ .a", "$.b .c", "$.b.c[0]d", "$$.a",
    "$.l[*,0]", "$.l.type()", "$.l.Length()", "$.l.length(1)", "$.l.length().x", "$..length()", "$.l.sum(", "$.l.sum(1", "$.l.sum(1,)", "$.l.sum(@.x)", "$.l.index()", "$.l.first(1)", "$.l[?(@[0,1].sum() > 1)]", "$.l[?(@.y in ['p')]", "$.l[?(@.y inn [1])]", "$.l[0:1:1:1]", "$.l[?(@.x.sum($.l[?(@.x)]) > 1)]", "length().x", "$.l[?@.x>1]", "lax", "strict $.a[?(@.x", "$['a", "$.l[?(@.x =~ /(/)]",
    "$.l[?(1)]", "$.l[?(@.x == 1e)]", "$.l[?(@.x =~ /a/q)]",
};

static char *answer(json_scratch *s, const char *text, const char *path, rn_builder *out) {
  rn_error err;
  rn_error_clear(&err);
  rn_builder_clear(out);
  json_path *compiled = json_path_compile(rn_slice_of(path), NULL, &err);
  if (!compiled) {
    rn_builder_text(out, err.message);
    return out->data;
  }
  rn_slice value;
  rn_json_fault fault;
  switch (json_path_evaluate(compiled, rn_slice_of(text), s, &value, &fault)) {
    case JSON_FOUND: json_put_text(out, s, value); break;
    case JSON_LIST: json_put_list(out, s); break;
    case JSON_MISSING: rn_builder_text(out, "-"); break;
    case JSON_BAD_TEXT: rn_builder_printf(out, "bad at %zu", fault.at); break;
    case JSON_NULL_TEXT: rn_builder_text(out, "null text"); break;
    case JSON_TOO_MUCH: rn_builder_text(out, "too much"); break;
    case JSON_FAILED: rn_builder_printf(out, "!%s", s->why); break;
  }
  json_path_free(compiled);
  return out->data;
}

static void paths_lead_where_flink_goes(void **state) {
  (void)state;
  json_scratch s = {0};
  rn_builder out = {0}, path = {0};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    const char *got = answer(&s, document, paths[i].path, &out);
    if (strcmp(got, paths[i].strict) != 0) print_message("%s\n", paths[i].path);
    assert_string_equal(got, paths[i].strict);
    rn_builder_clear(&path);
    rn_builder_printf(&path, " LAX  %s", paths[i].path);
    got = answer(&s, document, path.data, &out);
    if (paths[i].path[0] != '.' && paths[i].path[0] != 'a') assert_string_equal(got, paths[i].lax ? paths[i].lax : paths[i].strict);
  }
  rn_builder_free(&path);
  rn_builder_free(&out);
  json_scratch_free(&s);
}

static void what_is_no_path_is_refused(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof no_paths / sizeof *no_paths; i++) {
    rn_error err;
    rn_error_clear(&err);
    size_t fault = SIZE_MAX;
    json_path *path = json_path_compile(rn_slice_of(no_paths[i]), &fault, &err);
    bool word = strcmp(no_paths[i], "lax") == 0; /* a member of that name */
    if (!path != !word) print_message("%s\n", no_paths[i]);
    assert_int_equal(path == NULL, !word);
    if (!word) assert_true(fault <= strlen(no_paths[i]) && err.code == RN_E_VALUE);
    json_path_free(path);
  }
}

static void documents_are_read_as_flink_does(void **state) {
  (void)state;
  static const char *const rows[][3] = {
      {"{\"a\":1} x", "$.a", "1"}, {"{\"a\":1,\"a\":2}", "$.a", "2"}, {"{\"a\":{\"x\":1},\"a\":{\"y\":2}}", "$.a.x", "-"}, {"null", "$.a", "null text"},
      {" null ", "lax $", "null text"}, {"{\"\\u0061\":3}", "$.a", "3"}, {"{\"a\":\"\\ud83d\\ude00\"}", "$.a", "\"\xf0\x9f\x98\x80\""},
      {"{\"a\":\"\\ud83d\"}", "$.a", "\"\xef\xbf\xbd\""}, {"{\"a\":1,}", "$.a", "bad at 7"}, {"{\"a\":01}", "$.a", "bad at 5"}, {"", "$", "bad at 0"},
      {"[1,2", "$[0]", "bad at 4"}, {"1x", "$", "bad at 1"}, {"truee", "$", "bad at 4"}, {"\"a\" b", "$", "\"a\""}, {"1 2", "$", "1"},
      {"{\"b\":{\"z\":1,\"a\":[{\"q\":1,\"b\":2}],\"Z\":3,\"\":4,\"\xc3\xa4\":5,\"\xf0\x9d\x84\x9e\":6,\"\xef\xbf\xae\":7}}", "$.b",
       "{\"\":4,\"Z\":3,\"a\":[{\"b\":2,\"q\":1}],\"z\":1,\"\xc3\xa4\":5,\"\xf0\x9d\x84\x9e\":6,\"\xef\xbf\xae\":7}"},
      {"{\"a\":1e1000000000000}", "$.a", "bad at 5"}, {"[\"a\\n\\/\\u001f\"]", "$", "[\"a\\n/\\u001F\"]"}, {"{\"a\":\"x\ty\"}", "$.a", "bad at 7"},
  };
  json_scratch s = {0};
  rn_builder out = {0};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) assert_string_equal(answer(&s, rows[i][0], rows[i][1], &out), rows[i][2]);
  rn_builder deep = {0};
  for (int i = 0; i < 1001; i++) rn_builder_char(&deep, '[');
  assert_string_equal(answer(&s, deep.data, "$", &out), "bad at 1000");
  deep.len--; /* the deepest there may be */
  for (int i = 0; i < 1000; i++) rn_builder_char(&deep, ']');
  assert_string_equal(answer(&s, deep.data, "$", &out), deep.data);
  assert_true(strlen(answer(&s, deep.data, "$..*", &out)) > 900000);
  rn_builder_free(&deep);
  rn_builder_free(&out);
  json_scratch_free(&s);
}

static void numbers_print_as_big_decimals(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"1e3", "1E+3"}, {"-0", "0"}, {"-0.0", "0.0"}, {"1E400", "1E+400"}, {"1e-400", "1E-400"}, {"1e5", "1E+5"}, {"1.0e-7", "1.0E-7"}, {"0.0000001", "1E-7"},
      {"0.000001", "0.000001"}, {"100000000000e-3", "100000000.000"}, {"0.1e1", "1"}, {"-1.5E-3", "-0.0015"}, {"0e5", "0E+5"}, {"0.000", "0.000"},
      {"0e-10", "0E-10"}, {"1.0E2", "1.0E+2"}, {"12", "12"}, {"1.50", "1.50"}, {"123456789012345678901234567890.5", "123456789012345678901234567890.5"},
      {"1.0E10", "1.0E+10"}, {"1.23456789E8", "123456789"}, {"1.0E-4", "0.00010"},
  };
  rn_builder out = {0};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    rn_builder_clear(&out);
    rn_json_number_text(&out, rn_slice_of(rows[i][0]));
    assert_string_equal(out.data, rows[i][1]);
  }
  rn_builder_free(&out);
}

/* --- random text ------------------------------------------------------------------------------------------------ */

static void put_random_value(rn_builder *b, unsigned depth) {
  static const char *const scalars[] = {"1", "-2.5e3", "0.10", "true", "false", "null", "\"\"", "\"x\\\"y\\u00e4\"", "\"longer text of sixteen\"", "\"\xe2\x82\xac\""};
  static const char *const names[] = {"a", "b", "c", "\\u0061", "", "a b"};
  static const char *const blanks[] = {"", "", " ", "\n\t"};
  uint32_t kind = depth > 5 ? 0 : roll(4), count = roll(5);
  rn_builder_text(b, blanks[roll(4)]);
  if (kind < 2) {
    rn_builder_text(b, scalars[roll(10)]);
  } else {
    rn_builder_char(b, kind == 2 ? '[' : '{');
    for (uint32_t i = 0; i < count; i++) {
      if (i) rn_builder_char(b, ',');
      if (kind == 3) rn_builder_printf(b, "%s\"%s\"%s:", blanks[roll(4)], names[roll(6)], blanks[roll(4)]);
      put_random_value(b, depth + 1);
    }
    rn_builder_char(b, kind == 2 ? ']' : '}');
  }
  rn_builder_text(b, blanks[roll(4)]);
}
static void put_random_path(rn_builder *b) {
  static const char *const parts[] = {".a", ".b", "['c']", "[0]", "[1]", "[-1]", "[*]", ".*", "..a", "..*", "[0,1]", "[1:]", "['a','b']", "[?(@.a == 1)]", "[?(@.b)]",
                                      "[?(@.a > 'x' || !@.c && $.a =~ /x+/)]", "[?(@ in ['a',1] || @.a size 2)]", "[?(@.b.length() > 1)]"};
  static const char *const functions[] = {".length()", ".sum($.a, $..b, 1)", ".keys()", ".concat('x', $.c[*])", ".append([1], $.a)", ".index($.a.length())", ".last()"};
  rn_builder_text(b, roll(2) ? "lax $" : "$");
  for (uint32_t n = roll(4); n; n--) rn_builder_text(b, parts[roll(18)]);
  if (roll(3) == 0) rn_builder_text(b, functions[roll(7)]);
}
/* A few bytes changed, put in or taken out. */
static void spoil(rn_builder *b) {
  static const char bytes[] = "{}[]\",:\\/tfnu0129-+.eE \n\x01\x7f\xc3\xff'$@?()*&|=~!<>";
  for (uint32_t n = roll(4); n && b->len; n--) {
    size_t at = roll((uint32_t)b->len);
    switch (roll(3)) {
      case 0: b->data[at] = bytes[roll(sizeof bytes - 1)]; break;
      case 1: memmove(b->data + at, b->data + at + 1, b->len - at - 1), b->len--; break;
      default:
        rn_builder_char(b, bytes[roll(sizeof bytes - 1)]);
        memmove(b->data + at + 1, b->data + at, b->len - at - 1);
        b->data[at] = bytes[roll(sizeof bytes - 1)];
    }
  }
}
/* A copy of exactly that size, so that a read behind it is seen. */
static rn_slice exact(const rn_builder *b) {
  char *copy = rn_malloc(b->len ? b->len : 1);
  if (b->len) memcpy(copy, b->data, b->len);
  return rn_slice_make(copy, b->len);
}

static void random_text_is_judged_as_sqlite_does(void **state) {
  (void)state;
  sqlite3 *db;
  sqlite3_stmt *valid;
  assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
  assert_int_equal(sqlite3_prepare_v2(db, "SELECT json_valid(?1)", -1, &valid, NULL), SQLITE_OK);
  rn_builder b = {0}, once = {0}, twice = {0};
  json_scratch s = {0};
  size_t good = 0;
  for (int i = 0; i < 40000; i++) {
    rn_builder_clear(&b);
    put_random_value(&b, 0);
    if (i % 3) spoil(&b);
    rn_slice text = exact(&b), value, again;
    size_t end = 0;
    rn_json_fault fault = {0, NULL};
    bool ok = rn_json_find(text, NULL, 0, &value, &end, &fault), whole = ok && rn_slice_trim(rn_slice_make(text.ptr + end, text.len - end)).len == 0;
    sqlite3_reset(valid);
    sqlite3_bind_text(valid, 1, text.ptr, (int)text.len, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(valid), SQLITE_ROW);
    if (sqlite3_column_int(valid, 0) != whole) print_message("%.*s: %s\n", (int)text.len, text.ptr, fault.why ? fault.why : "");
    assert_int_equal(sqlite3_column_int(valid, 0), whole);
    if (ok) { /* the canonical form is JSON, and its own canonical form */
      good++;
      rn_builder_clear(&once);
      rn_builder_clear(&twice);
      json_put_text(&once, &s, value);
      assert_true(rn_json_find(rn_slice_make(once.data, once.len), NULL, 0, &again, NULL, NULL));
      json_put_text(&twice, &s, again);
      assert_string_equal(once.data, twice.data);
    } else {
      assert_true(fault.at <= text.len && fault.why);
    }
    rn_free((char *)(uintptr_t)text.ptr);
  }
  assert_true(good > 10000);
  sqlite3_finalize(valid);
  sqlite3_close(db);
  rn_builder_free(&b);
  rn_builder_free(&once);
  rn_builder_free(&twice);
  json_scratch_free(&s);
}

/* The search during the check and the walk over checked text are two ways to the same value. */
static void two_ways_lead_to_one_value(void **state) {
  (void)state;
  static const char *const names[] = {"a", "b", "c", "", "a b"};
  rn_builder b = {0};
  json_scratch s = {0};
  size_t found = 0;
  for (int i = 0; i < 20000; i++) {
    rn_builder_clear(&b);
    put_random_value(&b, 0);
    rn_slice text = exact(&b), by_check, node;
    rn_json_step steps[4];
    uint32_t count = roll(4);
    for (uint32_t k = 0; k < count; k++) steps[k] = roll(2) ? (rn_json_step){rn_slice_of(names[roll(5)]), -1} : (rn_json_step){{NULL, 0}, roll(3)};
    assert_true(rn_json_find(text, steps, count, &by_check, NULL, NULL));
    assert_true(rn_json_find(text, NULL, 0, &node, NULL, NULL));
    for (uint32_t k = 0; k < count && node.ptr; k++)
      node = steps[k].index < 0 ? json_member_of(&s, node, steps[k].name) : json_element_of(node, steps[k].index);
    assert_ptr_equal(by_check.ptr, node.ptr);
    if (node.ptr) assert_int_equal(by_check.len, node.len);
    found += node.ptr != NULL;
    rn_free((char *)(uintptr_t)text.ptr);
    rn_arena_reset(&s.arena);
  }
  assert_true(found > 2000);
  rn_builder_free(&b);
  json_scratch_free(&s);
}

static void random_paths_over_random_text(void **state) {
  (void)state;
  rn_builder b = {0}, p = {0}, out = {0};
  json_scratch s = {0};
  size_t compiled = 0;
  for (int i = 0; i < 60000; i++) {
    rn_builder_clear(&b);
    rn_builder_clear(&p);
    put_random_value(&b, 0);
    put_random_path(&p);
    if (i % 2) spoil(&b);
    if (i % 3) spoil(&p);
    if (i % 7 == 0) {
      rn_builder_clear(&p);
      for (uint32_t n = roll(30); n; n--) rn_builder_char(&p, (char)(1 + roll(255)));
    }
    rn_slice text = exact(&b), path = exact(&p), value;
    rn_error err;
    rn_error_clear(&err);
    size_t at = 0;
    json_path *one = json_path_compile(path, &at, &err);
    assert_true(one || (err.code == RN_E_VALUE && at <= path.len));
    if (one) {
      compiled++;
      rn_json_fault fault;
      json_outcome outcome = json_path_evaluate(one, text, &s, &value, &fault);
      rn_builder_clear(&out);
      if (outcome == JSON_FOUND) json_put_text(&out, &s, value);
      if (outcome == JSON_LIST) json_put_list(&out, &s);
      rn_slice again;
      if (out.len) assert_true(rn_json_find(rn_slice_make(out.data, out.len), NULL, 0, &again, NULL, NULL));
    }
    json_path_free(one);
    rn_free((char *)(uintptr_t)text.ptr);
    rn_free((char *)(uintptr_t)path.ptr);
  }
  assert_true(compiled > 20000);
  rn_builder_free(&b);
  rn_builder_free(&p);
  rn_builder_free(&out);
  json_scratch_free(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(paths_lead_where_flink_goes),
      cmocka_unit_test(what_is_no_path_is_refused),
      cmocka_unit_test(documents_are_read_as_flink_does),
      cmocka_unit_test(numbers_print_as_big_decimals),
      cmocka_unit_test(random_text_is_judged_as_sqlite_does),
      cmocka_unit_test(two_ways_lead_to_one_value),
      cmocka_unit_test(random_paths_over_random_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
