/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct entry_t {
    void *owner;
    int watched;
} entry_t;

struct bm_watch_t {
    int epoll;
    entry_t *entries;            /* by descriptor */
    int size;
};

static apr_status_t watch_cleanup(void *baton)
{
    bm_watch_t *watch = baton;

    close(watch->epoll);
    free(watch->entries);
    return APR_SUCCESS;
}

apr_status_t bm_watch_create(bm_watch_t **pwatch, apr_pool_t *p)
{
    bm_watch_t *watch = apr_pcalloc(p, sizeof(*watch));

    *pwatch = NULL;
    watch->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (watch->epoll < 0)
        return errno;
    apr_pool_cleanup_register(p, watch, watch_cleanup, apr_pool_cleanup_null);
    *pwatch = watch;
    return APR_SUCCESS;
}

static apr_status_t grow(bm_watch_t *watch, int fd)
{
    int size = watch->size ? watch->size : 256;
    entry_t *entries;

    while (size <= fd)
        size *= 2;
    entries = realloc(watch->entries, (size_t)size * sizeof(*entries));
    if (entries == NULL)
        return APR_ENOMEM;
    memset(entries + watch->size, 0, (size_t)(size - watch->size) * sizeof(*entries));
    watch->entries = entries;
    watch->size = size;
    return APR_SUCCESS;
}

apr_status_t bm_watch_set(bm_watch_t *watch, int fd, unsigned events, void *owner)
{
    struct epoll_event ev = { .events = events, .data = { .fd = fd } };
    entry_t *entry;
    int op;

    if (fd >= watch->size && grow(watch, fd) != APR_SUCCESS)
        return APR_ENOMEM;
    entry = &watch->entries[fd];
    op = entry->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    entry->owner = owner;
    entry->watched = 1;
    if (epoll_ctl(watch->epoll, op, fd, &ev) == 0)
        return APR_SUCCESS;
    if (errno == ENOENT || errno == EEXIST) {
        op = errno == ENOENT ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
        if (epoll_ctl(watch->epoll, op, fd, &ev) == 0)
            return APR_SUCCESS;
    }
    return errno;
}

void bm_watch_remove(bm_watch_t *watch, int fd)
{
    epoll_ctl(watch->epoll, EPOLL_CTL_DEL, fd, NULL);
    if (fd < watch->size)
        watch->entries[fd] = (entry_t){ NULL, 0 };
}

void *bm_watch_owner(const bm_watch_t *watch, int fd)
{
    return fd < watch->size ? watch->entries[fd].owner : NULL;
}

int bm_watch_wait(bm_watch_t *watch, struct epoll_event *events, int max, int timeout_ms)
{
    int n = epoll_wait(watch->epoll, events, max, timeout_ms);

    return n > 0 ? n : 0;
}
