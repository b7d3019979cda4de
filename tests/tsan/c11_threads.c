/* TSan does not know glibc's C11 threads, which Debian's librdkafka uses: a callback in such a thread would
 * crash the sanitizer. Linked into TSan builds only (-rdynamic), these definitions win over glibc's and map
 * C11 threads to pthreads, which TSan intercepts. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

#define PUBLIC __attribute__((visibility("default")))
_Static_assert(sizeof(mtx_t) >= sizeof(pthread_mutex_t), "mtx_t holds a pthread mutex");
_Static_assert(sizeof(cnd_t) >= sizeof(pthread_cond_t), "cnd_t holds a pthread condition");

typedef struct start {
  thrd_start_t run;
  void *arg;
} start;
static void *run(void *arg) {
  start s = *(start *)arg;
  free(arg);
  return (void *)(long)s.run(s.arg);
}
static int result(int code) { return code == 0 ? thrd_success : code == EBUSY ? thrd_busy : code == ETIMEDOUT ? thrd_timedout : thrd_error; }

PUBLIC int thrd_create(thrd_t *thread, thrd_start_t function, void *arg) {
  start *s = malloc(sizeof *s);
  if (!s) return thrd_nomem;
  *s = (start){function, arg};
  pthread_t made;
  int code = pthread_create(&made, NULL, run, s);
  if (code) free(s);
  *thread = (thrd_t)made;
  return result(code);
}
PUBLIC int thrd_join(thrd_t thread, int *value) {
  void *answer;
  int code = pthread_join((pthread_t)thread, &answer);
  if (value) *value = (int)(long)answer;
  return result(code);
}
PUBLIC int thrd_detach(thrd_t thread) { return result(pthread_detach((pthread_t)thread)); }
PUBLIC thrd_t thrd_current(void) { return (thrd_t)pthread_self(); }
PUBLIC int thrd_equal(thrd_t a, thrd_t b) { return a == b; }
PUBLIC int mtx_init(mtx_t *mutex, int type) {
  pthread_mutexattr_t attributes;
  (void)pthread_mutexattr_init(&attributes);
  if (type & mtx_recursive) (void)pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  int code = pthread_mutex_init((pthread_mutex_t *)mutex, &attributes);
  (void)pthread_mutexattr_destroy(&attributes);
  return result(code);
}
PUBLIC int mtx_lock(mtx_t *mutex) { return result(pthread_mutex_lock((pthread_mutex_t *)mutex)); }
PUBLIC int mtx_trylock(mtx_t *mutex) { return result(pthread_mutex_trylock((pthread_mutex_t *)mutex)); }
PUBLIC int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict until) {
  return result(pthread_mutex_timedlock((pthread_mutex_t *)mutex, until));
}
PUBLIC int mtx_unlock(mtx_t *mutex) { return result(pthread_mutex_unlock((pthread_mutex_t *)mutex)); }
PUBLIC void mtx_destroy(mtx_t *mutex) { (void)pthread_mutex_destroy((pthread_mutex_t *)mutex); }
PUBLIC int cnd_init(cnd_t *condition) { return result(pthread_cond_init((pthread_cond_t *)condition, NULL)); }
PUBLIC int cnd_signal(cnd_t *condition) { return result(pthread_cond_signal((pthread_cond_t *)condition)); }
PUBLIC int cnd_broadcast(cnd_t *condition) { return result(pthread_cond_broadcast((pthread_cond_t *)condition)); }
PUBLIC int cnd_wait(cnd_t *condition, mtx_t *mutex) {
  return result(pthread_cond_wait((pthread_cond_t *)condition, (pthread_mutex_t *)mutex));
}
PUBLIC int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex, const struct timespec *restrict until) {
  return result(pthread_cond_timedwait((pthread_cond_t *)condition, (pthread_mutex_t *)mutex, until));
}
PUBLIC void cnd_destroy(cnd_t *condition) { (void)pthread_cond_destroy((pthread_cond_t *)condition); }
