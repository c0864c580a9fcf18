// A preload library for runs that lose their files' ground. It counts the calls that change files
// whose path holds WATCH: open for writing, write, truncate, sync, close, rename, unlink, mkdir. Call
// number FAIL_AT fails with the error number ERROR, with FAIL_ON also all later ones; before call
// number KILL_AT the process is killed, and with HALF that call, a write, is made by half before. With
// COUNT_TO the number of calls is written there at the end. With FAST_CLOCK every look at the
// monotonic clock finds a second more gone, so that checkpoints follow each other.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static long count;

static long number_of(const char* name) {
  const char* text = getenv(name);
  return text != NULL ? atol(text) : 0;
}

static int watched(const char* path) {
  const char* part = getenv("WATCH");
  return part != NULL && path != NULL && strstr(path, part) != NULL;
}

static int watched_file(int descriptor) {
  char link[40], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0) return 0;
  path[size] = '\0';
  return watched(path);
}

static int kills(void) { return count + 1 == number_of("KILL_AT"); }

// Counts a call; whether it must fail.
static int fails(void) {
  const long number = __sync_add_and_fetch(&count, 1), at = number_of("FAIL_AT");
  if (number == number_of("KILL_AT")) kill(getpid(), SIGKILL);
  if (at == 0 || (getenv("FAIL_ON") != NULL ? number < at : number != at)) return 0;
  errno = (int)number_of("ERROR");
  return 1;
}

#define REAL(type, name, ...)                                                    \
  static type (*real)(__VA_ARGS__);                                              \
  if (real == NULL) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int mode_of(int flags, va_list rest) {
  return flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, int) : 0;
}

static int opened(const char* name, const char* path, int flags, int mode) {
  REAL(int, name, const char*, int, ...);
  const int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_DIRECTORY);
  if (writes && watched(path) && fails()) return -1;
  return real(path, flags, mode);
}
int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int mode = mode_of(flags, rest);
  va_end(rest);
  return opened("open", path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int mode = mode_of(flags, rest);
  va_end(rest);
  return opened("open", path, flags, mode);
}

ssize_t write(int descriptor, const void* data, size_t size) {
  REAL(ssize_t, "write", int, const void*, size_t);
  if (!watched_file(descriptor)) return real(descriptor, data, size);
  if (kills() && getenv("HALF") != NULL) real(descriptor, data, size / 2);
  return fails() ? -1 : real(descriptor, data, size);
}

#define BY_DESCRIPTOR(name)                            \
  int name(int descriptor) {                           \
    REAL(int, #name, int);                             \
    if (watched_file(descriptor) && fails()) return -1; \
    return real(descriptor);                           \
  }
BY_DESCRIPTOR(fsync)
BY_DESCRIPTOR(fdatasync)

// What close says, the file is closed.
int close(int descriptor) {
  REAL(int, "close", int);
  const int failing = watched_file(descriptor) && fails();
  const int error = errno, result = real(descriptor);
  if (!failing) return result;
  errno = error;
  return -1;
}

int ftruncate(int descriptor, off_t size) {
  REAL(int, "ftruncate", int, off_t);
  if (watched_file(descriptor) && fails()) return -1;
  return real(descriptor, size);
}
int ftruncate64(int descriptor, off_t size) { return ftruncate(descriptor, size); }

int rename(const char* from, const char* to) {
  REAL(int, "rename", const char*, const char*);
  return watched(to) && fails() ? -1 : real(from, to);
}
int unlink(const char* path) {
  REAL(int, "unlink", const char*);
  return watched(path) && fails() ? -1 : real(path);
}
int mkdir(const char* path, mode_t mode) {
  REAL(int, "mkdir", const char*, mode_t);
  return watched(path) && fails() ? -1 : real(path, mode);
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  REAL(int, "clock_gettime", clockid_t, struct timespec*);
  static long ahead;
  const int result = real(clock, now);
  if (clock == CLOCK_MONOTONIC && getenv("FAST_CLOCK") != NULL)
    now->tv_sec += __sync_add_and_fetch(&ahead, 1);
  return result;
}

__attribute__((destructor)) static void report(void) {
  const char* to = getenv("COUNT_TO");
  if (to == NULL) return;
  FILE* file = fopen(to, "w");
  if (file == NULL || fprintf(file, "%ld", count) < 0 || fclose(file) != 0) _exit(99);
}
