/* Calls to a disk that fail when told to, by what is in the file FAULTS names.
 *
 * Preloaded, so that SQLite's own calls pass here. A call fails if it is of the
 * kind named, on a file whose path holds the text named, and `spared` such
 * calls have passed; then `times` calls fail.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2, READS = 4 };

struct faults {
    int kinds;
    int error;
    int spared;
    int times;
    int failed;
    char path[108];
};

static volatile struct faults *faults;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("FAULTS");
    int fd = name ? open(name, O_RDWR) : -1;
    if (fd < 0)
        return;
    void *at = mmap(NULL, sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED)
        faults = at;
    close(fd);
}

static int fails(int fd, int kind) {
    if (!faults || !(faults->kinds & kind))
        return 0;
    char link[40], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    if (!strstr(path, (const char *)faults->path))
        return 0;
    if (__sync_fetch_and_sub(&faults->spared, 1) > 0)
        return 0;
    if (__sync_fetch_and_sub(&faults->times, 1) <= 0)
        return 0;
    __sync_fetch_and_add(&faults->failed, 1);
    errno = faults->error;
    return 1;
}

ssize_t write(int fd, const void *data, size_t size) {
    return fails(fd, WRITES) ? -1 : syscall(SYS_write, fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    return fails(fd, WRITES) ? -1 : syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) {
    return pwrite(fd, data, size, at);
}

ssize_t pread(int fd, void *data, size_t size, off_t at) {
    return fails(fd, READS) ? -1 : syscall(SYS_pread64, fd, data, size, at);
}

ssize_t pread64(int fd, void *data, size_t size, off_t at) {
    return pread(fd, data, size, at);
}

int fsync(int fd) {
    return fails(fd, SYNCS) ? -1 : syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    return fails(fd, SYNCS) ? -1 : syscall(SYS_fdatasync, fd);
}
