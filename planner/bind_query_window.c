/* Windowing table functions: TUMBLE, HOP, CUMULATE, SESSION over TABLE t, DESCRIPTOR(ts) with positional or named
 * arguments (DIALECT 4.4), and the tracing that tells whether a GROUP BY is a window aggregate. */
#include "planner/query.h"

typedef struct tvf_row { /* argument order after table and descriptor */
  const char *name;
  rn_window_kind kind;
  const char *names[3];
} tvf_row;
static const tvf_row tvf_rows[] = {
    {"TUMBLE", RN_WINDOW_TUMBLE, {"SIZE", "OFFSET", NULL}},
    {"HOP", RN_WINDOW_HOP, {"SLIDE", "SIZE", "OFFSET"}},
    {"CUMULATE", RN_WINDOW_CUMULATE, {"STEP", "SIZE", "OFFSET"}},
    {"SESSION", RN_WINDOW_SESSION, {"GAP", NULL, NULL}},
};

void rn_window_fields(rn_arena *arena, const rn_type *time, bool processing_time, rn_field out[3]) {
  const rn_type *bound = rn_type_sized(arena, RN_T_TIMESTAMP, 3, false);
  out[0] = (rn_field){"window_start", bound};
  out[1] = (rn_field){"window_end", bound};
  const rn_type *attribute = rn_type_sized(arena, (rn_type_id)time->id, 3, false);
  out[2] = (rn_field){"window_time", rn_type_with_time(arena, attribute,
                                                       processing_time ? RN_TIME_PROCTIME : RN_TIME_ROWTIME)};
}

rn_status rn_bind_window_time(rn_query_context *q, const rn_type *type, const char *name, uint32_t column, rn_span span,
                              rn_window_spec *spec) {
  bool batch = q->binder.batch_mode && rn_type_is_timestamp(type);
  if (type->time_attribute == RN_TIME_NONE && !batch)
    return rn_diag(q->binder.diags, RN_E_TIME_ATTRIBUTE, span,
                   rn_type_is_timestamp(type)
                       ? "an event time column has a WATERMARK in its table and is passed on as it is: expressions and CAST make it a plain timestamp"
                       : "a time attribute is a column with a WATERMARK, or PROCTIME()",
                   "a window needs a time attribute, but \"%s\" is %s", name, rn_type_name(q->arena, type));
  spec->time_column = column;
  spec->processing_time = type->time_attribute == RN_TIME_PROCTIME;
  spec->local_zone = type->id == RN_T_TIMESTAMP_LTZ;
  return RN_OK;
}

rn_status rn_check_window_spec(rn_query_context *q, const char *function, rn_window_spec *spec, bool aggregated,
                               rn_span span) {
  long long size = (long long)(spec->size_us / 1000), slide = (long long)(spec->slide_us / 1000);
  long long offset = (long long)(spec->offset_us / 1000);
  rn_diagnostics *d = q->binder.diags;
  const char *step = spec->kind == RN_WINDOW_CUMULATE ? "step" : "slide";
  if (spec->kind == RN_WINDOW_SESSION) {
    if (spec->size_us > 0 && size * 1000 == spec->size_us) return RN_OK;
    return rn_diag(d, RN_E_WINDOW, span, NULL, "%s needs a gap of at least a millisecond, got %lld ms", function, size);
  }
  if (spec->size_us <= 0 || size * 1000 != spec->size_us)
    return rn_diag(d, RN_E_WINDOW, span, NULL, "%s needs a size of at least a millisecond, got %lld ms", function, size);
  if (spec->slide_us <= 0 || slide * 1000 != spec->slide_us)
    return rn_diag(d, RN_E_WINDOW, span, NULL, "%s needs a %s of at least a millisecond, got %lld ms", function,
                   step, slide);
  if (spec->kind == RN_WINDOW_TUMBLE && (offset <= -size || offset >= size))
    return rn_diag(d, RN_E_WINDOW, span, NULL,
                   "%s needs an offset smaller than its size, got size %lld ms and offset %lld ms", function, size, offset);
  if ((spec->kind == RN_WINDOW_CUMULATE || aggregated) && size % slide != 0)
    return rn_diag(d, RN_E_WINDOW, span,
                   size < slide ? rn_arena_printf(q->arena, "the %s comes first: (.., %s, size)", step, step) : NULL,
                   "%s requires size to be an integral multiple of %s, but got size %lld ms and %s %lld ms", function,
                   step, size, step, slide);
  return RN_OK;
}

static const tvf_row *find_row(const char *name) {
  for (size_t i = 0; i < sizeof tvf_rows / sizeof tvf_rows[0]; i++)
    if (rn_text_eq_nocase(tvf_rows[i].name, name)) return &tvf_rows[i];
  return NULL;
}

/* Slot of an argument: 0 table, 1 time column, 2.. intervals. -1: error added. */
static int argument_slot(rn_query_context *q, const tvf_row *row, const rn_ast_table_arg *arg, uint32_t position) {
  if (!arg->name) return (int)position;
  if (rn_text_eq_nocase(arg->name, "DATA")) return 0;
  if (rn_text_eq_nocase(arg->name, "TIMECOL")) return 1;
  for (int i = 0; i < 3; i++)
    if (row->names[i] && rn_text_eq_nocase(arg->name, row->names[i])) return i + 2;
  rn_diag(q->binder.diags, RN_E_ARGUMENTS, arg->name_span, NULL,
          "%s has no argument \"%s\": it takes DATA, TIMECOL, %s%s%s%s%s", row->name, arg->name, row->names[0],
          row->names[1] ? ", " : "", row->names[1] ? row->names[1] : "", row->names[2] ? ", " : "",
          row->names[2] ? row->names[2] : "");
  return -1;
}

static rn_status usage(rn_query_context *q, const tvf_row *row, rn_span span) {
  if (row->kind == RN_WINDOW_SESSION)
    return rn_diag(q->binder.diags, RN_E_ARGUMENTS, span, NULL,
                   "SESSION takes (TABLE t [PARTITION BY k], DESCRIPTOR(ts), gap)");
  return rn_diag(q->binder.diags, RN_E_ARGUMENTS, span, NULL, "%s takes (TABLE t, DESCRIPTOR(ts), %s%s [, offset])",
                 row->name,
                 row->kind == RN_WINDOW_HOP ? "slide, " : row->kind == RN_WINDOW_CUMULATE ? "step, " : "", "size");
}

/* A column that an argument names: DESCRIPTOR(name), PARTITION BY name. NULL: error added. */
static const rn_expr *bind_name(rn_query_context *q, const rn_relation *input, rn_ast_name *name, const char *clause) {
  rn_ast_expr ast = {.kind = RN_AST_COLUMN, .span = name->span};
  ast.path = (rn_ast_path){1, name, name->span};
  rn_scope scope;
  rn_relation_scope(input, clause, &scope);
  const rn_expr *column = rn_bind_expr(&q->binder, &scope, &ast);
  return column->type->id == RN_T_ERROR ? NULL : column;
}

static rn_status bind_partition(rn_query_context *q, const rn_relation *input, const rn_ast_names *names, rn_logical *node) {
  node->partition = RN_NEW_N(q->arena, uint32_t, names->count + 1);
  for (uint32_t i = 0; i < names->count; i++) {
    const rn_expr *column = bind_name(q, input, &names->items[i], "PARTITION BY");
    if (!column) return RN_FAIL;
    bool twice = false;
    for (uint32_t k = 0; k < node->partition_count; k++) twice = twice || node->partition[k] == column->index;
    if (!twice) node->partition[node->partition_count++] = column->index;
  }
  return RN_OK;
}

rn_status rn_bind_window_tvf(rn_query_context *q, rn_ast_from *from, const rn_cte *env, rn_relation *out) {
  const tvf_row *row = find_row(from->path.parts[from->path.count - 1].text);
  if (!row) rn_unreachable("a windowing function without a row");
  bool session = row->kind == RN_WINDOW_SESSION;
  const rn_ast_table_arg *slots[5] = {0};
  for (uint32_t i = 0; i < from->arg_count; i++) {
    int slot = argument_slot(q, row, &from->args[i], i);
    if (slot < 0) return RN_FAIL;
    if (slot >= 5 || slots[slot]) return usage(q, row, from->args[i].span);
    slots[slot] = &from->args[i];
  }
  uint32_t intervals = row->kind == RN_WINDOW_TUMBLE || session ? 1 : 2; /* needed ones; one more is the offset */
  bool complete = slots[0] && slots[0]->kind == RN_ARG_TABLE && slots[1] && slots[1]->kind == RN_ARG_DESCRIPTOR;
  for (uint32_t i = 0; i < intervals; i++) complete = complete && slots[2 + i];
  if (slots[0] && slots[0]->kind != RN_ARG_TABLE)
    return rn_diag(q->binder.diags, RN_E_ARGUMENTS, slots[0]->span, "write TABLE before the name: TABLE t",
                   "the first argument of %s is a table", row->name);
  if (!complete)
    return usage(q, row, from->span);
  if (intervals == 1 && slots[4]) return usage(q, row, slots[4]->span);
  if (session && slots[3]) return usage(q, row, slots[3]->span);
  if (slots[0]->partition.count && !session)
    return rn_diag(q->binder.diags, RN_E_UNSUPPORTED, slots[0]->partition.items[0].span, NULL,
                   "PARTITION BY belongs to SESSION windows");
  rn_relation input;
  if (rn_bind_from(q, slots[0]->table, env, &input) != RN_OK) return RN_FAIL;

  rn_window_spec spec = {.kind = row->kind};
  bool ok = true;
  int64_t values[3] = {0, 0, 0};
  for (uint32_t i = 0; i < intervals + 1; i++) {
    if (!slots[2 + i]) continue;
    if (slots[2 + i]->kind != RN_ARG_EXPR) return usage(q, row, slots[2 + i]->span);
    const char *what = rn_arena_printf(q->arena, "%s of %s", i == intervals ? "offset" : row->names[i], row->name);
    ok = rn_bind_interval(&q->binder, slots[2 + i]->expr, what, &values[i]) == true && ok;
  }
  if (!ok) return RN_FAIL;
  spec.size_us = values[intervals - 1];
  spec.slide_us = values[0];
  spec.offset_us = values[intervals];
  rn_span size_span = slots[2]->span;
  if (intervals == 2) size_span = rn_span_join(size_span, slots[3]->span);
  if (rn_check_window_spec(q, row->name, &spec, false, size_span) != RN_OK) return RN_FAIL;

  const rn_ast_names *descriptor = &slots[1]->descriptor;
  if (descriptor->count != 1)
    return rn_diag(q->binder.diags, RN_E_WINDOW, slots[1]->span, NULL, "DESCRIPTOR needs exactly one column");
  const rn_expr *column = bind_name(q, &input, &descriptor->items[0], "DESCRIPTOR");
  if (!column) return RN_FAIL;
  if (rn_bind_window_time(q, column->type, descriptor->items[0].text, column->index, descriptor->items[0].span,
                          &spec) != RN_OK)
    return RN_FAIL;

  rn_field added[3];
  rn_window_fields(q->arena, column->type, spec.processing_time, added);
  rn_logical *node = rn_logical_over(q->arena, RN_L_WINDOW, from->span, input.node);
  node->u.window = spec;
  if (bind_partition(q, &input, &slots[0]->partition, node) != RN_OK) return RN_FAIL;
  uint32_t width = input.node->schema.count;
  rn_field *fields = RN_NEW_N(q->arena, rn_field, width + 3);
  for (uint32_t i = 0; i < width; i++) {
    fields[i] = input.node->schema.fields[i];
    /* Rows pass at once and keep their time; those of a session wait for its end, when their time has passed. */
    if (i == column->index && session) fields[i].type = rn_type_plain(q->arena, fields[i].type);
  }
  for (int k = 0; k < 3; k++) fields[width + (uint32_t)k] = added[k];
  node->schema = (rn_schema){width + 3, fields};
  *out = rn_relation_of(q, node, from->alias.text);
  return RN_OK;
}

int rn_trace_window(const rn_logical *node, uint32_t column, const rn_logical **window) {
  for (;;) {
    if (node->kind == RN_L_FILTER) {
      node = node->inputs[0];
    } else if (node->kind == RN_L_PROJECT) {
      const rn_expr *e = node->u.project[column];
      if (e->kind != RN_EXPR_COLUMN) return -1;
      column = e->index;
      node = node->inputs[0];
    } else if (node->kind == RN_L_EXPAND) { /* the input's columns pass, copies of keys do not */
      node = node->inputs[0];
      if (column >= node->schema.count) return -1;
    } else if (node->kind == RN_L_WINDOW) {
      uint32_t width = node->inputs[0]->schema.count;
      if (column < width) return -1;
      *window = node;
      return (int)(column - width);
    } else {
      return -1;
    }
  }
}

int rn_carry_window_time(rn_arena *arena, rn_logical *node, const rn_logical *window) {
  if (node == window) return (int)window->u.window.time_column;
  if (node->kind != RN_L_FILTER && node->kind != RN_L_PROJECT) return -1;
  rn_logical *input = node->inputs[0];
  int below = rn_carry_window_time(arena, input, window);
  if (below < 0) return -1;
  if (node->kind == RN_L_FILTER) {
    node->schema = input->schema;
    return below;
  }
  uint32_t count = node->schema.count;
  for (uint32_t i = 0; i < count; i++)
    if (node->u.project[i]->kind == RN_EXPR_COLUMN && node->u.project[i]->index == (uint32_t)below) return (int)i;
  rn_expr **exprs = RN_NEW_N(arena, rn_expr *, count + 1);
  rn_field *fields = RN_NEW_N(arena, rn_field, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    exprs[i] = node->u.project[i];
    fields[i] = node->schema.fields[i];
  }
  fields[count] = input->schema.fields[below];
  exprs[count] = rn_expr_column(arena, (uint32_t)below, fields[count].type, node->span);
  node->u.project = exprs;
  node->schema = (rn_schema){count + 1, fields};
  return (int)count;
}

/* Column of the window's input that passes on unchanged as column of node; -1: none. */
static int trace_input(const rn_logical *node, uint32_t column, const rn_logical *window) {
  while (node != window) {
    if (node->kind == RN_L_PROJECT) {
      const rn_expr *e = node->u.project[column];
      if (e->kind != RN_EXPR_COLUMN) return -1;
      column = e->index;
    } else if (node->kind == RN_L_EXPAND) {
      if (column >= node->inputs[0]->schema.count) return -1;
    } else if (node->kind != RN_L_FILTER) {
      return -1;
    }
    node = node->inputs[0];
  }
  return column < window->inputs[0]->schema.count ? (int)column : -1;
}

bool rn_groups_sessions(const rn_logical *window, const rn_logical *input, const int *columns, uint32_t count) {
  uint32_t partition = window->partition_count, found = 0;
  for (uint32_t p = 0; p < partition; p++) {
    bool named = false;
    for (uint32_t i = 0; i < count && !named; i++)
      named = columns[i] >= 0 && trace_input(input, (uint32_t)columns[i], window) == (int)window->partition[p];
    found += named;
  }
  for (uint32_t i = 0; i < count; i++) {
    const rn_logical *of = NULL;
    if (columns[i] >= 0 && rn_trace_window(input, (uint32_t)columns[i], &of) >= 0) continue;
    int column = columns[i] < 0 ? -1 : trace_input(input, (uint32_t)columns[i], window);
    bool key = false;
    for (uint32_t p = 0; p < partition && !key; p++) key = column == (int)window->partition[p];
    if (!key) return false;
  }
  return found == partition;
}
