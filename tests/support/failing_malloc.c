// A preload library whose allocation number FAIL_AT fails; with FAIL_ON also all later ones. At the
// end of the process it writes the number of allocations to the file COUNT_TO. Counting begins with
// main: before it no program could do more than end. What other libraries do while they are loaded
// is not counted: that of Fortran ends the process, and we cannot help it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);

static long count, fail_at;
static int fail_on, counting;

static int fails(void) {
  if (!counting) return 0;
  const long number = __sync_add_and_fetch(&count, 1);
  if (fail_at == 0 || (fail_on ? number < fail_at : number != fail_at)) return 0;
  errno = ENOMEM;
  return 1;
}

void* dlopen(const char* file, int mode) {
  void* (*open)(const char*, int) = (void* (*)(const char*, int))dlsym(RTLD_NEXT, "dlopen");
  const int before = counting;
  counting = 0;
  void* library = open(file, mode);
  counting = before;
  return library;
}

void* malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void* calloc(size_t n, size_t size) { return fails() ? NULL : __libc_calloc(n, size); }
void* realloc(void* old, size_t size) { return fails() ? NULL : __libc_realloc(old, size); }
void* memalign(size_t align, size_t size) { return fails() ? NULL : __libc_memalign(align, size); }
void* aligned_alloc(size_t align, size_t size) { return memalign(align, size); }
int posix_memalign(void** to, size_t align, size_t size) {
  void* memory = memalign(align, size);
  if (memory == NULL) return ENOMEM;
  *to = memory;
  return 0;
}

typedef int Main(int, char**, char**);
typedef int Start(Main*, int, char**, void (*)(void), void (*)(void), void (*)(void), void*);

static Main* program;
static int counted_main(int argc, char** argv, char** environment) {
  counting = 1;
  return program(argc, argv, environment);
}

int __libc_start_main(Main* main, int argc, char** argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void* stack_end) {
  const char* at = getenv("FAIL_AT");
  fail_at = at != NULL ? atol(at) : 0;
  fail_on = getenv("FAIL_ON") != NULL;
  program = main;
  Start* start = (Start*)dlsym(RTLD_NEXT, "__libc_start_main");
  return start(counted_main, argc, argv, init, fini, rtld_fini, stack_end);
}

__attribute__((destructor)) static void report(void) {
  const char* to = getenv("COUNT_TO");
  if (to == NULL) return;
  counting = 0;
  char text[24];
  const int length = snprintf(text, sizeof text, "%ld", count);
  const int file = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0 || write(file, text, (size_t)length) != length) _exit(99);
  close(file);
}
