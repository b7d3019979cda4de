/* Loaded before the C library (LD_PRELOAD) by the crash suite: every call that changes a file is a step, and
 *   RN_KILL_AT=N           kills the process before its Nth step (-N: just after it)
 *   RN_STEP_PATHS=A:B      only calls on files whose path holds A or B are steps
 *   RN_FULL_FROM=N, RN_FULL_COUNT=M, RN_FULL_PATH=TEXT
 *                          the Nth to (N + M - 1)th write to a file whose path holds TEXT fails: no space
 *   RN_STEPS=FILE          writes the number of steps there when the process ends by itself
 * so that a test can stand at every point between two steps (RELIABILITY D1 2, 8). */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
static atomic_long steps, writes;

static long number(const char *name) {
  const char *text = getenv(name);
  return text ? strtol(text, NULL, 10) : 0;
}
/* The path behind a descriptor; "" when it has none. */
static const char *path_of(int fd, char *out, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t len = readlink(link, out, size - 1);
  out[len > 0 ? len : 0] = 0;
  return out;
}
static bool counts(const char *path) {
  const char *wanted = getenv("RN_STEP_PATHS");
  char part[256];
  if (!wanted) return true;
  for (size_t len; *wanted; wanted += len + (wanted[len] == ':')) {
    len = strcspn(wanted, ":");
    snprintf(part, sizeof part, "%.*s", (int)len, wanted);
    if (len && strstr(path, part)) return true;
  }
  return false;
}
/* The number of the step that begins, 0: it is none. */
static long step(const char *path) {
  if (!counts(path)) return 0;
  long n = ++steps;
  if (number("RN_KILL_AT") == n) kill(getpid(), SIGKILL);
  return n;
}
static void stepped(long n) {
  if (n && number("RN_KILL_AT") == -n) kill(getpid(), SIGKILL);
}

static bool is_full(const char *path) {
  const char *wanted = getenv("RN_FULL_PATH");
  if (!wanted || !strstr(path, wanted)) return false;
  long n = ++writes, from = number("RN_FULL_FROM");
  return n >= from && n < from + number("RN_FULL_COUNT");
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, #name)
#define STEP(path, result, call) \
  long n = step(path); \
  result out = call; \
  int why = errno; \
  stepped(n); \
  errno = why; \
  return out

/* Two names of one function each: programs are compiled for either. */
#define WRITE_AT(name, offset_type) \
  EXPORT ssize_t name(int fd, const void *data, size_t len, offset_type at); \
  ssize_t name(int fd, const void *data, size_t len, offset_type at) { \
    REAL(name); \
    char path[4096]; \
    if (is_full(path_of(fd, path, sizeof path))) { \
      errno = ENOSPC; \
      return -1; \
    } \
    STEP(path, ssize_t, real(fd, data, len, at)); \
  }
WRITE_AT(pwrite, off_t)
WRITE_AT(pwrite64, off64_t)

#define ONE_PATH(name) \
  EXPORT int name(const char *path); \
  int name(const char *path) { \
    REAL(name); \
    STEP(path, int, real(path)); \
  }
ONE_PATH(unlink)
ONE_PATH(rmdir)

#define ONE_FILE(name) \
  EXPORT int name(int fd); \
  int name(int fd) { \
    REAL(name); \
    char path[4096]; \
    STEP(path_of(fd, path, sizeof path), int, real(fd)); \
  }
ONE_FILE(fsync)
ONE_FILE(fdatasync)

#define CUT_FILE(name, length_type) \
  EXPORT int name(int fd, length_type length); \
  int name(int fd, length_type length) { \
    REAL(name); \
    char path[4096]; \
    STEP(path_of(fd, path, sizeof path), int, real(fd, length)); \
  }
CUT_FILE(ftruncate, off_t)
CUT_FILE(ftruncate64, off64_t)

#define CUT_PATH(name, length_type) \
  EXPORT int name(const char *path, length_type length); \
  int name(const char *path, length_type length) { \
    REAL(name); \
    STEP(path, int, real(path, length)); \
  }
CUT_PATH(truncate, off_t)
CUT_PATH(truncate64, off64_t)
CUT_PATH(mkdir, mode_t)

EXPORT int rename(const char *from, const char *to);
int rename(const char *from, const char *to) {
  REAL(rename);
  STEP(to, int, real(from, to));
}

__attribute__((destructor)) static void tell(void) {
  const char *path = getenv("RN_STEPS");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  fprintf(file, "%ld\n", (long)steps);
  fclose(file);
}
