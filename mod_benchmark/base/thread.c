/* SPDX-License-Identifier: Apache-2.0 */
#include "base/thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <apr_allocator.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

struct bm_thread_t {
    apr_thread_t *handle;
    const char *name;
    bm_thread_fn *body;
    void *baton;
    atomic_int stopping;
};

static int out_of_memory(int status)
{
    (void)status;
    abort();
}

apr_pool_t *bm_thread_pool_make(const char *name)
{
    apr_allocator_t *allocator;
    apr_pool_t *p;

    if (apr_allocator_create(&allocator) != APR_SUCCESS
        || apr_pool_create_ex(&p, NULL, out_of_memory, allocator) != APR_SUCCESS)
        abort();
    apr_allocator_owner_set(allocator, p);
    apr_pool_tag(p, name);
    return p;
}

static void * APR_THREAD_FUNC thread_main(apr_thread_t *handle, void *data)
{
    bm_thread_t *thread = data;
    apr_pool_t *p = bm_thread_pool_make(thread->name);

    pthread_setname_np(pthread_self(), thread->name);
    thread->body(thread, thread->baton, p);
    apr_pool_destroy(p);
    apr_thread_exit(handle, APR_SUCCESS);
    return NULL;
}

apr_status_t bm_thread_start(bm_thread_t **pthread, const char *name, bm_thread_fn *body, void *baton, apr_pool_t *p)
{
    bm_thread_t *thread = apr_pcalloc(p, sizeof(*thread));
    sigset_t all, before;
    apr_status_t rv;

    thread->name = apr_pstrndup(p, name, 15);
    thread->body = body;
    thread->baton = baton;
    atomic_init(&thread->stopping, 0);
    *pthread = thread;                   /* before it begins: its body may look there */
    sigfillset(&all);                    /* inherited by the new thread: signals belong to the main thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rv = apr_thread_create(&thread->handle, NULL, thread_main, thread, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rv != APR_SUCCESS)
        *pthread = NULL;
    return rv;
}

void bm_thread_stop(bm_thread_t *thread)
{
    atomic_store(&thread->stopping, 1);
}

int bm_thread_stopping(const bm_thread_t *thread)
{
    return atomic_load(&thread->stopping);
}

void bm_thread_join(bm_thread_t *thread)
{
    apr_status_t result;

    apr_thread_join(&result, thread->handle);
}
