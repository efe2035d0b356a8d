/* Lets the system calls of this process fail as a disk does, below one folder. Loaded by LD_PRELOAD.

   fault_begin(folder, kinds, error, after, times): calls of these kinds below the folder fail with that errno, once
   `after` of them have succeeded, `times` times (less than 0: until fault_end). fault_hits(): how many have failed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, RENAME = 4, CREATE = 8, OPEN_TO_WRITE = 16, GROW = 32, REMOVE = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile int active;
static char below[PATH_MAX];
static int kinds, error_number;
static long after_calls, times_left, hits;

void fault_begin(const char *folder, int which, int error, long after, long times) {
    pthread_mutex_lock(&lock);
    strncpy(below, folder, sizeof below - 1);
    kinds = which, error_number = error, after_calls = after, times_left = times, hits = 0;
    active = 1;
    pthread_mutex_unlock(&lock);
}

void fault_end(void) { active = 0; }

long fault_hits(void) { return hits; }

static int fails(int kind, const char *path) {
    int hit = 0;
    if (!active || !(kinds & kind) || !path || strncmp(path, below, strlen(below)) != 0) return 0;
    pthread_mutex_lock(&lock);
    if (active && times_left != 0) {
        if (after_calls > 0) {
            after_calls--;
        } else {
            hit = 1, hits++;
            if (times_left > 0) times_left--;
        }
    }
    pthread_mutex_unlock(&lock);
    if (hit) errno = error_number;
    return hit;
}

static int fails_at(int kind, int file) {
    char link[64], path[PATH_MAX];
    ssize_t length;
    if (!active || !(kinds & kind)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails(kind, path);
}

/* Declares `real`, the system's own function of that name. */
#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *data, size_t size) {
    REAL(ssize_t, write, int, const void *, size_t);
    return fails_at(WRITE, file) ? -1 : real(file, data, size);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    return fails_at(WRITE, file) ? -1 : real(file, data, size, at);
}

int fsync(int file) {
    REAL(int, fsync, int);
    return fails_at(SYNC, file) ? -1 : real(file);
}

int fdatasync(int file) {
    REAL(int, fdatasync, int);
    return fails_at(SYNC, file) ? -1 : real(file);
}

int ftruncate64(int file, off64_t size) {
    REAL(int, ftruncate64, int, off64_t);
    return fails_at(GROW, file) ? -1 : real(file, size);
}

int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    return fails(RENAME, to) ? -1 : real(from, to);
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    return fails(CREATE, path) ? -1 : real(path, mode);
}

int unlink(const char *path) {
    REAL(int, unlink, const char *);
    return fails(REMOVE, path) ? -1 : real(path);
}

int open64(const char *path, int flags, ...) {
    REAL(int, open64, const char *, int, ...);
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    if ((flags & O_ACCMODE) != O_RDONLY && fails(OPEN_TO_WRITE, path)) return -1;
    if ((flags & O_CREAT) && access(path, F_OK) != 0 && fails(CREATE, path)) return -1;
    return real(path, flags, mode);
}
