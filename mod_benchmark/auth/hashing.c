/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/hashing.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>
#include <apr_thread_pool.h>
#include "base/timefmt.h"
#include "crypt/password.h"

#define WAIT_FOR_A_PLACE apr_time_from_sec(2)
#define IDLE apr_time_from_sec(60)                /* then a thread ends */
/* A web thread that wakes up takes its CPU at once; on a machine that is busy otherwise a hash still gets a tenth of one. In the
 * idle class it would get a three-hundredth, take seconds, and could not be raised: only the privileged leave that class. */
#define NICE 10

/* Linux lets who runs go on for its slice, some milliseconds, before somebody who wakes up gets the CPU, also beside this
 * niceness; but not if the one that wakes has a shorter slice (since 6.12). So these threads ask for the longest there is. */
#define SLICE_NS 100000000

enum { PROCESSORS_FOR_TWO = 4 };

struct bm_hashing_t {
    apr_pool_t *p;
    apr_thread_mutex_t *mutex;                    /* of what follows, and of the state of every job */
    apr_thread_pool_t *threads;                   /* NULL: no password yet */
};

/* On the stack of who waits for it, by a condition of its own: in a storm many wait, and only one of them is concerned. */
typedef struct job_t {
    bm_hashing_t *h;
    apr_thread_cond_t *cond;
    const char *password;
    int verifies;
    const char *hash;                             /* verifies: of which; else the new one, in p */
    apr_pool_t *p;                                /* of who waits */
    int right;
    apr_status_t rv;
    enum { QUEUED, BEGUN, DONE } state;
} job_t;

bm_hashing_t *bm_hashing_make(apr_pool_t *p)
{
    bm_hashing_t *h = apr_pcalloc(p, sizeof(*h));

    h->p = p;
    apr_thread_mutex_create(&h->mutex, APR_THREAD_MUTEX_DEFAULT, p);
    return h;
}

static void set_state(job_t *job, int state)
{
    apr_thread_mutex_lock(job->h->mutex);
    job->state = state;
    if (state == DONE)                            /* that it has begun is seen by who gives up waiting for that */
        apr_thread_cond_signal(job->cond);
    apr_thread_mutex_unlock(job->h->mutex);
}

/* Of this thread alone. What cannot be had only makes hashes less polite. */
static void give_way(void)
{
#ifdef __linux__
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
#ifdef SYS_sched_setattr
    {
        struct {                                  /* struct sched_attr, which not every libc declares */
            apr_uint32_t size, policy;
            apr_uint64_t flags;
            apr_int32_t nice;
            apr_uint32_t priority;
            apr_uint64_t runtime, deadline, period;
        } attr = { .size = sizeof(attr), .nice = NICE, .runtime = SLICE_NS };

        (void)syscall(SYS_sched_setattr, 0, &attr, 0);
    }
#endif
#endif
}

static void *APR_THREAD_FUNC work(apr_thread_t *thread, void *data)
{
    job_t *job = data;

    (void)thread;
    give_way();
    set_state(job, BEGUN);
    if (job->verifies)
        job->right = bm_password_verify(job->hash, job->password);
    else
        job->rv = bm_password_hash(&job->hash, job->password, job->p);
    set_state(job, DONE);
    return NULL;
}

/* However nice, two that hash keep two processors and their caches busy: with as many, requests wait (docs/measurements.md). */
static int hashes_at_once(void)
{
    return sysconf(_SC_NPROCESSORS_ONLN) < PROCESSORS_FOR_TWO ? 1 : BM_HASHES_AT_ONCE_MAX;
}

static apr_status_t begin(bm_hashing_t *h, job_t *job)
{
    apr_status_t rv = APR_SUCCESS;

    apr_thread_mutex_lock(h->mutex);
    if (h->threads == NULL) {
        rv = apr_thread_pool_create(&h->threads, 0, (apr_size_t)hashes_at_once(), h->p);
        if (rv == APR_SUCCESS)
            apr_thread_pool_idle_wait_set(h->threads, IDLE);
    }
    apr_thread_mutex_unlock(h->mutex);
    return rv == APR_SUCCESS ? apr_thread_pool_push(h->threads, work, job, APR_THREAD_TASK_PRIORITY_NORMAL, job) : rv;
}

/* Waits until the job is done; one that has not begun in time is taken back. */
static apr_status_t run(job_t *job, bm_err_t *err)
{
    bm_hashing_t *h = job->h;
    apr_time_t until = bm_timefmt_steady() + WAIT_FOR_A_PLACE, now;
    int late;

    apr_thread_cond_create(&job->cond, job->p);
    if (begin(h, job) != APR_SUCCESS)
        return bm_err_set(err, APR_EAGAIN, "too_busy", "The password cannot be checked now; try again.");
    apr_thread_mutex_lock(h->mutex);
    while (job->state == QUEUED && (now = bm_timefmt_steady()) < until)
        apr_thread_cond_timedwait(job->cond, h->mutex, until - now);
    late = job->state == QUEUED;
    apr_thread_mutex_unlock(h->mutex);
    if (late)
        apr_thread_pool_tasks_cancel(h->threads, job);          /* should it have begun meanwhile: returns when it is done */
    apr_thread_mutex_lock(h->mutex);
    while (job->state == BEGUN)
        apr_thread_cond_wait(job->cond, h->mutex);
    late = job->state == QUEUED;
    apr_thread_mutex_unlock(h->mutex);
    return late ? bm_err_set(err, APR_EAGAIN, "too_busy", "Too many passwords are being checked; try again.") : APR_SUCCESS;
}

apr_status_t bm_hashing_hash(const char **phash, bm_hashing_t *h, const char *password, bm_err_t *err, apr_pool_t *p)
{
    job_t job = { .h = h, .password = password, .p = p };
    apr_status_t rv = run(&job, err);

    *phash = job.hash;
    if (rv != APR_SUCCESS)
        return rv;
    if (job.rv == APR_ENOTIMPL)
        return bm_err_set(err, APR_EGENERAL, "not_built_in", "This server was built without libsodium: it has no passwords.");
    return job.rv == APR_SUCCESS || job.rv == APR_EINVAL ? job.rv
        : bm_err_set(err, APR_EAGAIN, "too_busy", "The password cannot be hashed now; try again.");
}

apr_status_t bm_hashing_verify(bm_hashing_t *h, const char *hash, const char *password, bm_err_t *err, apr_pool_t *p)
{
    job_t job = { .h = h, .password = password, .verifies = 1, .hash = hash, .p = p };
    apr_status_t rv = run(&job, err);

    return rv != APR_SUCCESS ? rv : job.right ? APR_SUCCESS : APR_EACCES;
}
