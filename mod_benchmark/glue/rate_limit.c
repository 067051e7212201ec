/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/rate_limit.h"

#include <string.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_core.h>
#include <http_main.h>
#include <http_protocol.h>
#include <http_request.h>
#include "base/rand.h"
#include "base/timefmt.h"
#include "crypt/keyed_hash.h"
#include "glue/directives.h"
#include "glue/router.h"

#define STATE_KEY "mod_benchmark:rates"
#define KEYS 65536                   /* 1 MiB */

/* In the parent's process pool: the same for all generations and children. Read-only after the start but for the table. */
typedef struct state_t {
    bm_rate_table_t *table;
    unsigned char key[BM_KEYED_HASH_KEY_BYTES];
} state_t;

_Static_assert(BM_RATE_LIMITS == BM_RATE_POLICIES, "there is a limit for each policy");

static const char *const names[BM_RATE_POLICIES] = {
    "anonymous", "anonymous-read", "anonymous-write", "user", "user-read", "user-write", "login"
};

int bm_rate_limit_find(const char *name)
{
    int i;

    for (i = 0; i < BM_RATE_POLICIES; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static state_t *state_of(const server_rec *main_server)
{
    void *state = NULL;

    apr_pool_userdata_get(&state, STATE_KEY, main_server->process->pool);
    return state;
}

apr_status_t bm_rate_limit_start(server_rec *main_server)
{
    apr_pool_t *p = main_server->process->pool;
    bm_region_t *region;
    state_t *state;
    apr_status_t rv;

    if (state_of(main_server) != NULL)
        return APR_SUCCESS;
    state = apr_pcalloc(p, sizeof(*state));
    rv = bm_rand_secure(state->key, sizeof(state->key));
    if (rv == APR_SUCCESS)
        rv = bm_region_create(&region, bm_rate_table_size(KEYS), p);
    if (rv == APR_SUCCESS)
        rv = bm_rate_table_create(&state->table, KEYS, region);
    if (rv == APR_SUCCESS)
        bm_region_keep(region, p);
    if (rv == APR_SUCCESS)
        apr_pool_userdata_set(state, STATE_KEY, apr_pool_cleanup_null, p);     /* a copy of the key: ours goes with the module */
    return rv;
}

/* --- who */

static const bm_rate_t *limit_of(bm_rate_policy_e policy)
{
    return &bm_directives_of(ap_server_conf)->rate_limits[policy];
}

static int is_exempt(const request_rec *r)
{
    const apr_array_header_t *list = bm_directives_of(ap_server_conf)->rate_exempt;
    int i;

    for (i = 0; list != NULL && r->useragent_addr != NULL && i < list->nelts; i++) {
        apr_ipsubnet_t *subnet = APR_ARRAY_IDX(list, i, apr_ipsubnet_t *);

        if (subnet == NULL || apr_ipsubnet_test(subnet, r->useragent_addr))
            return 1;
    }
    return 0;
}

/* Whoever has an address of IPv6 has 2^64 of them. One that stands for an address of IPv4 is that. */
static apr_size_t address_bytes(unsigned char bytes[8], const request_rec *r)
{
    const apr_sockaddr_t *address = r->useragent_addr;
    const unsigned char *raw = address != NULL ? address->ipaddr_ptr : NULL;

    if (raw == NULL)
        return 0;
    if (address->ipaddr_len == 16 && IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)(const void *)raw)) {
        memcpy(bytes, raw + 12, 4);
        return 4;
    }
    memcpy(bytes, raw, address->ipaddr_len == 4 ? 4 : 8);
    return address->ipaddr_len == 4 ? 4 : 8;
}

/* Names of users and addresses never meet: the kind stands before them. */
static apr_uint64_t hash_of(const state_t *state, bm_rate_policy_e policy, char kind, const void *who, apr_size_t len)
{
    unsigned char text[2 + 256] = { (unsigned char)policy, (unsigned char)kind };

    if (len > 256)
        len = 256;
    memcpy(text + 2, who, len);
    return bm_keyed_hash(state->key, text, len + 2);
}

static apr_uint64_t key_of(const state_t *state, bm_rate_policy_e policy, const request_rec *r, const char *user)
{
    unsigned char address[8];

    if (user != NULL)
        return hash_of(state, policy, 'u', user, strlen(user));
    return hash_of(state, policy, 'a', address, address_bytes(address, r));
}

/* Who asks, as far as budgets go. */
static const char *principal_of(const request_rec *r)
{
    return r->user;
}

/* --- one request */

static int seconds_up(apr_interval_time_t time)
{
    return (int)((time + APR_USEC_PER_SEC - 1) / APR_USEC_PER_SEC);
}

/* draft-ietf-httpapi-ratelimit-headers: what the policy is and what is left of it. Lists of structured fields: several add up. */
static void say(request_rec *r, bm_rate_policy_e policy, const bm_rate_verdict_t *v)
{
    const bm_rate_t *limit = limit_of(policy);

    if (!bm_directives_of(ap_server_conf)->rate_headers)
        return;
    apr_table_mergen(r->err_headers_out, "RateLimit-Policy", apr_psprintf(r->pool, "\"%s\";q=%d;w=%d", names[policy],
                     limit->requests, seconds_up(limit->period)));
    apr_table_mergen(r->err_headers_out, "RateLimit", apr_psprintf(r->pool, "\"%s\";r=%d;t=%d", names[policy], v->remaining,
                     seconds_up(v->full)));
}

static apr_status_t too_many(bm_err_t *err, bm_rate_policy_e policy, const bm_rate_verdict_t *v)
{
    const bm_rate_t *limit = limit_of(policy);

    err->retry_after_s = v->retry > 0 ? seconds_up(v->retry) : 1;
    return bm_err_set(err, APR_EAGAIN, "rate_limited", "More than %d requests in %d s (BenchmarkRateLimit %s).",
                      limit->requests, seconds_up(limit->period), names[policy]);
}

static apr_status_t take(bm_req_t *q, request_rec *r, bm_rate_policy_e policy)
{
    const state_t *state = state_of(ap_server_conf);
    const bm_rate_t *limit = limit_of(policy);
    bm_rate_verdict_t v;

    if (limit->requests == 0 || state == NULL)
        return APR_SUCCESS;
    bm_rate_table_take(&v, state->table, key_of(state, policy, r, principal_of(r)), limit, 1, 0, bm_timefmt_steady());
    say(r, policy, &v);
    return v.allowed ? APR_SUCCESS : too_many(q->err, policy, &v);
}

apr_status_t bm_rate_limit_check(bm_req_t *q, request_rec *r)
{
    bm_rate_policy_e policy = principal_of(r) != NULL ? BM_RATE_USER : BM_RATE_ANONYMOUS;
    apr_status_t rv;

    if (strncmp(q->path, "/health", 7) == 0 || is_exempt(r))
        return APR_SUCCESS;
    rv = take(q, r, policy + (r->method_number == M_GET ? 1 : 2));
    return rv == APR_SUCCESS ? take(q, r, policy) : rv;
}

int bm_rate_limit_denial(const request_rec *r, int sought)
{
    static const bm_rate_t limit = { 60, 60 * APR_USEC_PER_SEC };
    const state_t *state = state_of(ap_server_conf);
    bm_rate_verdict_t v = { .allowed = 1 };

    if (state != NULL)           /* numbers that no policy has */
        bm_rate_table_take(&v, state->table, key_of(state, BM_RATE_POLICIES + (sought != 0), r, NULL), &limit, 1, 0,
                           bm_timefmt_steady());
    return v.allowed;
}

/* --- passwords that httpd checks; those of POST /auth/login have budgets in the database (store/login_budget_store.h) */

static void take_login(bm_rate_verdict_t *v, const request_rec *r, int cost)
{
    const state_t *state = state_of(ap_server_conf);
    const bm_rate_t *limit = limit_of(BM_RATE_LOGIN);

    v->allowed = 1;
    if (limit->requests > 0 && state != NULL)
        bm_rate_table_take(v, state->table, key_of(state, BM_RATE_LOGIN, r, NULL), limit, cost, BM_RATE_STRICT,
                           bm_timefmt_steady());
}

static int shows_password(const request_rec *r)
{
    const char *authorization = apr_table_get(r->headers_in, "Authorization");

    return bm_router_place_of(r) != NULL && authorization != NULL && ap_cstr_casecmpn(authorization, "Basic ", 6) == 0;
}

static int access_checker_ex(request_rec *r)
{
    bm_rate_verdict_t v;

    if (!ap_is_initial_req(r) || !shows_password(r) || is_exempt(r))
        return DECLINED;
    take_login(&v, r, 0);
    if (v.allowed)
        return DECLINED;
    apr_table_setn(r->err_headers_out, "Retry-After", apr_itoa(r->pool, v.retry > 0 ? seconds_up(v.retry) : 1));
    return HTTP_TOO_MANY_REQUESTS;
}

static int log_transaction(request_rec *r)
{
    bm_rate_verdict_t v;

    if (r->status == HTTP_UNAUTHORIZED && shows_password(r) && !is_exempt(r))
        take_login(&v, r, 1);
    return DECLINED;
}

void bm_rate_limit_register(apr_pool_t *p)
{
    (void)p;
    ap_hook_access_checker_ex(access_checker_ex, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_log_transaction(log_transaction, NULL, NULL, APR_HOOK_MIDDLE);
}
