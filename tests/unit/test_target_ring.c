/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "shm/target_ring.h"

static bm_target_ring_t *make_ring(apr_uint32_t records)
{
    bm_region_t *region;
    bm_target_ring_t *ring;

    ck_assert_int_eq(bm_region_create(&region, bm_target_ring_size(records), g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_target_ring_create(&ring, records, region), APR_SUCCESS);
    return ring;
}

/* Every member follows from n, so that a mixture of two records is noticed. */
static bm_target_record_t record_of(apr_uint64_t n)
{
    bm_target_record_t r = {
        .key = n * 3 + 1, .kind = n % 10 == 9 ? BM_TARGET_REQUEST : BM_TARGET_CHUNK, .index = (apr_uint32_t)n,
        .read_ns = (apr_int64_t)(n * 5), .planned_ns = (apr_int64_t)(n * 7), .sent_ns = (apr_int64_t)(n * 11),
        .end_ns = (apr_int64_t)(n * 13), .flags = (apr_uint32_t)n * 17, .tokens = (apr_uint32_t)n * 19,
    };

    return r;
}

static int is_record(const bm_target_record_t *r, apr_uint64_t n)
{
    bm_target_record_t expected = record_of(n);

    return memcmp(r, &expected, sizeof(expected)) == 0;
}

BM_TEST(what_is_put_is_read_in_order)
{
    bm_target_ring_t *ring = make_ring(64);
    apr_uint64_t cursor = bm_target_ring_head(ring), lost = 0;
    bm_target_record_t r;

    ck_assert_int_eq(bm_target_ring_next(ring, &cursor, &r, &lost), APR_EAGAIN);
    for (apr_uint64_t n = 0; n < 50; n++) {
        bm_target_record_t put = record_of(n);

        bm_target_ring_put(ring, &put);
    }
    for (apr_uint64_t n = 0; n < 50; n++) {
        ck_assert_int_eq(bm_target_ring_next(ring, &cursor, &r, &lost), APR_SUCCESS);
        ck_assert(is_record(&r, n));
    }
    ck_assert_int_eq(bm_target_ring_next(ring, &cursor, &r, &lost), APR_EAGAIN);
    ck_assert_uint_eq(lost, 0);
}
END_TEST

BM_TEST(a_lapped_reader_is_told_what_it_lost)
{
    bm_target_ring_t *ring = make_ring(64);
    apr_uint64_t cursor = 0, lost = 0, seen = 0, last = 0;
    bm_target_record_t r;

    for (apr_uint64_t n = 0; n < 1000; n++) {
        bm_target_record_t put = record_of(n);

        bm_target_ring_put(ring, &put);
    }
    while (bm_target_ring_next(ring, &cursor, &r, &lost) == APR_SUCCESS) {
        last = r.index;
        ck_assert(is_record(&r, last));
        seen++;
    }
    ck_assert_uint_eq(seen + lost, 1000);
    ck_assert_uint_ge(seen, 60);
    ck_assert_uint_eq(last, 999);
}
END_TEST

BM_TEST(collect_takes_the_wanted_keys_only)
{
    static const apr_uint64_t keys[] = { 1, 16, 31, 5000 }, wrong[] = { 2, 1 };
    bm_target_ring_t *ring = make_ring(64);
    apr_array_header_t *records = apr_array_make(g_pool, 4, sizeof(bm_target_record_t));
    apr_uint64_t cursor = 0, lost = 0;

    for (apr_uint64_t n = 0; n < 40; n++) {
        bm_target_record_t put = record_of(n);

        bm_target_ring_put(ring, &put);
    }
    ck_assert_int_eq(bm_target_ring_collect(ring, &cursor, wrong, 2, records, &lost), APR_EINVAL);
    ck_assert_int_eq(bm_target_ring_collect(ring, &cursor, keys, BM_COUNT(keys), records, &lost), APR_SUCCESS);
    ck_assert_int_eq(records->nelts, 3);
    ck_assert(is_record(&APR_ARRAY_IDX(records, 2, bm_target_record_t), 10));
    ck_assert_uint_eq(cursor, 40);
    ck_assert_int_eq(bm_target_ring_collect(ring, &cursor, keys, BM_COUNT(keys), records, &lost), APR_SUCCESS);
    ck_assert_int_eq(records->nelts, 3);
}
END_TEST

BM_TEST(the_port_is_published_and_withdrawn)
{
    bm_target_ring_t *ring = make_ring(64);
    int pid = -1;

    ck_assert_int_eq(bm_target_ring_port(ring, &pid), 0);
    bm_target_ring_publish(ring, 65535, 4194304, NULL);
    ck_assert_int_eq(bm_target_ring_port(ring, &pid), 65535);
    ck_assert_int_eq(pid, 4194304);
    bm_target_ring_publish(ring, 0, 1, NULL);
    ck_assert_int_eq(bm_target_ring_port(ring, NULL), 0);
}
END_TEST

BM_TEST(the_certificate_is_told_while_its_owner_serves)
{
    static char long_one[BM_TARGET_CERTIFICATE_MAX + 1];
    bm_target_ring_t *ring = make_ring(64);

    ck_assert_ptr_null(bm_target_ring_certificate(ring, g_pool));
    bm_target_ring_publish(ring, 1, 1, NULL);
    ck_assert_ptr_null(bm_target_ring_certificate(ring, g_pool));
    bm_target_ring_publish(ring, 1, 1, "a longer one");
    ck_assert_str_eq(bm_target_ring_certificate(ring, g_pool), "a longer one");
    bm_target_ring_publish(ring, 1, 2, "short");
    ck_assert_str_eq(bm_target_ring_certificate(ring, g_pool), "short");
    bm_target_ring_publish(ring, 0, 0, "short");
    ck_assert_ptr_null(bm_target_ring_certificate(ring, g_pool));
    memset(long_one, 'x', BM_TARGET_CERTIFICATE_MAX - 1);
    bm_target_ring_publish(ring, 1, 2, long_one);
    ck_assert_str_eq(bm_target_ring_certificate(ring, g_pool), long_one);
    memset(long_one, 'x', BM_TARGET_CERTIFICATE_MAX);
    bm_target_ring_publish(ring, 1, 2, long_one);
    ck_assert_ptr_null(bm_target_ring_certificate(ring, g_pool));
}
END_TEST

/* Read up to record number end - 1. @return how many were read; *lost the others. */
static apr_uint64_t read_all(bm_target_ring_t *ring, apr_uint64_t end, apr_uint64_t *lost, int *torn)
{
    apr_uint64_t cursor = 0, seen = 0, wanted = 0;
    bm_target_record_t r;

    while (cursor < end) {
        if (bm_target_ring_next(ring, &cursor, &r, lost) != APR_SUCCESS)
            continue;
        wanted = cursor - 1;
        *torn += !is_record(&r, wanted);
        seen++;
    }
    return seen;
}

enum { RECORDS = 300000 };

static void *writer_thread(void *data)
{
    for (apr_uint64_t n = 0; n < RECORDS; n++) {
        bm_target_record_t put = record_of(n);

        bm_target_ring_put(data, &put);
    }
    return NULL;
}

/* Under TSan this is also the proof that no access is a race. A small ring, so that it is lapped often. */
BM_TEST(threads_never_see_half_a_record)
{
    bm_target_ring_t *ring = make_ring(64);
    apr_uint64_t lost = 0, seen;
    pthread_t writer;
    int torn = 0;

    pthread_create(&writer, NULL, writer_thread, ring);
    seen = read_all(ring, RECORDS, &lost, &torn);
    pthread_join(writer, NULL);
    ck_assert_int_eq(torn, 0);
    ck_assert_uint_eq(seen + lost, RECORDS);
}
END_TEST

BM_TEST(a_forked_writer_reaches_the_reader)
{
    bm_target_ring_t *ring = make_ring(4096);
    apr_uint64_t lost = 0, seen;
    int status, torn = 0;
    pid_t pid = fork();

    if (pid == 0) {
        writer_thread(ring);
        _exit(0);
    }
    seen = read_all(ring, RECORDS, &lost, &torn);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(torn, 0);
    ck_assert_uint_eq(seen + lost, RECORDS);
    ck_assert_uint_gt(seen, 0);
}
END_TEST

/* A writer killed anywhere leaves a ring that its successor goes on with. */
BM_TEST(a_killed_writer_leaves_a_sound_ring)
{
    bm_target_ring_t *ring = make_ring(256);

    for (int round = 0; round < 30; round++) {
        apr_uint64_t cursor, lost = 0;
        bm_target_record_t r;
        int status;
        pid_t pid = fork();

        if (pid == 0)
            for (;;) {
                bm_target_record_t put = record_of(bm_target_ring_head(ring));

                bm_target_ring_put(ring, &put);
            }
        usleep(2000);
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        cursor = bm_target_ring_tail(ring);
        while (bm_target_ring_next(ring, &cursor, &r, &lost) == APR_SUCCESS)
            ck_assert(is_record(&r, cursor - 1));
        ck_assert_uint_eq(cursor, bm_target_ring_head(ring));
    }
}
END_TEST

#include "test_target_ring.reg"
