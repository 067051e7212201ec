/* SPDX-License-Identifier: Apache-2.0 */
#include "store/about_store.h"

static const bm_stmt_t about_get = { "about_get",
    "select current_setting('server_version'), coalesce(s.ssl, false), s.version, s.cipher, pg_is_in_recovery(),"
    " (select count(distinct host) from engines where beat_at > now() - interval '1 day'),"
    " (select count(*) from engines where state <> 'stopped' and beat_at > now() - interval '15 seconds')"
    " from (select pg_backend_pid() as pid) me left join pg_stat_ssl s using (pid)" };

apr_status_t bm_about_store_get(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &about_get, BM_NO_PARAMS, err, p);
}
