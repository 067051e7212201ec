/* SPDX-License-Identifier: Apache-2.0 */
#include "store/login_budget_store.h"

#include <string.h>
#include <arpa/inet.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include "base/text.h"
#include "crypt/opaque_token.h"

#define NAME_MAX_BYTES 1024      /* longer ones are nobody's */

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

/* Names that differ in their letters' case alone may be of one user, somewhere. */
static void key_of(unsigned char key[BM_DIGEST_BYTES], const char *kind, const char *name, apr_pool_t *p)
{
    char *text = apr_pstrcat(p, kind, name, NULL), *c;

    for (c = text; *c != '\0'; c++)
        *c = apr_tolower(*c);
    bm_opaque_digest(key, text, strlen(text));
}

/* A user of ours has one budget, by whichever name or spelling of his address he is called: $1 is the key of a name that is
 * nobody's, name its parameter. */
#define BUDGET_OF(name) \
    "with u as (select coalesce((select sha256(convert_to('user ' || id, 'UTF8')) from users" \
    " where lower(name) = lower(" name ") and name = " name " or lower(email) = lower(" name ")" \
    " order by name = " name " desc limit 1)," \
    " $1::bytea) as key) "

/* As the database can take it: bytes that are no text are nobody's name. */
static bm_param_t name_param(const char *name, apr_pool_t *p)
{
    return bm_param_text(bm_text_clean_utf8(name, strlen(name), NAME_MAX_BYTES, p));
}

/* A row comes back for each budget that had an attempt left. In the order of keys, so that two never wait for each other. */
static const bm_stmt_t login_take = { "login_take",
    BUDGET_OF("$7") "insert into login_budgets as b (key, tat)"
    " select key, now() + step * interval '1 second' from (select key, $2::integer, $3::integer from u union all"
    "  select $4::bytea, $5::integer, $6::integer) v (key, step, burst) order by key"
    " on conflict (key) do update set tat = greatest(b.tat, now()) + (excluded.tat - now())"
    "  where greatest(b.tat, now()) + (excluded.tat - now())"
    "   <= now() + (case when b.key = $4 then $5::integer * $6::integer else $2::integer * $3::integer end) * interval '1 second'"
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
                               bm_param_int(BM_LOGIN_ADDRESS_SECONDS), bm_param_int(BM_LOGIN_ADDRESS_BURST),
                               name_param(user, p)), err, p);
    if (rv != APR_SUCCESS || bm_rows_count(rows) == 2)
        return rv;
    if (err != NULL)
        err->retry_after_s = BM_LOGIN_USER_SECONDS;
    return bm_err_set(err, APR_EAGAIN, "too_many_logins", "Too many attempts to log in; try again later.");
}

static const bm_stmt_t login_return = { "login_return",
    BUDGET_OF("$4") "update login_budgets b set tat = case when b.key = $2 then tat - $3 * interval '1 second' else now() end"
    " from u where b.key in (u.key, $2::bytea)" };

apr_status_t bm_login_budget_store_return(bm_db_t *db, const char *user, const char *address, bm_err_t *err, apr_pool_t *p)
{
    unsigned char by_user[BM_DIGEST_BYTES], by_address[BM_DIGEST_BYTES];

    key_of(by_user, "user:", user, p);
    key_of(by_address, "address:", place_of(address, p), p);
    return bm_db_query(NULL, db, &login_return,
                       BM_PARAMS(bm_param_bytes(by_user, BM_DIGEST_BYTES), bm_param_bytes(by_address, BM_DIGEST_BYTES),
                                 bm_param_int(BM_LOGIN_ADDRESS_SECONDS), name_param(user, p)), err, p);
}

static const bm_stmt_t login_prune = { "login_prune", "delete from login_budgets where tat < now()" };

apr_status_t bm_login_budget_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &login_prune, BM_NO_PARAMS, err, p);
}
