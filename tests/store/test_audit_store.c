/* SPDX-License-Identifier: Apache-2.0
 *
 * Retention of the audit log: whole batches go, oldest first, and what stays is made again from the checkpoint. */
#include "store_test.h"

#include "store/audit_store.h"

enum { BATCHES, ENTRIES, BROKEN, LAST, LAST_HASH, OPEN, REMOVED_TO };

static bm_rows_t *verdict(bm_db_t *db)
{
    bm_rows_t *rows = NULL;

    ck_assert_int_eq(bm_audit_store_verify(&rows, db, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_rows_count(rows), 1);
    return rows;
}

static int intact(bm_db_t *db)
{
    return bm_rows_is_null(verdict(db), 0, BROKEN);
}

/* Three entries (n: 1 to 3) whose age in days is that expression, in a batch of their own. */
static void add_batch_of(bm_db_t *db, const char *days)
{
    const char *head;
    int sealed = 0, i;

    store_sql(db, apr_psprintf(g_pool, "insert into audit_log (at, role, action, object, outcome, status, request_id)"
                               " select now() - (%s) * interval '1 day', 'none', 'POST /x', '/x', 'done', 200, 'r'"
                               " from generate_series(1, 3) n", days));
    for (i = 0; i < 2; i++) {
        ck_assert_int_eq(bm_audit_store_seal(&sealed, &head, db, NULL, g_pool), APR_SUCCESS);
        store_sql(db, "update audit_horizon set seen_at = now() - interval '1 hour'");
    }
    ck_assert_int_eq(sealed, 3);
}

static void add_batch(bm_db_t *db, int days)
{
    add_batch_of(db, apr_itoa(g_pool, days));
}

/* What forgetting entries of more than so many days removes, and at which batch it stops. */
static int forget_to(bm_db_t *db, int days, const char **head, apr_int64_t *broken)
{
    int removed;

    ck_assert_int_eq(bm_audit_store_forget(&removed, head, broken, db, days, NULL, g_pool), APR_SUCCESS);
    return removed;
}

/* Likewise where all is what was sealed. */
static int forget(bm_db_t *db, int days, const char **head)
{
    apr_int64_t broken;
    int removed = forget_to(db, days, head, &broken);

    ck_assert_int_eq(broken, 0);
    return removed;
}

static const char *hash_of(bm_db_t *db, int batch)
{
    return store_text(db, apr_psprintf(g_pool, "select encode(hash, 'hex') from audit_seal where batch = %d", batch));
}

static bm_db_t *scene(const char *name)
{
    static const int ages[] = { 400, 400, 31, 29, 0 };
    bm_db_t *db = store_schema(name);
    size_t i;

    for (i = 0; i < sizeof(ages) / sizeof(ages[0]); i++)
        add_batch(db, ages[i]);
    ck_assert(intact(db));
    return db;
}

BM_TEST(old_batches_go_and_the_chain_stays)
{
    bm_db_t *db = scene("audit_goes");
    const char *hashes[6], *head;
    int i, has, removed;

    for (i = 1; i <= 5; i++)
        hashes[i] = hash_of(db, i);
    ck_assert_int_eq(forget(db, 500, &head), 0);
    ck_assert_ptr_null(head);
    ck_assert_int_eq(forget(db, 30, &head), 9);
    ck_assert_str_eq(head, apr_pstrcat(g_pool, "3 ", hashes[3], NULL));
    ck_assert_int_eq(forget(db, 30, &head), 0);
    ck_assert_int_eq(bm_rows_int64(verdict(db), 0, BATCHES, 0), 2);
    ck_assert_int_eq(bm_rows_int64(verdict(db), 0, ENTRIES, 0), 6);
    ck_assert_int_eq(bm_rows_int64(verdict(db), 0, REMOVED_TO, 0), 3);
    ck_assert(intact(db));
    for (i = 1; i <= 5; i++) {
        ck_assert_int_eq(bm_audit_store_has(&has, &removed, db, i, hashes[i], NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(has, i >= 3);
        ck_assert_int_eq(removed, i < 3);
    }
    ck_assert_int_eq(bm_audit_store_has(&has, &removed, db, 3, hashes[2], NULL, g_pool), APR_SUCCESS);
    ck_assert(!has && !removed);
    add_batch(db, 0);
    ck_assert(intact(db));
    ck_assert_int_eq(bm_rows_int64(verdict(db), 0, LAST, 0), 6);
    ck_assert_int_eq(forget(db, 1, &head), 3);                     /* that of 29 days */
    ck_assert(intact(db));
}
END_TEST

/* The chain's end stays, however old it is, and a batch with one young entry as a whole. */
BM_TEST(what_is_young_and_the_last_batch_stay)
{
    bm_db_t *db = store_schema("audit_stays");
    const char *head;
    int i;

    for (i = 0; i < 5; i++)
        add_batch_of(db, i == 1 ? "case when n = 2 then 0 else 400 end" : "400");
    ck_assert_int_eq(forget(db, 30, &head), 3);
    ck_assert_int_eq(forget(db, 30, &head), 0);
    db = store_schema("audit_stays");
    for (i = 0; i < 5; i++)
        add_batch(db, 400);
    ck_assert_int_eq(forget(db, 30, &head), 12);
    ck_assert_int_eq(forget(db, 30, &head), 0);
    ck_assert_int_eq(store_int(db, "select count(*) from audit_log"), 3);
    ck_assert_int_eq(store_int(db, "select min(batch) from audit_seal"), 5);
}
END_TEST

static const struct { const char *spoil, *mend; } spoils[] = {
    { "delete from audit_log where id = 10", "insert into audit_log select * from kept" },
    { "insert into audit_log select (jsonb_populate_record(k, '{\"id\": 1}')).* from kept k",
      "delete from audit_log where id = 1" },
    { "update audit_checkpoint set hash = sha256(hash)", "update audit_checkpoint set hash = (select hash from point)" },
    { "update audit_checkpoint set batch = batch - 1", "update audit_checkpoint set batch = batch + 1" },
    { "update audit_checkpoint set last_id = last_id + 3", "update audit_checkpoint set last_id = last_id - 3" }
};

BM_TEST(what_is_done_behind_the_checkpoint_is_found)
{
    bm_db_t *db = scene("audit_found");
    const char *head;
    size_t i;

    ck_assert_int_eq(forget(db, 30, &head), 9);
    store_sql(db, "create table kept as select * from audit_log where id = 10");
    store_sql(db, "create table point as table audit_checkpoint");
    for (i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
        store_sql(db, spoils[i].spoil);
        ck_assert_msg(!intact(db), "not found: %s", spoils[i].spoil);
        store_sql(db, spoils[i].mend);
        ck_assert_msg(intact(db), "not mended: %s", spoils[i].mend);
    }
}
END_TEST

/* Batch 2 of three old ones is spoilt, or something is slipped in before all of them. */
static const struct { const char *spoil, *mend; int removed, broken; } tampered[] = {
    { "update audit_log set actor = 'x' where id = 5", "update audit_log set actor = null where id = 5", 3, 2 },
    { "create table kept as select * from audit_log where id = 4; delete from audit_log where id = 4",
      "insert into audit_log select * from kept", 3, 2 },
    { "update audit_seal set hash = sha256(hash) where batch = 3",
      "update audit_seal set hash = audit_chained((select hash from audit_checkpoint), 3, last_id, entries, rows_hash)"
      " where batch = 3", 6, 3 },
    { "update audit_log set actor = 'x' where id = 1", "update audit_log set actor = null where id = 1", 0, 1 },
    { "update audit_log set actor = 'x' where id = 10", "update audit_log set actor = null where id = 10", 9, 0 }
};

/* What somebody has to look at is not removed. */
BM_LOOP_TEST(a_batch_that_was_changed_stays, BM_COUNT(tampered))
{
    bm_db_t *db = scene("audit_changed");
    const char *head, *spoil = apr_pstrdup(g_pool, tampered[_i].spoil), *second = strstr(spoil, "; ");
    apr_int64_t broken;

    if (second != NULL)
        store_sql(db, apr_pstrmemdup(g_pool, spoil, (apr_size_t)(second - spoil)));
    store_sql(db, second != NULL ? second + 2 : spoil);
    ck_assert_int_eq(forget_to(db, 30, &head, &broken), tampered[_i].removed);
    ck_assert_int_eq(broken, tampered[_i].broken);
    ck_assert_int_eq(forget_to(db, 30, &head, &broken), 0);
    ck_assert_int_eq(broken, tampered[_i].broken);
    ck_assert(!intact(db));
    store_sql(db, tampered[_i].mend);
    ck_assert(intact(db));
    ck_assert_int_eq(forget(db, 30, &head), 9 - tampered[_i].removed);
    ck_assert(intact(db));
}
END_TEST

/* Behind the checkpoint there is nothing: what was slipped in there would go unseen with the next batch. */
BM_TEST(what_is_slipped_in_before_the_checkpoint_stays)
{
    bm_db_t *db = scene("audit_slipped");
    const char *head;
    apr_int64_t broken;

    ck_assert_int_eq(forget(db, 100, &head), 6);
    store_sql(db, "insert into audit_log (id, at, role, action, object, outcome, status, request_id)"
                  " select 2, now() - interval '400 days', 'none', 'POST /x', '/x', 'done', 200, 'r'");
    ck_assert_int_eq(forget_to(db, 30, &head, &broken), 0);
    ck_assert_int_eq(broken, 2);
    ck_assert_int_eq(store_int(db, "select count(*) from audit_log where id = 2"), 1);
    store_sql(db, "delete from audit_log where id = 2");
    ck_assert_int_eq(forget(db, 30, &head), 3);
    ck_assert(intact(db));
}
END_TEST

static int refuses(bm_db_t *db, const char *sql)
{
    bm_stmt_t stmt = { "test", sql, .unprepared = 1 };

    return bm_db_query(NULL, db, &stmt, BM_NO_PARAMS, NULL, g_pool) != APR_SUCCESS;
}

/* With an owner who is no superuser, and a role of the module's that has what docs/security.md grants: both cannot delete but by
 * the function, and have no more rights afterwards. */
BM_TEST(rights_last_as_long_as_the_function)
{
    static const char rights[] = "select string_agg(relname || coalesce(relacl::text, ''), ' ' order by relname) from pg_class"
                                 " where relname in ('audit_log', 'audit_seal', 'audit_checkpoint')"
                                 " and relnamespace = 'audit_rights'::regnamespace";
    static const char *const roles[] = {
        "drop role if exists audit_owner, audit_writer", "create role audit_owner", "create role audit_writer",
        "grant usage on schema audit_rights to audit_owner, audit_writer",
        "grant select on all tables in schema audit_rights to audit_writer",
        "alter table audit_log owner to audit_owner", "alter table audit_seal owner to audit_owner",
        "alter table audit_checkpoint owner to audit_owner", "alter function audit_forget owner to audit_owner"
    };
    bm_db_t *db = scene("audit_rights");
    const char *before;
    size_t i;

    for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
        store_sql(db, roles[i]);
    before = store_text(db, rights);
    store_sql(db, "set role audit_owner");
    ck_assert(refuses(db, "delete from audit_log"));
    ck_assert(refuses(db, "update audit_checkpoint set batch = 1"));
    store_sql(db, "set role audit_writer");
    ck_assert(refuses(db, "delete from audit_log"));
    ck_assert(refuses(db, "select audit_forget(30, 20000)"));
    store_sql(db, "reset role");
    store_sql(db, "grant execute on function audit_forget(integer, integer) to audit_writer");
    store_sql(db, "set role audit_writer");
    ck_assert(refuses(db, "select audit_forget(0, 20000)"));
    ck_assert_int_eq(store_int(db, "select removed from audit_forget(30, 20000)"), 9);
    ck_assert(refuses(db, "delete from audit_log"));
    store_sql(db, "reset role");
    ck_assert_str_eq(store_text(db, rights), before);
    ck_assert(intact(db));
    store_sql(db, "drop schema audit_rights cascade");
    store_sql(db, "drop owned by audit_owner, audit_writer");
    store_sql(db, "drop role audit_owner, audit_writer");
}
END_TEST

#include "test_audit_store.reg"
