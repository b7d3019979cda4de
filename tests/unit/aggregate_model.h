/* Aggregates over a list of rows, computed the obvious way, as text. */
#ifndef RN_TESTS_AGGREGATE_MODEL_H
#define RN_TESTS_AGGREGATE_MODEL_H
#include <math.h>

#include "operator_fixture.h"

static inline void model_time(rn_builder *b, int64_t us) { rn_format_timestamp(b, us, 3, false, ' '); }

static inline bool model_null(const row *r, int column) {
  return column == COL_K ? r->k_null : column == COL_V ? r->v_null : column == COL_D ? r->d_null
       : column == COL_S ? r->s_null : column == COL_F ? r->f_null : false;
}
static inline double model_number(const row *r, int column) {
  return column == COL_K ? (double)r->k : column == COL_V ? r->v : r->d;
}

static inline bool model_same(const row *a, const row *b, int column) {
  return column == COL_S ? strcmp(a->s, b->s) == 0 : model_number(a, column) == model_number(b, column);
}

/* LISTAGG of texts, ARRAY_AGG of integers. */
static inline void model_list(rn_builder *b, const rn_agg_call *call, const row *const *used, size_t count) {
  bool text = call->argument == COL_S && *call->aggregate->name == 'L';
  if (!count) rn_builder_text(b, "NULL");
  else if (!text) rn_builder_char(b, '[');
  for (size_t i = 0; i < count; i++) {
    if (i) rn_builder_text(b, text ? "," : ", ");
    if (call->argument == COL_S) rn_builder_text(b, used[i]->s);
    else rn_builder_int(b, (int64_t)model_number(used[i], call->argument));
  }
  if (count && !text) rn_builder_char(b, ']');
}

/* FIRST_VALUE, LAST_VALUE RESPECT NULLS of an integer. */
static inline void model_of_row(rn_builder *b, const rn_agg_call *call, const row *const *rows, size_t n, bool first) {
  const row *of = NULL;
  for (size_t i = 0; i < n; i++) {
    if (call->filter >= 0 && (rows[i]->f_null || !rows[i]->f)) continue;
    if (!of || !first) of = rows[i];
  }
  if (!of || model_null(of, call->argument)) rn_builder_text(b, "NULL");
  else rn_builder_int(b, (int64_t)model_number(of, call->argument));
}

static inline void model_aggregate(rn_builder *b, const rn_agg_call *call, const row *const *rows, size_t n) {
  const char *name = call->aggregate->name;
  bool is_double = call->argument == COL_D;
  size_t count = 0;
  double sum = 0, least = 0, most = 0, squares = 0;
  const char *first = NULL, *last = NULL, *least_text = NULL, *most_text = NULL;
  double first_number = 0, last_number = 0;
  const row **used = rn_malloc((n + 1) * sizeof *used);
  for (size_t i = 0; i < n; i++) {
    const row *r = rows[i];
    if (call->filter >= 0 && (r->f_null || !r->f)) continue;
    if (call->argument >= 0 && model_null(r, call->argument)) continue;
    bool seen = false;
    for (size_t k = 0; call->distinct && k < count && !seen; k++) {
      seen = call->argument == COL_S ? strcmp(used[k]->s, r->s) == 0
                                     : model_number(used[k], call->argument) == model_number(r, call->argument);
    }
    if (seen) continue;
    used[count] = r;
    double x = call->argument >= 0 && call->argument != COL_S ? model_number(r, call->argument) : 0;
    sum += x;
    if (!count || x < least) least = x;
    if (!count || x > most) most = x;
    if (!count) first = r->s, first_number = x;
    last = r->s, last_number = x;
    if (!least_text || strcmp(r->s, least_text) < 0) least_text = r->s;
    if (!most_text || strcmp(r->s, most_text) > 0) most_text = r->s;
    count++;
  }
  double value = 0;
  bool null = count == 0;
  if (strcmp(name, "LISTAGG") == 0 || strcmp(name, "ARRAY_AGG IGNORE NULLS") == 0) {
    model_list(b, call, used, count);
    rn_free(used);
    return;
  }
  if (strcmp(name, "FIRST_VALUE RESPECT NULLS") == 0 || strcmp(name, "LAST_VALUE RESPECT NULLS") == 0) {
    model_of_row(b, call, rows, n, *name == 'F');
    rn_free(used);
    return;
  }
  if (strcmp(name, "APPROX_COUNT_DISTINCT") == 0) { /* exact for so few */
    for (size_t i = 0; i < count; i++) {
      size_t k = 0;
      while (k < i && !model_same(used[k], used[i], call->argument)) k++;
      value += k == i;
    }
    rn_builder_int(b, (int64_t)value);
    rn_free(used);
    return;
  }
  if (strcmp(name, "COUNT") == 0) {
    rn_builder_int(b, (int64_t)count);
    rn_free(used);
    return;
  }
  if (strcmp(name, "SUM") == 0) value = sum;
  else if (strcmp(name, "AVG") == 0) value = count ? (is_double ? sum / (double)count : trunc(sum / (double)count)) : 0;
  else if (strcmp(name, "MIN") == 0) value = least;
  else if (strcmp(name, "MAX") == 0) value = most;
  else if (strncmp(name, "BIT_", 4) == 0) {
    int32_t bits = count ? used[0]->v : 0;
    for (size_t i = 1; i < count; i++) bits = name[4] == 'A' ? bits & used[i]->v : name[4] == 'O' ? bits | used[i]->v : bits ^ used[i]->v;
    value = bits;
  } else if (strcmp(name, "FIRST_VALUE") == 0) value = first_number;
  else if (strcmp(name, "LAST_VALUE") == 0) value = last_number;
  else {
    double mean = count ? sum / (double)count : 0;
    for (size_t i = 0; i < count; i++) squares += pow(model_number(used[i], call->argument) - mean, 2);
    bool sample = strstr(name, "SAMP") || strcmp(name, "STDDEV") == 0 || strcmp(name, "VARIANCE") == 0;
    double by = (double)count - (sample ? 1 : 0);
    null = by <= 0;
    value = null ? 0 : squares / by;
    if (strncmp(name, "STD", 3) == 0) value = sqrt(value);
  }
  rn_free(used);
  if (null) {
    rn_builder_text(b, "NULL");
  } else if (call->argument == COL_S) {
    rn_builder_text(b, strcmp(name, "MIN") == 0 ? least_text : strcmp(name, "MAX") == 0 ? most_text
                     : strcmp(name, "FIRST_VALUE") == 0 ? first : last);
  } else if (is_double) {
    put_double(b, value);
  } else {
    rn_builder_int(b, (int64_t)value);
  }
}

#endif
