/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs are recorded, deleted, folded and rebuilt at once; what is counted in the end is what is there. */
#include "kpi_scene.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct party_t {
    const char *schema;
    pthread_t thread;
    atomic_int *done;
    apr_array_header_t *samples;
    apr_pool_t *p;
    int rounds, wrong;
} party_t;

static bm_db_t *party_begin(party_t *party, apr_pool_t **pround)
{
    bm_db_options_t options = store_options(party->schema);
    bm_db_t *db = NULL;

    apr_pool_create_unmanaged_ex(&party->p, NULL, NULL);
    apr_pool_create(pround, party->p);
    party->wrong += bm_db_connect(&db, &options, NULL, party->p) != APR_SUCCESS;
    return db;
}

static void *record_always(void *data)
{
    party_t *party = data;
    apr_pool_t *pround;
    bm_db_t *db = party_begin(party, &pround);
    bm_finish_t *finish = finisher(party->schema, party->p);
    bm_rand_t r;

    bm_rand_seed(&r, 5);
    party->samples = apr_array_make(party->p, 2000, sizeof(bm_kpi_sample_t *));
    for (; party->rounds < 120 && !party->wrong; party->rounds++) {
        apr_pool_clear(pround);
        record_runs(party->samples, finish, db, 15, &r, pround);
    }
    bm_finish_close(finish);
    return NULL;
}

static void *delete_always(void *data)
{
    static const bm_stmt_t any = { "t_any", "select id from runs where id % 3 > 0 order by random() limit 3" };
    party_t *party = data;
    apr_pool_t *pround;
    bm_db_t *db = party_begin(party, &pround);
    bm_rows_t *rows;
    int i;

    while (!atomic_load(party->done) && !party->wrong) {
        apr_pool_clear(pround);
        party->wrong += bm_db_query(&rows, db, &any, BM_NO_PARAMS, NULL, pround) != APR_SUCCESS;
        for (i = 0; !party->wrong && i < bm_rows_count(rows); i++) {
            apr_status_t rv = bm_run_store_delete(db, bm_rows_int64(rows, i, 0, 0), NULL, pround);

            party->wrong += rv != APR_SUCCESS && rv != APR_NOTFOUND;
            party->rounds++;
        }
    }
    return NULL;
}

static void *rebuild_always(void *data)
{
    party_t *party = data;
    apr_pool_t *pround;
    bm_db_t *db = party_begin(party, &pround);
    int done;

    while (!atomic_load(party->done) && !party->wrong) {
        apr_pool_clear(pround);
        party->wrong += bm_kpi_rebuild_hour(&done, bm_kpi_labels_make(SCENE_LABELS, pround), db, NULL, pround) != APR_SUCCESS;
        party->rounds += done;
        apr_sleep(300);                              /* leave the others a chance at the lock */
    }
    return NULL;
}

static void *compact_always(void *data)
{
    party_t *party = data;
    apr_pool_t *pround;
    bm_db_t *db = party_begin(party, &pround);
    int folded;

    while (!atomic_load(party->done) && !party->wrong) {
        apr_pool_clear(pround);
        party->wrong += bm_kpi_store_compact(&folded, db, 1000, 1000, bm_kpi_merge, NULL, NULL, pround) != APR_SUCCESS;
        party->rounds += folded > 0;
        apr_sleep(500);
    }
    return NULL;
}

BM_TEST(recording_deleting_compacting_and_rebuilding_at_once)
{
    enum { RECORD, DELETE, DELETE_TOO, REBUILD, REBUILD_TOO, COMPACT, PARTIES };
    static void *(*const mains[])(void *) = { record_always, delete_always, delete_always, rebuild_always, rebuild_always,
                                              compact_always };
    scene_t s = scene("rebuild_chaos");
    party_t parties[PARTIES];
    atomic_int done = 0;
    int i;

    for (i = 0; i < PARTIES; i++) {
        parties[i] = (party_t){ .schema = "rebuild_chaos", .done = &done };
        pthread_create(&parties[i].thread, NULL, mains[i], &parties[i]);
    }
    pthread_join(parties[RECORD].thread, NULL);
    atomic_store(&done, 1);
    for (i = 0; i < PARTIES; i++) {
        if (i != RECORD)
            pthread_join(parties[i].thread, NULL);
        ck_assert_int_eq(parties[i].wrong, 0);
        ck_assert_int_gt(parties[i].rounds, 0);
    }
    ck_assert_int_gt(store_int(s.db, "select count(*) from runs"), 0);
    rebuild(s.db);
    assert_true(s.db, parties[RECORD].samples);
    compact(s.db);
    assert_true(s.db, parties[RECORD].samples);
    for (i = 0; i < PARTIES; i++)
        apr_pool_destroy(parties[i].p);
}
END_TEST

#include "test_kpi_rebuild_at_once.reg"
