/* Options of tables: the machinery behind every option row. Connectors and formats declare rows
 * (connector.h); from them come the checks, "did you mean", defaults, typed reading and masking here. */
#include "runtime/connector.h"
#include <stdio.h>
#include <stdlib.h>

const rn_option rn_table_options[] = {
    {.name = "connector",
     .type = RN_OPT_STRING,
     .help = "where the table's rows are: kafka, sqlite, filesystem, datagen, print, blackhole"},
    {.name = "format", .type = RN_OPT_STRING, .help = "how a record's bytes are read and written: json, csv, raw"},
    {.name = "on-error",
     .type = RN_OPT_ENUM,
     .flags = RN_OPTION_SOURCE | RN_OPTION_REOPEN,
     .default_text = "fail",
     .choices = "fail|skip|dead-letter",
     .help = "what happens with a record that cannot be decoded; dead-letter keeps it in _rn_dead_letter"},
    {.name = "on-late",
     .type = RN_OPT_ENUM,
     .flags = RN_OPTION_SOURCE | RN_OPTION_REOPEN,
     .default_text = "drop",
     .choices = "drop|dead-letter",
     .help = "what happens with a row that comes after its window has closed; dead-letter keeps it in _rn_dead_letter"},
    {.name = "scan.watermark.emit.strategy",
     .type = RN_OPT_ENUM,
     .flags = RN_OPTION_SOURCE,
     .default_text = "on-periodic",
     .choices = "on-periodic|on-event",
     .help = "emit watermarks from time to time, or after every row"},
    {.name = "scan.watermark.idle-timeout",
     .type = RN_OPT_DURATION,
     .flags = RN_OPTION_SOURCE,
     .min = 0,
     .max = INT64_MAX,
     .help =
         "a partition without rows for this long no longer holds the watermark back; wins over table.exec.source.idle-timeout"},
    {.name = "scan.watermark.emit.on-event.gap",
     .type = RN_OPT_INT,
     .flags = RN_OPTION_SOURCE,
     .default_text = "1",
     .min = 1,
     .max = INT32_MAX,
     .help = "on-event: after every so many rows of a partition"},
    {.name = "scan.watermark.max-ahead",
     .type = RN_OPT_DURATION,
     .flags = RN_OPTION_SOURCE | RN_OPTION_REOPEN,
     .min = 0,
     .max = INT64_MAX,
     .help = "a row whose time is further ahead of the clock does not raise the watermark; 0: every row does; "
             "1 d where kafka is read without an end"},
    {.name = "scan.watermark.alignment.group",
     .type = RN_OPT_STRING,
     .flags = RN_OPTION_SOURCE | RN_OPTION_REOPEN,
     .help = "sources of a job with the same group wait for the slowest of them"},
    {.name = "scan.watermark.alignment.max-drift",
     .type = RN_OPT_DURATION,
     .flags = RN_OPTION_SOURCE | RN_OPTION_REOPEN,
     .min = 1000,
     .max = INT64_MAX,
     .help = "how far ahead of the slowest source of its group a source may be"},
    {.name = "scan.watermark.alignment.update-interval",
     .type = RN_OPT_DURATION,
     .flags = RN_OPTION_SOURCE | RN_OPTION_REOPEN,
     .default_text = "1 s",
     .min = 1000,
     .max = INT64_MAX,
     .help = "how often partitions that wait for their group are looked at"},
    {.name = "scan.parallelism",
     .type = RN_OPT_INT,
     .flags = RN_OPTION_SOURCE,
     .min = 1,
     .max = RN_PARALLELISM_MAX,
     .help = "instances of the scan"},
    {.name = "sink.parallelism",
     .type = RN_OPT_INT,
     .flags = RN_OPTION_SINK,
     .min = 1,
     .max = RN_PARALLELISM_MAX,
     .help = "instances of the sink"},
};
const size_t rn_table_option_count = sizeof rn_table_options / sizeof rn_table_options[0];

/* --- look-up ------------------------------------------------------------------------------------ */
const rn_option_value *rn_option_find(const rn_options *options, const char *key) {
  size_t low = 0, high = options ? options->count : 0;
  while (low < high) {
    size_t middle = (low + high) / 2;
    int order = strcmp(options->items[middle].key, key);
    if (order == 0) return &options->items[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}
const char *rn_option_text(const rn_options *options, const char *key) {
  const rn_option_value *value = rn_option_find(options, key);
  return value ? value->value : NULL;
}

const rn_option *rn_option_row(const rn_option *rows, size_t n, rn_slice key) {
  const rn_option *best = NULL;
  size_t best_len = 0;
  for (size_t i = 0; i < n; i++) {
    rn_slice name = rn_slice_of(rows[i].name);
    if (rows[i].flags & RN_OPTION_PREFIX) {
      if (key.len > name.len && memcmp(key.ptr, name.ptr, name.len) == 0 && name.len > best_len) {
        best = &rows[i];
        best_len = name.len;
      }
    } else if (rn_slice_eq(name, key) || (rows[i].old_name && rn_slice_is(key, rows[i].old_name))) {
      return &rows[i];
    }
  }
  return best;
}

const char *rn_option_string(const rn_options *o, const rn_option *rows, size_t n, const char *key) {
  const char *text = rn_option_text(o, key);
  if (text) return text;
  const rn_option *row = rn_option_row(rows, n, rn_slice_of(key));
  if (!row || (row->flags & RN_OPTION_PREFIX)) return NULL;
  if (row->old_name && (text = rn_option_text(o, row->old_name)) != NULL) return text;
  return row->default_text;
}

/* --- values -------------------------------------------------------------------------------------- */
typedef struct unit {
  const char *name;
  int64_t factor;
} unit;

/* "<digits> [unit]": the form of durations and sizes. Fractions are no part of it, as in Flink. */
static bool parse_with_unit(rn_slice text, const unit *units, size_t unit_count, int64_t *out) {
  text = rn_slice_trim(text);
  size_t i = 0;
  int64_t number = 0;
  for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++)
    if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, text.ptr[i] - '0', &number))
      return false;
  if (i == 0) return false;
  rn_slice name = rn_slice_trim(rn_slice_make(text.ptr + i, text.len - i));
  for (size_t u = 0; u < unit_count; u++)
    if (rn_slice_eq_nocase(name, rn_slice_of(units[u].name))) {
      if (units[u].factor > 0) return !__builtin_mul_overflow(number, units[u].factor, out);
      *out = number / -units[u].factor; /* nanoseconds */
      return true;
    }
  return false;
}
bool rn_duration_parse(rn_slice text, int64_t *us) {
  static const int64_t ms = 1000, s = 1000000, min = 60000000, h = 3600000000, d = 86400000000;
  const unit units[] = {
      {"", ms},
      {"ms", ms},
      {"milli", ms},
      {"millis", ms},
      {"millisecond", ms},
      {"milliseconds", ms},
      {"s", s},
      {"sec", s},
      {"secs", s},
      {"second", s},
      {"seconds", s},
      {"m", min},
      {"min", min},
      {"minute", min},
      {"minutes", min},
      {"h", h},
      {"hour", h},
      {"hours", h},
      {"d", d},
      {"day", d},
      {"days", d},
      {"us", 1},
      {"\xC2\xB5s", 1},
      {"micro", 1},
      {"micros", 1},
      {"microsecond", 1},
      {"microseconds", 1},
      {"ns", -1000},
      {"nano", -1000},
      {"nanos", -1000},
      {"nanosecond", -1000},
      {"nanoseconds", -1000},
  };
  return parse_with_unit(text, units, sizeof units / sizeof units[0], us);
}
bool rn_size_parse(rn_slice text, int64_t *bytes) {
  static const unit units[] = {
      {"", 1},
      {"b", 1},
      {"bytes", 1},
      {"k", 1 << 10},
      {"kb", 1 << 10},
      {"kib", 1 << 10},
      {"kibibytes", 1 << 10},
      {"m", 1 << 20},
      {"mb", 1 << 20},
      {"mib", 1 << 20},
      {"mebibytes", 1 << 20},
      {"g", 1 << 30},
      {"gb", 1 << 30},
      {"gib", 1 << 30},
      {"gibibytes", 1 << 30},
      {"t", 1ll << 40},
      {"tb", 1ll << 40},
      {"tib", 1ll << 40},
      {"tebibytes", 1ll << 40},
  };
  return parse_with_unit(text, units, sizeof units / sizeof units[0], bytes);
}

static bool parse_int(const char *text, int64_t *out) {
  rn_slice s = rn_slice_trim(rn_slice_of(text));
  bool negative = s.len > 0 && s.ptr[0] == '-';
  size_t i = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+');
  int64_t number = 0;
  if (i == s.len) return false;
  for (; i < s.len; i++) {
    if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    int digit = s.ptr[i] - '0';
    if (__builtin_mul_overflow(number, 10, &number)) return false;
    if (negative ? __builtin_sub_overflow(number, digit, &number) : __builtin_add_overflow(number, digit, &number))
      return false;
  }
  *out = number;
  return true;
}
static bool parse_bool(const char *text, bool *out) {
  rn_slice s = rn_slice_trim(rn_slice_of(text));
  *out = rn_slice_eq_nocase(s, rn_slice_of("true"));
  return *out || rn_slice_eq_nocase(s, rn_slice_of("false"));
}
static bool parse_double(const char *text, double *out) {
  char *end;
  *out = strtod(text, &end); /* options are ASCII and the engine never sets a locale */
  return end != text && *end == 0;
}
/* The number of an INT, DURATION or SIZE option. */
static bool parse_number(const rn_option *row, const char *text, int64_t *out) {
  if (row->type == RN_OPT_DURATION) return rn_duration_parse(rn_slice_of(text), out);
  if (row->type == RN_OPT_SIZE) return rn_size_parse(rn_slice_of(text), out);
  return parse_int(text, out);
}
int64_t rn_option_int(const rn_options *o, const rn_option *rows, size_t n, const char *key) {
  const rn_option *row = rn_option_row(rows, n, rn_slice_of(key));
  const char *text = rn_option_string(o, rows, n, key);
  int64_t number = 0;
  return row && text && parse_number(row, text, &number) ? number : 0;
}
bool rn_option_bool(const rn_options *o, const rn_option *rows, size_t n, const char *key) {
  const char *text = rn_option_string(o, rows, n, key);
  bool value = false;
  return text && parse_bool(text, &value) && value;
}
double rn_option_double(const rn_options *o, const rn_option *rows, size_t n, const char *key) {
  const char *text = rn_option_string(o, rows, n, key);
  double value = 0;
  return text && parse_double(text, &value) ? value : 0;
}

/* --- checks -------------------------------------------------------------------------------------- */
static bool is_choice(const char *choices, rn_slice value) {
  for (const char *at = choices; *at;) {
    size_t len = strcspn(at, "|");
    if (rn_slice_eq(value, rn_slice_make(at, len))) return true;
    at += len + (at[len] == '|');
  }
  return false;
}
/* The choice nearest to what was written, as a hint. */
static void choice_hint(const char *choices, rn_slice value, char *hint, size_t size) {
  const char *names[32];
  char copy[512];
  size_t count = 0;
  (void)snprintf(copy, sizeof copy, "%s", choices);
  for (char *save = NULL, *at = strtok_r(copy, "|", &save); at && count < 32; at = strtok_r(NULL, "|", &save))
    names[count++] = at;
  const char *near = rn_text_nearest(value, names, count);
  int used = near ? snprintf(hint, size, "did you mean '%s'?  (", near) : snprintf(hint, size, "one of ");
  for (size_t i = 0; i < count && used >= 0 && (size_t)used < size; i++)
    used += snprintf(hint + used, size - (size_t)used, "%s'%s'", i ? ", " : "", names[i]);
  if (near && used >= 0 && (size_t)used < size) (void)snprintf(hint + used, size - (size_t)used, ")");
}
static void bounds_text(const rn_option *row, int64_t bound, char *out, size_t size) {
  if (row->type == RN_OPT_DURATION)
    (void)snprintf(out, size, bound % 1000000 == 0 ? "%lld s" : "%lld ms",
                   (long long)(bound % 1000000 == 0 ? bound / 1000000 : bound / 1000));
  else
    (void)snprintf(out, size, row->type == RN_OPT_SIZE ? "%lld bytes" : "%lld", (long long)bound);
}

static const char *const type_words[] = {[RN_OPT_STRING] = "a text",
                                         [RN_OPT_BOOL] = "'true' or 'false'",
                                         [RN_OPT_INT] = "a whole number",
                                         [RN_OPT_DURATION] = "a duration such as '10 s'",
                                         [RN_OPT_SIZE] = "a size such as '64 mb'",
                                         [RN_OPT_ENUM] = "one of its choices",
                                         [RN_OPT_DOUBLE] = "a number"};

static void check_value(const rn_option *row, const rn_option_value *item, rn_diagnostics *diags) {
  const char *shown = row->flags & RN_OPTION_SECRET ? "***" : item->value;
  bool truth, good = true;
  double real;
  int64_t number = 0;
  char hint[384];
  if (strstr(item->value, "${")) return;
  switch (row->type) {
  case RN_OPT_STRING: break;
  case RN_OPT_BOOL: good = parse_bool(item->value, &truth); break;
  case RN_OPT_DOUBLE: good = parse_double(item->value, &real); break;
  case RN_OPT_ENUM:
    if (!is_choice(row->choices, rn_slice_of(item->value))) {
      choice_hint(row->choices, rn_slice_of(item->value), hint, sizeof hint);
      (void)rn_diag(diags, RN_E_OPTION_VALUE, item->value_span, hint, "option '%s' cannot be '%s'", item->key, shown);
    }
    break;
  case RN_OPT_INT:
  case RN_OPT_DURATION:
  case RN_OPT_SIZE:
    good = parse_number(row, item->value, &number);
    if (good && (row->min != 0 || row->max != 0) && (number < row->min || number > row->max)) {
      char low[40], high[40];
      bounds_text(row, row->min, low, sizeof low);
      bounds_text(row, row->max, high, sizeof high);
      if (row->max == INT64_MAX)
        (void)rn_diag(diags, RN_E_OPTION_VALUE, item->value_span, NULL, "option '%s' must be at least %s, not '%s'",
                      item->key, low, shown);
      else
        (void)rn_diag(diags, RN_E_OPTION_VALUE, item->value_span, NULL,
                      "option '%s' must be between %s and %s, not '%s'", item->key, low, high, shown);
    }
    break;
  }
  if (!good)
    (void)rn_diag(diags, RN_E_OPTION_VALUE, item->value_span, row->help, "option '%s' must be %s, not '%s'", item->key,
                  type_words[row->type], shown);
}

typedef struct row_set {
  const char *prefix; /* put before the names of the rows */
  const rn_option *rows;
  size_t count;
} row_set;

static const rn_option *row_of(const row_set *sets, size_t set_count, rn_slice key) {
  const rn_option *best = NULL;
  for (size_t i = 0; i < set_count; i++) {
    size_t prefix = strlen(sets[i].prefix);
    if (key.len <= prefix || memcmp(key.ptr, sets[i].prefix, prefix) != 0) continue;
    const rn_option *row =
        rn_option_row(sets[i].rows, sets[i].count, rn_slice_make(key.ptr + prefix, key.len - prefix));
    if (row && !(row->flags & RN_OPTION_PREFIX)) return row;
    if (row && !best) best = row;
  }
  return best;
}

static void unknown_option(const char *what, const row_set *sets, size_t set_count, const rn_option_value *item,
                           rn_diagnostics *diags) {
  RN_VEC(char *) names = {0};
  for (size_t s = 0; s < set_count; s++)
    for (size_t i = 0; i < sets[s].count; i++) {
      rn_builder name = {0};
      rn_builder_printf(&name, "%s%s", sets[s].prefix, sets[s].rows[i].name);
      RN_VEC_PUSH(&names, rn_builder_take(&name));
    }
  const char *near = rn_text_nearest(rn_slice_of(item->key), (const char *const *)names.data, names.len);
  char hint[384];
  if (near) (void)snprintf(hint, sizeof hint, "did you mean '%s'?", near);
  (void)rn_diag(diags, RN_E_OPTION_UNKNOWN, item->key_span, near ? hint : NULL, "%s has no option \"%s\"", what,
                item->key);
  for (size_t i = 0; i < names.len; i++) rn_free(names.data[i]);
  RN_VEC_FREE(&names);
}

static rn_status check_sets(const char *what, const rn_options *options, const row_set *sets, size_t set_count,
                            uint16_t direction, rn_span span, rn_diagnostics *diags) {
  size_t errors = diags->error_count;
  for (size_t i = 0; i < options->count; i++) {
    const rn_option_value *item = &options->items[i];
    const rn_option *row = row_of(sets, set_count, rn_slice_of(item->key));
    if (!row) {
      unknown_option(what, sets, set_count, item, diags);
      continue;
    }
    if (row->old_name && strcmp(item->key, row->old_name) == 0) {
      if (rn_option_find(options, row->name))
        (void)rn_diag(diags, RN_E_DUPLICATE_NAME, item->key_span, NULL,
                      "option '%s' is the old name of '%s', which is given too", item->key, row->name);
      else
        (void)rn_diag(diags, RN_W_PORTABILITY, item->key_span, NULL, "option '%s' is an old name, read as '%s'",
                      item->key, row->name);
    }
    if (row->flags & RN_OPTION_IGNORED)
      (void)rn_diag(diags, RN_W_OPTION, item->key_span, NULL, "option '%s' has no effect here", item->key);
    else
      check_value(row, item, diags);
  }
  for (size_t s = 0; s < set_count; s++)
    for (size_t i = 0; i < sets[s].count; i++) {
      const rn_option *row = &sets[s].rows[i];
      uint16_t sides = row->flags & (RN_OPTION_SOURCE | RN_OPTION_SINK);
      if (!(row->flags & RN_OPTION_REQUIRED) || (sides && !(sides & direction))) continue;
      if (rn_option_find(options, row->name) || (row->old_name && rn_option_find(options, row->old_name))) continue;
      (void)rn_diag(diags, RN_E_OPTION_MISSING, span, row->help, "%s needs option '%s'", what, row->name);
    }
  return diags->error_count > errors ? RN_FAIL : RN_OK;
}

enum { SETS_MAX = 8 };
rn_status rn_options_check(const char *what, const rn_options *options, const rn_option *const *row_sets,
                           const size_t *row_counts, size_t set_count, uint16_t direction, rn_diagnostics *diags) {
  row_set sets[SETS_MAX];
  if (set_count > SETS_MAX) set_count = SETS_MAX;
  for (size_t i = 0; i < set_count; i++) sets[i] = (row_set){"", row_sets[i], row_counts[i]};
  rn_span span = {0, 0};
  const rn_option_value *connector = rn_option_find(options, "connector");
  if (connector) span = rn_span_join(connector->key_span, connector->value_span);
  return check_sets(what, options, sets, set_count, direction, span, diags);
}

/* --- options of a table: connector, common rows, formats under their prefixes ------------------------- */
typedef struct prefixes {
  char text[4][80];
} prefixes;

static size_t table_sets(const rn_connector *connector, const rn_format *value_format, const rn_format *key_format,
                         prefixes *names, row_set *sets) {
  size_t n = 0;
  if (connector) sets[n++] = (row_set){"", connector->options, connector->option_count};
  sets[n++] = (row_set){"", rn_table_options, rn_table_option_count};
  if (value_format) {
    (void)snprintf(names->text[0], sizeof names->text[0], "%s.", value_format->name);
    (void)snprintf(names->text[1], sizeof names->text[1], "value.%s.", value_format->name);
    sets[n++] = (row_set){names->text[0], value_format->options, value_format->option_count};
    sets[n++] = (row_set){names->text[1], value_format->options, value_format->option_count};
  }
  if (key_format) {
    (void)snprintf(names->text[2], sizeof names->text[2], "key.%s.", key_format->name);
    sets[n++] = (row_set){names->text[2], key_format->options, key_format->option_count};
  }
  return n;
}
const rn_option *rn_table_option_row(const rn_connector *connector, const rn_format *value_format,
                                     const rn_format *key_format, rn_slice key) {
  prefixes names;
  row_set sets[SETS_MAX];
  return row_of(sets, table_sets(connector, value_format, key_format, &names, sets), key);
}
rn_status rn_table_options_check(const rn_table_spec *table, uint16_t direction, rn_diagnostics *diags) {
  prefixes names;
  row_set sets[SETS_MAX];
  char what[96];
  size_t errors = diags->error_count;
  size_t n = table_sets(table->connector, table->value_format, table->key_format, &names, sets);
  (void)snprintf(what, sizeof what, "connector %s", table->connector ? table->connector->name : "?");
  (void)check_sets(what, &table->options, sets, n, direction, table->span, diags);
  if (diags->error_count == errors && table->connector && table->connector->check)
    (void)table->connector->check(table, direction, diags);
  return diags->error_count > errors ? RN_FAIL : RN_OK;
}

const char *rn_format_option(const rn_table_spec *table, const rn_format *format, bool is_key, const char *name) {
  char key[256];
  const char *text = NULL;
  if (is_key) {
    (void)snprintf(key, sizeof key, "key.%s.%s", format->name, name);
    text = rn_option_text(&table->options, key);
  } else {
    (void)snprintf(key, sizeof key, "value.%s.%s", format->name, name);
    text = rn_option_text(&table->options, key);
    if (!text) {
      (void)snprintf(key, sizeof key, "%s.%s", format->name, name);
      text = rn_option_text(&table->options, key);
    }
  }
  if (text) return text;
  const rn_option *row = rn_option_row(format->options, format->option_count, rn_slice_of(name));
  return row ? row->default_text : NULL;
}
bool rn_format_option_bool(const rn_table_spec *table, const rn_format *format, bool is_key, const char *name) {
  const char *text = rn_format_option(table, format, is_key, name);
  bool value = false;
  return text && parse_bool(text, &value) && value;
}
