/* SPDX-License-Identifier: Apache-2.0 */
#include "live/resume_asks.h"

#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include <apr_thread_mutex.h>
#include "base/thread.h"
#include "db/snapshot_cursor.h"

/* In a root pool of its own, so that it can change its thread. */
typedef struct set_t {
    apr_pool_t *p;
    apr_hash_t *known;
    apr_array_header_t *tokens;          /* of const char * */
    int next;                            /* the first that is not answered */
} set_t;

struct bm_resume_asks_t {
    apr_thread_mutex_t *mutex;           /* guards asked */
    set_t *asked;                        /* NULL: none */
    set_t *taken;                        /* the taker's; NULL: none */
};

static set_t *set_make(void)
{
    apr_pool_t *p = bm_thread_pool_make("asks");
    set_t *set = apr_pcalloc(p, sizeof(*set));

    set->p = p;
    set->known = apr_hash_make(p);
    set->tokens = apr_array_make(p, 16, sizeof(const char *));
    return set;
}

static void set_free(set_t *set)
{
    if (set != NULL)
        apr_pool_destroy(set->p);
}

apr_status_t bm_resume_asks_make(bm_resume_asks_t **pasks, apr_pool_t *p)
{
    *pasks = apr_pcalloc(p, sizeof(**pasks));
    return apr_thread_mutex_create(&(*pasks)->mutex, APR_THREAD_MUTEX_DEFAULT, p);
}

static int is_token(const char *token)
{
    apr_pool_t *p;
    int ok;

    if (token == NULL || strlen(token) > BM_RESUME_TOKEN_MAX)
        return 0;
    p = bm_thread_pool_make("token");
    ok = bm_snapshot_cursor_parse(bm_snapshot_cursor_make(p), token, NULL) == APR_SUCCESS;
    apr_pool_destroy(p);
    return ok;
}

static apr_status_t set_add(set_t *set, const char *token)
{
    if (apr_hash_get(set->known, token, APR_HASH_KEY_STRING) != NULL)
        return APR_SUCCESS;
    if (set->tokens->nelts >= BM_RESUME_ASKS_MAX)
        return APR_EAGAIN;
    token = apr_pstrdup(set->p, token);
    apr_hash_set(set->known, token, APR_HASH_KEY_STRING, token);
    APR_ARRAY_PUSH(set->tokens, const char *) = token;
    return APR_SUCCESS;
}

apr_status_t bm_resume_asks_add(bm_resume_asks_t *asks, const char *token)
{
    apr_status_t rv;

    if (!is_token(token))
        return APR_EINVAL;
    apr_thread_mutex_lock(asks->mutex);
    if (asks->asked == NULL)
        asks->asked = set_make();
    rv = set_add(asks->asked, token);
    apr_thread_mutex_unlock(asks->mutex);
    return rv;
}

int bm_resume_asks_take(bm_resume_asks_t *asks)
{
    if (bm_resume_asks_next(asks) != NULL)
        return 1;
    set_free(asks->taken);
    apr_thread_mutex_lock(asks->mutex);
    asks->taken = asks->asked;
    asks->asked = NULL;
    apr_thread_mutex_unlock(asks->mutex);
    return asks->taken != NULL;
}

const char *bm_resume_asks_next(bm_resume_asks_t *asks)
{
    set_t *set = asks->taken;

    return set != NULL && set->next < set->tokens->nelts ? APR_ARRAY_IDX(set->tokens, set->next, const char *) : NULL;
}

void bm_resume_asks_answered(bm_resume_asks_t *asks)
{
    asks->taken->next++;
}

void bm_resume_asks_free(bm_resume_asks_t *asks)
{
    set_free(asks->asked);
    set_free(asks->taken);
    asks->asked = asks->taken = NULL;
}
