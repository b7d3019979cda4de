/* INSERT OVERWRITE of files: the job writes new files into a hidden directory beside the old ones,
 *
 *   DIR/.runnel-overwrite/new/..        for a table that is the directory DIR
 *   DIR/.NAME.runnel-overwrite/NAME     for one that is the file DIR/NAME
 *
 * and when it has finished they take the old files' place: of the whole table, with PARTITIONED BY of those partitions that got
 * rows. Until then the old rows are read. What is to be moved and removed is first written down in "commit" (a list that is
 * complete when it has that name); from then on whoever opens the table first ends what it says, so that a kill leaves all of
 * the old rows or all of the new ones (a redo log, as in ARIES, Mohan et al. 1992, for steps that may be done again). "owner"
 * names the job, so that a run that is continued never takes the half-written rows of another job for its own. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "connectors/filesystem.h"

#define SUFFIX "runnel-overwrite" /* RN_OVERWRITE_MARK is it and a slash */

/* Where an overwrite of a table takes place, from the table's path or from that of its new rows. */
typedef struct place {
  char *root;    /* directory of the table, or of its file */
  char *staging; /* root/.runnel-overwrite or root/.NAME.runnel-overwrite */
  char *fresh;   /* what the job writes: staging/new/ or staging/NAME */
  char *file;    /* NAME; NULL: the table is a directory */
} place;

static void free_place(place *p) {
  rn_free(p->root);
  rn_free(p->staging);
  rn_free(p->fresh);
  rn_free(p->file);
}
static char *joined(const char *a, const char *separator, const char *b, const char *c) {
  rn_builder text = {0};
  rn_builder_printf(&text, "%s%s%s%s", a, separator, b, c);
  return rn_builder_take(&text);
}
static place place_of_table(const char *path) {
  place p = {0};
  size_t len = strlen(path);
  if (filesystem_is_directory(path)) {
    while (len > 1 && path[len - 1] == '/') len--;
    p.root = rn_strndup(path, len);
    p.staging = joined(p.root, "/.", SUFFIX, "");
    p.fresh = joined(p.staging, "/", "new", "/");
    return p;
  }
  const char *slash = strrchr(path, '/');
  p.root = slash ? rn_strndup(path, slash == path ? 1 : (size_t)(slash - path)) : rn_strdup(".");
  p.file = rn_strdup(slash ? slash + 1 : path);
  char *name = joined(".", p.file, ".", SUFFIX);
  p.staging = joined(p.root, "/", name, "");
  rn_free(name);
  p.fresh = joined(p.staging, "/", p.file, "");
  return p;
}
static place place_of_fresh(const char *fresh) {
  const char *at = strstr(fresh, "." SUFFIX "/"), *begin = at;
  place none = {0};
  if (!at) return none;
  while (begin > fresh && begin[-1] != '/') begin--;
  char *root = begin > fresh ? rn_strndup(fresh, (size_t)(begin - fresh)) : rn_strdup("./");
  char *path = at == begin ? rn_strdup(root) : joined(root, "", at + strlen("." SUFFIX "/"), "");
  place p = place_of_table(path);
  rn_free(root);
  rn_free(path);
  return p;
}

const char *filesystem_overwrite_path(const rn_table_spec *table, rn_arena *arena) {
  char *path = rn_strdup(filesystem_path(table));
  for (uint32_t i = 0; i < table->column_count; i++) {
    if (!rn_is_partition(&table->columns[i]) || filesystem_is_directory(path)) continue;
    char *directory = joined(path, "/", "", "");
    rn_free(path);
    path = directory;
  }
  place p = place_of_table(path);
  const char *fresh = rn_arena_strdup(arena, p.fresh);
  free_place(&p);
  rn_free(path);
  return fresh;
}

/* --- small things about files ------------------------------------------------------------------------------------ */
static rn_status failed(rn_error *err, const char *what, const char *path) {
  return rn_fail(err, RN_E_FILE, "cannot %s \"%s\": %s", what, path, strerror(errno));
}
static void sync_path(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  (void)fsync(fd);
  close(fd);
}
static void remove_tree(const char *path, unsigned depth) {
  DIR *dir = depth <= RN_DIRECTORY_DEPTH_MAX + 2 ? opendir(path) : NULL;
  for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char *inner = joined(path, "/", entry->d_name, "");
    struct stat info;
    if (lstat(inner, &info) == 0 && S_ISDIR(info.st_mode)) remove_tree(inner, depth + 1);
    else (void)unlink(inner);
    rn_free(inner);
  }
  if (dir) closedir(dir);
  (void)rmdir(path);
}
static rn_status write_whole(const char *path, const char *text, size_t len, rn_error *err) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  bool ok = fd >= 0 && pwrite(fd, text, len, 0) == (ssize_t)len && fsync(fd) == 0;
  if (!ok) failed(err, "write", path);
  if (fd >= 0) close(fd);
  return ok ? RN_OK : RN_FAIL;
}
/* The file's bytes, a NUL behind them; data NULL: it cannot be read. */
static rn_builder read_whole(const char *path) {
  rn_builder text = {0};
  char block[4096];
  FILE *file = fopen(path, "re");
  if (!file) return text;
  rn_builder_text(&text, "");
  for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;) rn_builder_append(&text, block, got);
  (void)fclose(file);
  return text;
}

/* --- ending what "commit" says -------------------------------------------------------------------------------------- */
/* Entries: 'M' FROM TO and 'D' NAME, relative to the root, each text ended by a NUL. */
static rn_status follow(const place *p, const rn_builder *list, rn_error *err) {
  const char *end = list->data + list->len;
  rn_status status = RN_OK;
  for (const char *at = list->data; at < end && status == RN_OK;) {
    char kind = *at++;
    const char *first = at, *second = first + strlen(first) + 1;
    at = kind == 'M' ? second + strlen(second) + 1 : second;
    char *from = joined(p->root, "/", first, ""), *to = kind == 'M' ? joined(p->root, "/", second, "") : NULL;
    if (to && file_sink_make_parents(to, err) != RN_OK) status = RN_FAIL;
    else if (to && rename(from, to) != 0 && errno != ENOENT) status = failed(err, "replace", to);
    else if (!to && unlink(from) != 0 && errno != ENOENT) status = failed(err, "remove", from);
    char *changed = to ? to : from, *slash = strrchr(changed, '/');
    if (slash && status == RN_OK) {
      *slash = 0;
      if (!to) (void)rmdir(changed); /* a directory that has nothing left */
      sync_path(changed);
    }
    rn_free(from);
    rn_free(to);
  }
  return status;
}

static rn_status finish(const place *p, rn_error *err) {
  char *commit = joined(p->staging, "/", "commit", ""), *owner = joined(p->staging, "/", "owner", "");
  int fd = open(p->staging, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  rn_status status = RN_OK;
  if (fd >= 0) {
    while (flock(fd, LOCK_EX) != 0 && errno == EINTR) continue;
    rn_builder list = read_whole(commit); /* under the lock: somebody else may have ended it */
    if (list.data) {
      status = follow(p, &list, err);
      if (status == RN_OK) (void)unlink(owner); /* first: without "commit" the owner would look for its new rows */
      if (status == RN_OK && unlink(commit) != 0) status = failed(err, "remove", commit);
      if (status == RN_OK) remove_tree(p->staging, 0);
    }
    rn_builder_free(&list);
    close(fd);
  }
  rn_free(commit);
  rn_free(owner);
  return status;
}

rn_status filesystem_overwrite_settle(const char *path, rn_error *err) {
  place p = place_of_table(path);
  char *commit = joined(p.staging, "/", "commit", "");
  rn_status status = access(commit, F_OK) == 0 ? finish(&p, err) : RN_OK;
  rn_free(commit);
  free_place(&p);
  return status;
}

/* --- begin and end ------------------------------------------------------------------------------------------------------ */
/* Holds the table against writers; *fd -1: there is nothing yet that could be held. */
static rn_status lock_table(const place *p, int *fd, rn_error *err) {
  char *path = p->file ? joined(p->root, "/", p->file, "") : rn_strdup(p->root);
  *fd = open(path, O_RDONLY | O_CLOEXEC);
  rn_status status = *fd < 0 ? RN_OK : file_sink_lock(*fd, path, err);
  rn_free(path);
  return status;
}

rn_status filesystem_overwrite_begin(const rn_table_spec *table, const char *owner, rn_error *err) {
  place p = place_of_fresh(filesystem_path(table));
  char *owner_path = joined(p.staging, "/", "owner", "");
  int fd = -1;
  rn_status status = finish(&p, err);
  if (status == RN_OK) status = lock_table(&p, &fd, err);
  if (status == RN_OK) {
    remove_tree(p.staging, 0);
    status = file_sink_make_parents(owner_path, err);
  }
  if (status == RN_OK) status = write_whole(owner_path, owner, strlen(owner), err);
  if (fd >= 0) close(fd);
  rn_free(owner_path);
  free_place(&p);
  return status;
}

typedef struct change {
  const place *at;
  bool partitioned;
  rn_builder list;
  RN_VEC(char *) moved; /* relative names of the new files */
} change;

/* Files below a directory of the root, without hidden ones, as readers see them. */
static rn_status each_file(change *c, const char *relative, unsigned depth, bool is_new, rn_error *err);

static bool is_moved(const change *c, const char *name) {
  for (size_t i = 0; i < c->moved.len; i++)
    if (strcmp(c->moved.data[i], name) == 0) return true;
  return false;
}
static void note(change *c, char kind, const char *first, const char *second) {
  rn_builder_char(&c->list, kind);
  rn_builder_append(&c->list, first, strlen(first) + 1);
  if (second) rn_builder_append(&c->list, second, strlen(second) + 1);
}
static void note_file(change *c, const char *relative, bool is_new) {
  size_t under = strlen("." SUFFIX "/new/");
  if (is_new) {
    note(c, 'M', relative, relative + under);
    char *name = rn_strdup(relative + under);
    RN_VEC_PUSH(&c->moved, name);
  } else if (!is_moved(c, relative)) {
    note(c, 'D', relative, NULL);
  }
}
static rn_status each_file(change *c, const char *relative, unsigned depth, bool is_new, rn_error *err) {
  char *path = joined(c->at->root, "/", relative, "");
  DIR *dir = opendir(path);
  rn_status status = dir || (errno == ENOENT && !is_new) ? RN_OK : failed(err, "read directory", path);
  if (dir && depth > RN_DIRECTORY_DEPTH_MAX) status = rn_fail(err, RN_E_LIMIT, "directory \"%s\" is nested deeper than %d", path, RN_DIRECTORY_DEPTH_MAX);
  for (struct dirent *entry; dir && status == RN_OK && (entry = readdir(dir)) != NULL;) {
    if (entry->d_name[0] == '.' || entry->d_name[0] == '_') continue;
    char *inner = *relative ? joined(relative, "/", entry->d_name, "") : rn_strdup(entry->d_name);
    char *full = joined(c->at->root, "/", inner, "");
    struct stat info;
    if (stat(full, &info) == 0 && S_ISDIR(info.st_mode)) status = each_file(c, inner, depth + 1, is_new, err);
    else note_file(c, inner, is_new);
    rn_free(full);
    rn_free(inner);
  }
  if (dir) closedir(dir);
  if (is_new) sync_path(path);
  rn_free(path);
  return status;
}

/* What the new files replace: everything, or what lies in the directories of partitions that they lie in. */
static rn_status list_old(change *c, rn_error *err) {
  if (!c->partitioned) return each_file(c, "", 0, false, err);
  rn_status status = RN_OK;
  RN_VEC(char *) seen = {0};
  for (size_t i = 0; i < c->moved.len && status == RN_OK; i++) {
    const char *slash = strrchr(c->moved.data[i], '/');
    char *directory = rn_strndup(c->moved.data[i], slash ? (size_t)(slash - c->moved.data[i]) : 0);
    bool again = false;
    for (size_t k = seen.len; k-- > 0 && !again;) again = strcmp(seen.data[k], directory) == 0; /* mostly the last one */
    if (!again) status = each_file(c, directory, 0, false, err);
    RN_VEC_PUSH(&seen, directory);
  }
  for (size_t i = 0; i < seen.len; i++) rn_free(seen.data[i]);
  RN_VEC_FREE(&seen);
  return status;
}

static rn_status commit(const place *p, bool partitioned, rn_error *err) {
  change c = {.at = p, .partitioned = partitioned};
  rn_status status = RN_OK;
  if (p->file) {
    rn_builder from = {0};
    rn_builder_printf(&from, ".%s." SUFFIX "/%s", p->file, p->file);
    note(&c, 'M', from.data, p->file);
    rn_builder_free(&from);
    sync_path(p->staging);
  } else {
    status = each_file(&c, "." SUFFIX "/new", 0, true, err);
    if (status == RN_OK) status = list_old(&c, err);
  }
  char *written = joined(p->staging, "/", "list", ""), *named = joined(p->staging, "/", "commit", "");
  if (status == RN_OK) status = write_whole(written, c.list.data ? c.list.data : "", c.list.len, err);
  if (status == RN_OK && rename(written, named) != 0) status = failed(err, "write", named);
  if (status == RN_OK) sync_path(p->staging);
  rn_free(written);
  rn_free(named);
  rn_builder_free(&c.list);
  for (size_t i = 0; i < c.moved.len; i++) rn_free(c.moved.data[i]);
  RN_VEC_FREE(&c.moved);
  return status;
}

rn_status filesystem_overwrite_end(const rn_table_spec *table, const char *owner, bool needed, rn_error *err) {
  place p = place_of_fresh(filesystem_path(table));
  char *owner_path = joined(p.staging, "/", "owner", ""), *commit_path = joined(p.staging, "/", "commit", "");
  rn_builder whose = read_whole(owner_path);
  bool mine = whose.data && strcmp(whose.data, owner) == 0, partitioned = false;
  for (uint32_t i = 0; i < table->column_count; i++) partitioned = partitioned || rn_is_partition(&table->columns[i]);
  int fd = -1;
  rn_status status = RN_OK;
  if (mine) {
    status = lock_table(&p, &fd, err);
    if (status == RN_OK && access(commit_path, F_OK) != 0) status = commit(&p, partitioned, err);
    if (status == RN_OK) status = finish(&p, err);
  } else if (needed) {
    status = rn_fail(err, RN_E_SINK, "the new rows of table %s are gone from \"%s\"", table->name, p.staging);
  }
  if (fd >= 0) close(fd);
  rn_builder_free(&whose);
  rn_free(owner_path);
  rn_free(commit_path);
  free_place(&p);
  return status;
}
