/* SPDX-License-Identifier: Apache-2.0 */
#include "store/login_budget_store.h"

#include <string.h>
#include <arpa/inet.h>
#include <apr_strings.h>
#include "crypt/opaque_token.h"

/* An address of IPv6 stands for its /64: whoever has one has all of them. */
static const char *place_of(const char *address, apr_pool_t *p)
{
    struct in6_addr v6;
    char text[INET6_ADDRSTRLEN];

    if (address == NULL)
        return "";
    if (inet_pton(AF_INET6, address, &v6) != 1 || IN6_IS_ADDR_V4MAPPED(&v6))
        return address;
    memset(v6.s6_addr + 8, 0, 8);
    return apr_pstrdup(p, inet_ntop(AF_INET6, &v6, text, sizeof(text)));
}

static void key_of(unsigned char key[BM_DIGEST_BYTES], const char *kind, const char *name, apr_pool_t *p)
{
    const char *text = apr_pstrcat(p, kind, name, NULL);

    bm_opaque_digest(key, text, strlen(text));
}

/* A row comes back for each budget that had an attempt left. In the order of keys, so that two never wait for each other. */
static const bm_stmt_t login_take = { "login_take",
    "insert into login_budgets as b (key, tat)"
    " select key, now() + step * interval '1 second' from (values ($1::bytea, $2::integer, $3::integer), ($4, $5, $6))"
    "  v (key, step, burst) order by key"
    " on conflict (key) do update set tat = greatest(b.tat, now()) + (excluded.tat - now())"
    "  where greatest(b.tat, now()) + (excluded.tat - now())"
    "   <= now() + (case when b.key = $1 then $2::integer * $3::integer else $5::integer * $6::integer end) * interval '1 second'"
    " returning key" };

apr_status_t bm_login_budget_store_take(bm_db_t *db, const char *user, const char *address, bm_err_t *err, apr_pool_t *p)
{
    unsigned char by_user[BM_DIGEST_BYTES], by_address[BM_DIGEST_BYTES];
    bm_rows_t *rows;
    apr_status_t rv;

    key_of(by_user, "user:", user, p);
    key_of(by_address, "address:", place_of(address, p), p);
    rv = bm_db_query(&rows, db, &login_take,
                     BM_PARAMS(bm_param_bytes(by_user, BM_DIGEST_BYTES), bm_param_int(BM_LOGIN_USER_SECONDS),
                               bm_param_int(BM_LOGIN_USER_BURST), bm_param_bytes(by_address, BM_DIGEST_BYTES),
                               bm_param_int(BM_LOGIN_ADDRESS_SECONDS), bm_param_int(BM_LOGIN_ADDRESS_BURST)), err, p);
    if (rv != APR_SUCCESS || bm_rows_count(rows) == 2)
        return rv;
    if (err != NULL)
        err->retry_after_s = BM_LOGIN_USER_SECONDS;
    return bm_err_set(err, APR_EAGAIN, "too_many_logins", "Too many attempts to log in; try again later.");
}

static const bm_stmt_t login_return = { "login_return",
    "update login_budgets set tat = case when key = $1 then now() else tat - $3 * interval '1 second' end"
    " where key in ($1, $2)" };

apr_status_t bm_login_budget_store_return(bm_db_t *db, const char *user, const char *address, bm_err_t *err, apr_pool_t *p)
{
    unsigned char by_user[BM_DIGEST_BYTES], by_address[BM_DIGEST_BYTES];

    key_of(by_user, "user:", user, p);
    key_of(by_address, "address:", place_of(address, p), p);
    return bm_db_query(NULL, db, &login_return,
                       BM_PARAMS(bm_param_bytes(by_user, BM_DIGEST_BYTES), bm_param_bytes(by_address, BM_DIGEST_BYTES),
                                 bm_param_int(BM_LOGIN_ADDRESS_SECONDS)), err, p);
}

static const bm_stmt_t login_prune = { "login_prune", "delete from login_budgets where tat < now()" };

apr_status_t bm_login_budget_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &login_prune, BM_NO_PARAMS, err, p);
}
