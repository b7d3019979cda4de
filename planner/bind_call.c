/* Binder: calls. A name is, in this order, a special form (COALESCE ..), an aggregate or OVER function, a
 * scalar function row. Aggregates are handed to the scope's owner (on_call), who makes columns of them. */
#include "planner/bind_parts.h"

static const char *call_name(const rn_ast_expr *ast) { return ast->path.parts[ast->path.count - 1].text; }

/* --- rows ------------------------------------------------------------------------------------------------ */

rn_expr *rn_bind_try_row(rn_binder *binder, const char *name, rn_expr *const *args, uint32_t count, rn_span span, rn_error *err) {
  const rn_type *types[RN_CALL_ARGS_MAX];
  if (count > RN_CALL_ARGS_MAX) {
    rn_fail_at(err, RN_E_LIMIT, span, "%s has more than %d arguments", name, RN_CALL_ARGS_MAX);
    return NULL;
  }
  for (uint32_t i = 0; i < count; i++) types[i] = args[i]->type;
  const rn_function *fn = NULL;
  rn_resolution res;
  memset(&res, 0, sizeof res);
  /* Constant arguments decide some result types (units, digits); a negative literal is one of them. */
  const rn_value *constants[RN_CALL_ARGS_MAX];
  for (uint32_t i = 0; i < count; i++) {
    const rn_expr *e = args[i]->arg_count == 1 && args[i]->args[0]->kind == RN_EXPR_CONST ? rn_fold(binder, args[i]) : args[i];
    constants[i] = e->kind == RN_EXPR_CONST ? &e->value : NULL;
  }
  res.constants = constants;
  if (rn_function_resolve(rn_slice_of(name), types, count, span, binder->arena, &fn, &res, err) != RN_OK) return NULL;
  rn_expr *coerced[RN_CALL_ARGS_MAX];
  for (uint32_t i = 0; i < count; i++) {
    const rn_type *wanted = res.arg_types[i];
    coerced[i] = wanted ? rn_bind_convert(binder, args[i], wanted, false) : args[i];
    if (rn_bind_failed(coerced[i])) return coerced[i]; /* the cast has said why */
  }
  /* What is computed from a time attribute is none any more; only calls without arguments make them. */
  const rn_type *result = count ? rn_type_with_time(binder->arena, res.result, RN_TIME_NONE) : res.result;
  rn_expr *call = rn_expr_make(binder->arena, RN_EXPR_CALL, result, span, count, coerced);
  call->function = fn;
  call->kernel = res.kernel;
  return call;
}

rn_expr *rn_bind_call_row(rn_binder *binder, const char *name, rn_expr *const *args, uint32_t count, rn_span span) {
  for (uint32_t i = 0; i < count; i++) {
    if (rn_bind_failed(args[i])) return rn_bind_error(binder, span);
  }
  rn_error err;
  rn_error_clear(&err);
  rn_expr *e = rn_bind_try_row(binder, name, args, count, span, &err);
  if (e) return e;
  err.span = span;
  err.has_span = true;
  rn_diagnostics_add(binder->diags, &err);
  return rn_bind_error(binder, span);
}

/* --- aggregates ---------------------------------------------------------------------------------------------- */

static rn_expr *misplaced(rn_binder *binder, const rn_ast_expr *ast, const char *hint, const char *format, ...) __attribute__((format(printf, 4, 5)));
static rn_expr *misplaced(rn_binder *binder, const rn_ast_expr *ast, const char *hint, const char *format, ...) {
  va_list args;
  va_start(args, format);
  const char *message = rn_arena_vprintf(binder->arena, format, args);
  va_end(args);
  rn_diag(binder->diags, RN_E_AGGREGATE_PLACE, ast->span, hint, "%s", message);
  return rn_bind_error(binder, ast->span);
}

/* LAG(x, 2, 0): the offset is a constant of the plan, the default a column below. */
static bool bind_extra(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count, rn_bound_call *out) {
  out->call.extra = 1;
  if (out->call.ops->over == RN_OVER_NTILE) {
    rn_value tiles;
    out->argument = NULL;
    if (rn_bind_constant(binder, args[0], &tiles) && !tiles.is_null && tiles.u.i > 0 && tiles.u.i <= INT32_MAX) {
      out->call.extra = (int)tiles.u.i;
      return true;
    }
    rn_diag(binder->diags, RN_E_ARGUMENTS, args[0]->span, NULL, "NTILE needs a constant number from 1 on");
    return false;
  }
  if (count < 2) return true;
  rn_value v;
  bool constant = rn_type_is_integer(args[1]->type) && rn_bind_constant(binder, args[1], &v) && !v.is_null;
  if (!constant || v.u.i < 0 || v.u.i > INT32_MAX) {
    rn_diag(binder->diags, RN_E_ARGUMENTS, args[1]->span, NULL, "the second argument of %s must be a constant number from 0 on", call_name(ast));
    return false;
  }
  out->call.extra = (int)v.u.i;
  if (count < 3) return true;
  out->default_argument = rn_bind_cast(binder, args[2], out->call.arg_type ? out->call.arg_type : args[0]->type, false, false);
  return !rn_bind_failed(out->default_argument);
}

/* The row of the call: the name, or that of its variant for the other treatment of NULLs. NULL: a diag was added. */
static const char *row_name(rn_binder *binder, const rn_ast_expr *ast) {
  const char *name = call_name(ast);
  const rn_aggregate *row = rn_aggregate_find(rn_slice_of(name));
  int own = row->flags & RN_AGG_KEEPS_NULLS ? 1 : 2;
  if (!ast->nulls_mode || ast->nulls_mode == own) return name;
  const char *mode = ast->nulls_mode == 1 ? "RESPECT NULLS" : "IGNORE NULLS";
  const char *variant = rn_arena_printf(binder->arena, "%s %s", name, mode);
  if (rn_aggregate_find(rn_slice_of(variant))) return variant;
  rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, NULL, "%s does not take %s", row->name, mode);
  return NULL;
}

static bool check_constants(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count, const rn_aggregate *row) {
  for (uint32_t i = 0; i < count; i++) {
    rn_value value;
    if (!(row->constants >> i & 1)) continue;
    bool constant = rn_bind_constant(binder, args[i], &value) && !value.is_null;
    const char *wanted = constant && row->check ? row->check(i, &value) : NULL;
    if (constant && !wanted) continue;
    rn_diag(binder->diags, RN_E_ARGUMENTS, ast->args[i]->span, NULL, "argument %u of %s must be %s", i + 1, row->name,
            wanted ? wanted : "a constant that is not NULL");
    return false;
  }
  return true;
}

/* Arguments of one call as the fields of a ROW: the operators know a single column per call. */
static bool pack_arguments(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count, rn_bound_call *out) {
  const rn_type *type = out->call.arg_type;
  if (!check_constants(binder, ast, args, count, out->call.aggregate)) return false;
  if (type->id != RN_T_ROW) { /* one argument needs no packing */
    out->argument = rn_bind_convert(binder, args[0], type, false);
    return !rn_bind_failed(out->argument);
  }
  for (uint32_t i = 0; i < count; i++) {
    args[i] = rn_bind_convert(binder, args[i], type->children[i], false);
    if (rn_bind_failed(args[i])) return false;
  }
  out->argument = rn_bind_call_row(binder, "ROW", args, count, ast->span);
  return !rn_bind_failed(out->argument);
}

static rn_expr *bind_aggregate(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  const char *name = call_name(ast);
  const char *clause = scope->clause ? scope->clause : "this clause";
  bool over = ast->over != NULL;
  if (over && binder->inside_over) return misplaced(binder, ast, NULL, "%s OVER cannot stand inside another OVER call", name);
  if (!over && binder->inside_aggregate) {
    return misplaced(binder, ast, "compute one in a sub-query", "aggregate %s cannot stand inside %s", name, binder->inside_aggregate);
  }
  if (over && binder->inside_aggregate) {
    return misplaced(binder, ast, "compute one in a sub-query", "%s OVER cannot stand inside %s", name, binder->inside_aggregate);
  }
  if (!scope->on_call) {
    const char *hint = strcmp(clause, "WHERE") == 0 && !over ? "conditions on aggregates go to HAVING"
                       : over                                ? "compute it in a sub-query" : NULL;
    return misplaced(binder, ast, hint, "%s%s is not allowed in %s", over ? "" : "aggregate ", rn_arena_printf(binder->arena, "%s%s", name, over ? " OVER" : ""), clause);
  }
  if (ast->order_count) {
    rn_diag(binder->diags, RN_E_UNSUPPORTED, ast->order_span, ast->within_group ? NULL : "sort the rows in a sub-query or by the event time, or the result with ARRAY_SORT",
            "%s in %s is not supported: values come in order of arrival", ast->within_group ? "WITHIN GROUP" : "ORDER BY", name);
    return rn_bind_error(binder, ast->span);
  }
  const char *row = row_name(binder, ast);
  if (!row) return rn_bind_error(binder, ast->span);
  /* Arguments of an OVER call are bound where the call stands: they may hold aggregates. */
  rn_scope *inner = over || !scope->aggregate_scope ? scope : scope->aggregate_scope;
  const char *outer_aggregate = binder->inside_aggregate;
  bool outer_over = binder->inside_over;
  if (over) {
    binder->inside_over = true;
  } else {
    binder->inside_aggregate = name;
  }
  rn_bound_call *call = RN_NEW(binder->arena, rn_bound_call);
  uint32_t count = ast->star ? 0 : ast->arg_count;
  bool failed = count > RN_CALL_ARGS_MAX;
  rn_expr **args = rn_arena_alloc(binder->arena, (count ? count : 1) * sizeof *args);
  const rn_type *types[RN_CALL_ARGS_MAX];
  for (uint32_t i = 0; i < count && i < RN_CALL_ARGS_MAX; i++) {
    args[i] = rn_bind_expr(binder, inner, ast->args[i]);
    types[i] = rn_type_with_time(binder->arena, args[i]->type, RN_TIME_NONE);
    failed |= rn_bind_failed(args[i]);
  }
  if (ast->filter) {
    call->filter = rn_bind_condition(binder, inner, ast->filter, "FILTER");
    failed |= rn_bind_failed(call->filter);
  }
  binder->inside_aggregate = outer_aggregate;
  binder->inside_over = outer_over;
  if (failed || !rn_bind_json_aggregate(binder, ast, args, types, &count, call->filter)) return rn_bind_error(binder, ast->span);
  if (!count && !ast->star && rn_text_eq_nocase(name, "COUNT")) {
    rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, NULL, "COUNT needs an argument: COUNT(*) or COUNT(x)");
    return rn_bind_error(binder, ast->span);
  }
  call->ast = ast;
  call->over = ast->over;
  call->call.argument = call->call.filter = call->call.default_column = -1;
  rn_error err;
  rn_error_clear(&err);
  if (rn_aggregate_resolve(rn_slice_of(row), types, count, ast->distinct, over, ast->span, binder->arena, &call->call, &err) != RN_OK) {
    err.span = ast->span;
    err.has_span = true;
    rn_diagnostics_add(binder->diags, &err);
    return rn_bind_error(binder, ast->span);
  }
  call->call.argument = call->call.filter = call->call.default_column = -1;
  call->call.span = ast->span;
  if (count && (call->call.aggregate->flags & RN_AGG_PACKED)) {
    if (!pack_arguments(binder, ast, args, count, call)) return rn_bind_error(binder, ast->span);
  } else if (count) {
    call->argument = call->call.arg_type ? rn_bind_convert(binder, args[0], call->call.arg_type, false) : args[0];
    if (rn_bind_failed(call->argument) || !bind_extra(binder, ast, args, count, call)) return rn_bind_error(binder, ast->span);
  }
  return scope->on_call(binder, scope, call, scope->ctx);
}

/* --- scalar functions ------------------------------------------------------------------------------------- */

/* Words of the dialect that are not built in yet. */
static const char *const later[] = {
  "CLASSIFIER", "MATCH_PROCTIME", "MATCH_ROWTIME",
};

/* Of other dialects, or in a wrong place, with a word on what to write. */
static const struct {
  const char *name, *hint;
} missing[] = {
  {"TUMBLE", "a group window stands in GROUP BY"}, {"HOP", "a group window stands in GROUP BY"}, {"SESSION", "a group window stands in GROUP BY"},
  {"TUMBLE_START", "it goes with GROUP BY TUMBLE(..)"}, {"TUMBLE_END", "it goes with GROUP BY TUMBLE(..)"},
  {"TUMBLE_ROWTIME", "it goes with GROUP BY TUMBLE(..)"}, {"TUMBLE_PROCTIME", "it goes with GROUP BY TUMBLE(..)"},
  {"HOP_START", "it goes with GROUP BY HOP(..)"}, {"HOP_END", "it goes with GROUP BY HOP(..)"},
  {"HOP_ROWTIME", "it goes with GROUP BY HOP(..)"}, {"HOP_PROCTIME", "it goes with GROUP BY HOP(..)"},
  {"STRING_AGG", "use LISTAGG"}, {"GROUP_CONCAT", "use LISTAGG"}, {"ANY_VALUE", "use FIRST_VALUE"}, {"PERCENTILE_CONT", "use PERCENTILE(x, p)"},
  {"SOURCE_WATERMARK", "it stands alone: WATERMARK FOR ts AS SOURCE_WATERMARK()"},
  {"LEN", "use CHAR_LENGTH"}, {"LENGTH", "use CHAR_LENGTH"}, {"TRANSLATE3", "use TRANSLATE"}, {"$SUM0", "use SUM, or COALESCE(SUM(x), 0)"}, {"SINGLE_VALUE", "a scalar sub-query is one row: (SELECT ..)"},
  {"JSON_ARRAYAGG_NULL_ON_NULL", "write JSON_ARRAYAGG(x NULL ON NULL)"}, {"JSON_OBJECTAGG_ABSENT_ON_NULL", "write JSON_OBJECTAGG(k VALUE x ABSENT ON NULL)"}, {"RLIKE", "use REGEXP(s, pattern)"}, {"NVL", "use COALESCE"},
  {"GETDATE", "use CURRENT_TIMESTAMP"}, {"TO_CHAR", "use DATE_FORMAT, or CAST(.. AS STRING)"}, {"STRPOS", "use POSITION(x IN s)"},
  {"DATE_TRUNC", "use FLOOR(t TO unit)"}, {"DATEDIFF", "use TIMESTAMPDIFF(unit, a, b)"}, {"DATE_ADD", "use t + INTERVAL '1' DAY"},
  {"ISNULL", "use COALESCE, or x IS NULL"},
  {"NVL2", "use CASE WHEN a IS NULL THEN .. ELSE .. END"},
  {"ZEROIFNULL", "use COALESCE(x, 0)"},
  {"IIF", "use IF"},
  {"DATEADD", "use t + INTERVAL '1' DAY"},
  {"DATE_SUB", "use t - INTERVAL '1' DAY"},
  {"ADD_MONTHS", "use t + INTERVAL '1' MONTH"},
  {"MONTHS_BETWEEN", "use TIMESTAMPDIFF(MONTH, a, b)"},
  {"DATE_DIFF", "use TIMESTAMPDIFF(unit, a, b)"},
  {"TIMESTAMP_DIFF", "use TIMESTAMPDIFF(unit, a, b)"},
  {"TIMESTAMP_ADD", "use t + INTERVAL '1' DAY"},
  {"TIMESTAMP_TRUNC", "use FLOOR(t TO unit)"},
  {"DATE_PART", "use EXTRACT(unit FROM t)"},
  {"WEEKDAY", "use DAYOFWEEK: 1 is Sunday"},
  {"TODAY", "use CURRENT_DATE"},
  {"CURDATE", "use CURRENT_DATE"},
  {"CURTIME", "use CURRENT_TIME"},
  {"SYSDATE", "use CURRENT_TIMESTAMP"},
  {"CURRENT_DATETIME", "use LOCALTIMESTAMP"},
  {"UTC_TIMESTAMP", "use CURRENT_TIMESTAMP"},
  {"UNIX_MILLIS", "use UNIX_TIMESTAMP(), in seconds"},
  {"FORMAT_TIMESTAMP", "use DATE_FORMAT"},
  {"TIMESTAMPTOSTRING", "use DATE_FORMAT"},
  {"PARSE_TIMESTAMP", "use TO_TIMESTAMP(text, format)"},
  {"STRINGTOTIMESTAMP", "use TO_TIMESTAMP(text, format)"},
  {"STR_TO_DATE", "use TO_TIMESTAMP(text, format), or TO_DATE"},
  {"STRFTIME", "use DATE_FORMAT"},
  {"EPOCH_MS", "use TO_TIMESTAMP_LTZ(x, 3)"},
  {"FROM_UNIXTIME_MS", "use TO_TIMESTAMP_LTZ(x, 3)"},
  {"UCASE", "use UPPER"},
  {"LCASE", "use LOWER"},
  {"CHARINDEX", "use LOCATE(x, s)"},
  {"CONTAINS", "use POSITION(x IN s) > 0"},
  {"STARTS_WITH", "use STARTSWITH"},
  {"ENDS_WITH", "use ENDSWITH"},
  {"SPLIT_PART", "use SPLIT_INDEX: it counts from 0"},
  {"REGEXP_LIKE", "use REGEXP(s, pattern)"},
  {"REGEXP_MATCHES", "use REGEXP(s, pattern)"},
  {"REGEXP_CONTAINS", "use REGEXP(s, pattern)"},
  {"FORMAT", "use PRINTF"},
  {"TO_NUMBER", "use CAST, or TRY_CAST, AS DECIMAL(p, s)"},
  {"TRY_TO_NUMBER", "use TRY_CAST(x AS DECIMAL(p, s))"},
  {"SAFE_CAST", "use TRY_CAST(x AS type)"},
  {"CONVERT", "use CAST(x AS type)"},
  {"RANDOM", "use RAND"},
  {"NEWID", "use UUID"},
  {"GEN_RANDOM_UUID", "use UUID"},
  {"GENERATE_UUID", "use UUID"},
  {"COUNT_IF", "use COUNT(*) FILTER (WHERE condition)"},
  {"COUNTIF", "use COUNT(*) FILTER (WHERE condition)"},
  {"SUM_IF", "use SUM(x) FILTER (WHERE condition)"},
  {"SUMIF", "use SUM(x) FILTER (WHERE condition)"},
  {"BOOL_AND", "use MIN(CAST(x AS INT)) = 1"},
  {"BOOL_OR", "use MAX(CAST(x AS INT)) = 1"},
  {"EVERY", "use MIN(CAST(x AS INT)) = 1"},
  {"MEDIAN", "use PERCENTILE(x, 0.5)"},
  {"APPROX_PERCENTILE", "use PERCENTILE(x, p)"},
  {"QUANTILE", "use PERCENTILE(x, p)"},
  {"APPROX_DISTINCT", "use APPROX_COUNT_DISTINCT"},
  {"COUNT_DISTINCT", "use COUNT(DISTINCT x)"},
  {"COLLECT_LIST", "use ARRAY_AGG"},
  {"COLLECT_SET", "use ARRAY_AGG(DISTINCT x)"},
  {"LATEST_BY_OFFSET", "use LAST_VALUE"},
  {"EARLIEST_BY_OFFSET", "use FIRST_VALUE"},
  {"ARG_MAX", "use ROW_NUMBER() OVER (PARTITION BY .. ORDER BY x DESC) = 1"},
  {"ARG_MIN", "use ROW_NUMBER() OVER (PARTITION BY .. ORDER BY x) = 1"},
  {"MAX_BY", "use ROW_NUMBER() OVER (PARTITION BY .. ORDER BY x DESC) = 1"},
  {"MIN_BY", "use ROW_NUMBER() OVER (PARTITION BY .. ORDER BY x) = 1"},
  {"MODE", "it is not here: GROUP BY the value and take the largest COUNT(*)"},
  {"EXPLODE", "use CROSS JOIN UNNEST(list) AS u (name)"},
  {"GENERATE_SERIES", "a table with 'connector' = 'datagen' makes numbers"},
  {"ARRAY_LENGTH", "use CARDINALITY"},
  {"SIZE", "use CARDINALITY"},
  {"STRUCT", "use ROW(..)"},
  {"EXTRACTJSONFIELD", "use JSON_VALUE(json, '$.name')"},
  {"GET_JSON_OBJECT", "use JSON_VALUE(json, '$.name')"},
  {"JSON_EXTRACT", "use JSON_QUERY(json, '$.name'), or JSON_VALUE for a plain value"},
  {"JSON_EXTRACT_SCALAR", "use JSON_VALUE(json, '$.name')"},
  {"JSON_EXTRACT_STRING", "use JSON_VALUE(json, '$.name')"},
  {"JSON_EXTRACT_PATH_TEXT", "use JSON_VALUE(json, '$.name')"},
  {"FROM_JSON", "use JSON_VALUE for single values, or PARSE_JSON"},
  {"TO_JSON", "use JSON_STRING"},
  {"AS_VALUE", "leave it out: keys are values too"},
  {"TUMBLINGWINDOW", "FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)"},
};

static rn_expr *unknown_function(rn_binder *binder, const rn_ast_expr *ast) {
  const char *name = call_name(ast), *hint = NULL;
  for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
    if (rn_text_eq_nocase(later[i], name)) return rn_bind_unsupported(binder, ast->span, rn_arena_printf(binder->arena, "function %s", later[i]));
  }
  for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
    if (rn_text_eq_nocase(missing[i].name, name)) hint = missing[i].hint;
  }
  if (!hint) {
    size_t functions = 0, aggregates = 0, count = 0;
    while (rn_function_rows(functions)) functions++;
    while (rn_aggregate_rows(aggregates)) aggregates++;
    const char **names = rn_arena_alloc(binder->arena, (functions + aggregates + 1) * sizeof *names);
    for (size_t i = 0; i < functions; i++) {
      if (!(rn_function_rows(i)->flags & RN_FN_OPERATOR)) names[count++] = rn_function_rows(i)->name;
    }
    for (size_t i = 0; i < aggregates; i++)
      if (!(rn_aggregate_rows(i)->flags & RN_AGG_VARIANT)) names[count++] = rn_aggregate_rows(i)->name;
    const char *nearest = rn_text_nearest(rn_slice_of(name), names, count);
    if (nearest) hint = rn_arena_printf(binder->arena, "did you mean %s?", nearest);
  }
  rn_span span = ast->path.span.end ? ast->path.span : ast->span;
  rn_diag(binder->diags, RN_E_FUNCTION_NOT_FOUND, span, hint, "function %s not found", name);
  return rn_bind_error(binder, ast->span);
}

static rn_expr *bind_unit(rn_binder *binder, const rn_ast_expr *ast) {
  const char *unit = rn_bind_unit_name(ast->text);
  if (unit) return rn_bind_text_const(binder, unit, ast->span);
  rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, "units are YEAR QUARTER MONTH WEEK DAY HOUR MINUTE SECOND MILLISECOND ..",
          "\"%s\" is no unit of time", ast->text);
  return rn_bind_error(binder, ast->span);
}

/* ROUND and TRUNCATE of a DECIMAL to a constant number of digits: the digits decide the type (DIALECT 2.4),
 * which rows, knowing types only, cannot do. Their kernels take the scale from the result's type. */
static void refine_round(rn_binder *binder, rn_expr *call) {
  bool rounds = strcmp(call->function->name, "ROUND") == 0 || strcmp(call->function->name, "TRUNCATE") == 0;
  rn_value digits;
  if (!rounds || call->arg_count != 2 || call->type->id != RN_T_DECIMAL || call->args[0]->type->id != RN_T_DECIMAL) return;
  if (!rn_bind_constant(binder, call->args[1], &digits) || digits.is_null) return;
  int p = call->args[0]->type->precision, s = call->args[0]->type->scale;
  int64_t r = digits.u.i;
  if (r >= s) return;
  int whole = 1 + p - s, scale = r < 0 ? 0 : (int)r;
  int precision = whole + scale > RN_DECIMAL_DIGITS_MAX ? RN_DECIMAL_DIGITS_MAX : whole + scale;
  call->type = rn_type_decimal(binder->arena, precision, scale, call->type->nullable);
}

static rn_expr *bind_scalar(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  const char *name = call_name(ast);
  const rn_function *fn = rn_function_find(rn_slice_of(name));
  if (fn && (fn->flags & RN_FN_SYNTAX)) {
    rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, NULL, "the call is %s", fn->signature);
    return rn_bind_error(binder, ast->span);
  }
  if (fn && (fn->flags & RN_FN_OPERATOR) && strcmp(fn->name, "EXTRACT") != 0 && strncmp(fn->name, "TIMESTAMP", 9) != 0) fn = NULL;
  const char *row = fn ? fn->name : NULL;
  uint32_t count = ast->arg_count;
  rn_expr **args = rn_arena_alloc(binder->arena, ((size_t)count + 1) * sizeof *args);
  bool failed = false, extract = row && strcmp(row, "EXTRACT") == 0;
  for (uint32_t i = 0; i < count; i++) {
    const rn_ast_expr *arg = ast->args[i];
    bool is_unit = arg->kind == RN_AST_UNIT || (extract && i == 0 && arg->kind == RN_AST_STRING);
    args[i] = is_unit ? bind_unit(binder, arg) : rn_bind_expr(binder, scope, arg);
    failed |= rn_bind_failed(args[i]);
    if (arg->kind == RN_AST_UNIT && row && strcmp(row, "FLOOR") == 0) row = "FLOOR TO";
    if (arg->kind == RN_AST_UNIT && row && strcmp(row, "CEIL") == 0) row = "CEIL TO";
  }
  static const char *const grouping[] = {"GROUPING", "GROUPING_ID", "GROUP_ID"}; /* elsewhere on_node takes them */
  for (size_t i = 0; i < sizeof grouping / sizeof *grouping; i++) {
    if (!rn_text_eq_nocase(grouping[i], name)) continue;
    return misplaced(binder, ast, "it stands in SELECT, HAVING and ORDER BY of a query with GROUP BY", "%s is not allowed in %s",
                     grouping[i], binder->inside_aggregate ? "an aggregate" : scope->clause ? scope->clause : "this clause");
  }
  if (!row) return unknown_function(binder, ast); /* after the arguments: their errors are worth telling too */
  if (failed) return rn_bind_error(binder, ast->span);
  rn_expr *call = rn_bind_call_row(binder, row, args, count, ast->span);
  if (call->kind == RN_EXPR_CALL) refine_round(binder, call);
  return call;
}

rn_expr *rn_bind_function(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast) {
  const char *name = call_name(ast);
  if (ast->path.count > 1 || (!rn_aggregate_find(rn_slice_of(name)) && !rn_function_find(rn_slice_of(name)))) {
    rn_expr *own = rn_bind_user_function(binder, scope, ast); /* what is built in comes first, as in Flink */
    if (own) return own;
  }
  for (uint32_t i = 0; ast->arg_names && i < ast->arg_count; i++) {
    if (!ast->arg_names[i]) continue;
    rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, NULL, "named arguments (%s => ..) are not supported for %s", ast->arg_names[i], name);
    return rn_bind_error(binder, ast->span);
  }
  bool aggregate = rn_aggregate_find(rn_slice_of(name)) != NULL;
  if (aggregate) return bind_aggregate(binder, scope, ast);
  if (ast->star) {
    rn_diag(binder->diags, RN_E_ARGUMENTS, ast->span, NULL, "%s does not take *", name);
    return rn_bind_error(binder, ast->span);
  }
  const char *only = ast->over ? "OVER" : ast->filter ? "FILTER" : ast->distinct ? "DISTINCT" : ast->nulls_mode ? "IGNORE NULLS"
                     : ast->order_count && rn_function_find(rn_slice_of(name)) ? ast->within_group ? "WITHIN GROUP" : "ORDER BY" : NULL;
  if (only) {
    rn_diag(binder->diags, RN_E_AGGREGATE_PLACE, ast->span, NULL, "%s is for aggregates, and %s is none", only, name);
    return rn_bind_error(binder, ast->span);
  }
  rn_expr *e = rn_bind_special(binder, scope, ast);
  if (!e) e = rn_bind_json_call(binder, scope, ast);
  return e ? e : bind_scalar(binder, scope, ast);
}
