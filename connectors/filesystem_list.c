/* The filesystem connector: which files a 'path' means, and which partitions lie there. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/limits.h"
#include "connectors/filesystem.h"

void filesystem_paths_free(filesystem_paths *list) {
  for (size_t i = 0; i < list->len; i++) rn_free(list->data[i]);
  RN_VEC_FREE(list);
}
static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
void filesystem_paths_sort(filesystem_paths *list) {
  if (list->len > 1) qsort(list->data, list->len, sizeof *list->data, by_name);
}

/* A file as it is; the files below a directory, without hidden ones and those that begin with '_'. */
static rn_status list_path(filesystem_paths *list, const char *path, unsigned depth, rn_error *err) {
  struct stat info;
  if (stat(path, &info) != 0) return rn_fail(err, RN_E_FILE, "cannot read file \"%s\": %s", path, strerror(errno));
  if (S_ISREG(info.st_mode)) {
    char *copy = rn_strdup(path);
    RN_VEC_PUSH(list, copy);
    return RN_OK;
  }
  if (!S_ISDIR(info.st_mode)) return rn_fail(err, RN_E_FILE, "\"%s\" is neither a file nor a directory", path);
  if (depth == RN_DIRECTORY_DEPTH_MAX) return rn_fail(err, RN_E_LIMIT, "directory \"%s\" is nested deeper than %d", path, RN_DIRECTORY_DEPTH_MAX);
  DIR *directory = opendir(path);
  if (!directory) return rn_fail(err, RN_E_FILE, "cannot read directory \"%s\": %s", path, strerror(errno));
  rn_status status = RN_OK;
  rn_builder inner = {0};
  for (struct dirent *entry; status == RN_OK && (entry = readdir(directory)) != NULL;) {
    if (entry->d_name[0] == '.' || entry->d_name[0] == '_') continue;
    rn_builder_clear(&inner);
    rn_builder_text(&inner, path);
    if (path[strlen(path) - 1] != '/') rn_builder_char(&inner, '/');
    rn_builder_text(&inner, entry->d_name);
    status = list_path(list, inner.data, depth + 1, err);
  }
  rn_builder_free(&inner);
  closedir(directory);
  return status;
}
rn_status filesystem_list(filesystem_paths *list, const char *path, rn_error *err) {
  rn_status status = RN_OK;
  struct stat info;
  if (strpbrk(path, "*?[") && stat(path, &info) != 0) {
    glob_t found;
    memset(&found, 0, sizeof found);
    int result = glob(path, 0, NULL, &found);
    if (result != 0) {
      status = rn_fail(err, RN_E_FILE, "no file matches \"%s\"", path);
    } else {
      for (size_t i = 0; status == RN_OK && i < found.gl_pathc; i++) status = list_path(list, found.gl_pathv[i], 0, err);
    }
    globfree(&found);
  } else {
    status = list_path(list, path, 0, err);
  }
  if (status == RN_OK) filesystem_paths_sort(list);
  if (status == RN_OK && list->len > RN_SPLITS_MAX) status = rn_fail(err, RN_E_LIMIT, "\"%s\" has more than %d files", path, RN_SPLITS_MAX);
  return status;
}

/* --- SHOW PARTITIONS -------------------------------------------------------------------------------------------- */
/* "a=1/b=x" of a file, as its directories are written, and the values; the columns stand in the order of PARTITIONED BY. */
static rn_status name_of(const rn_table_spec *table, const char *path, rn_arena *arena, rn_builder *out, const char **values, rn_error *err) {
  rn_slice *found = NULL;
  rn_builder_clear(out);
  if (filesystem_partition_values(table, path, arena, &found, err) != RN_OK) return RN_FAIL;
  for (uint32_t k = 0; k < table->column_count; k++) {
    for (uint32_t c = 0; c < table->column_count; c++) {
      const rn_table_column *column = &table->columns[c];
      if (!rn_is_partition(column) || strtoul(column->metadata_key + strlen(RN_PARTITION_KEY), NULL, 10) != k) continue;
      if (out->len) rn_builder_char(out, '/');
      filesystem_partition_part(column, path, out);
      values[k] = found && found[c].ptr ? rn_arena_strndup(arena, found[c].ptr, found[c].len) : NULL;
    }
  }
  return RN_OK;
}

rn_status filesystem_partitions(const rn_table_spec *table, void (*add)(void *ctx, const char *name, const char *const *values), void *ctx,
                                rn_error *err) {
  filesystem_paths files = {0}, names = {0};
  struct stat info;
  const char *path = filesystem_path(table);
  rn_status status = filesystem_overwrite_settle(path, err);
  if (status == RN_OK && (strpbrk(path, "*?[") || stat(path, &info) == 0)) status = filesystem_list(&files, path, err); /* nothing yet: none */
  rn_arena arena;
  rn_arena_init(&arena);
  const char **values = RN_NEW_N(&arena, const char *, table->column_count + 1);
  rn_builder name = {0};
  for (size_t i = 0; status == RN_OK && i < files.len; i++) {
    status = name_of(table, files.data[i], &arena, &name, values, err);
    bool again = status != RN_OK;
    for (size_t k = names.len; k-- > 0 && !again;) again = strcmp(names.data[k], name.data) == 0;
    if (again) continue;
    add(ctx, name.data, values);
    char *copy = rn_strdup(name.data);
    RN_VEC_PUSH(&names, copy);
  }
  rn_builder_free(&name);
  rn_arena_free(&arena);
  filesystem_paths_free(&names);
  filesystem_paths_free(&files);
  return status;
}
