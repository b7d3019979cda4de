/* The json decoder's arrays and maps: ARRAY from a JSON array; MAP and MULTISET from an object, whose keys are text.
 * The scanner has checked the value as a whole when it comes here, so its ends and separators are found by a plain
 * walk. Values go one behind the other into the children of the column, which grow: every growth binds the fields
 * below anew. */
#include "connectors/formats/json_decode.h"
#include "runtime/collection.h"

static const char *blanks(const char *p) {
  while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t') p++;
  return p;
}

/* Behind the closing quote; p at the opening one. */
static const char *string_end(const char *p) {
  for (p++; *p != '"'; p++) p += *p == '\\';
  return p + 1;
}

static const char *value_end(const char *p) {
  if (*p == '"') return string_end(p);
  if (*p != '{' && *p != '[') {
    while (*p != ',' && *p != ']' && *p != '}' && (unsigned char)*p > ' ') p++;
    return p;
  }
  unsigned open = 0;
  do {
    if (*p == '"') {
      p = string_end(p);
      continue;
    }
    open += *p == '{' || *p == '[';
    open -= *p == '}' || *p == ']';
    p++;
  } while (open);
  return p;
}

/* A value more at the end of the child; gives its row. */
static uint32_t grow(rn_decoder *d, json_field *element) {
  rn_column *child = element->column;
  uint32_t capacity = child->capacity, row = rn_column_append(child, 1, d->out);
  if (child->capacity != capacity) json_bind_field(element, child);
  return row;
}

static bool array(rn_decoder *d, json_field *f, rn_slice value, rn_list *list) {
  const char *p = blanks(value.ptr + 1);
  while (*p != ']') {
    const char *end = value_end(p);
    uint32_t at = grow(d, f->element);
    if (!json_convert(d, f->element, rn_slice_make(p, (size_t)(end - p)), at)) return false;
    list->length++;
    p = blanks(end);
    if (*p == ',') p = blanks(p + 1);
  }
  return true;
}

static bool object(rn_decoder *d, json_field *f, rn_slice value, rn_list *list) {
  const char *p = blanks(value.ptr + 1);
  rn_column *keys = &f->column->children[0];
  while (*p != '}') {
    const char *key_end = string_end(p), *from = blanks(blanks(key_end) + 1), *end = value_end(from);
    rn_slice key = rn_slice_make(p + 1, (size_t)(key_end - p) - 2);
    if (memchr(key.ptr, '\\', key.len)) {
      char *plain = rn_arena_alloc_aligned(d->out, key.len, 1);
      key = rn_slice_make(plain, rn_json_unescape(key, plain));
    }
    uint32_t at = rn_column_append(keys, 1, d->out);
    ((rn_str *)keys->data)[at] = rn_str_make(key.ptr, key.len);
    if (!json_convert(d, f->element, rn_slice_make(from, (size_t)(end - from)), grow(d, f->element))) return false;
    list->length++;
    p = blanks(end);
    if (*p == ',') p = blanks(p + 1);
  }
  return true;
}

bool json_convert_collection(rn_decoder *d, json_field *f, rn_slice value, uint32_t row) {
  rn_column *children = f->column->children;
  uint32_t used[2] = {children[0].used, f->kind == JSON_MAP ? children[1].used : 0};
  rn_list list = {used[0], 0};
  if (!(f->kind == JSON_LIST ? array(d, f, value, &list) : object(d, f, value, &list))) {
    children[0].used = used[0]; /* the record is refused: what was taken of it goes */
    if (f->kind == JSON_MAP) children[1].used = used[1];
    return false;
  }
  ((rn_list *)f->column->data)[row] = list;
  if (f->kind == JSON_MAP) rn_items_unique(f->column, row, d->out);
  return true;
}
