/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/owned.h"

#include <apr_hash.h>

#define MISSING_IS_LOST 2

typedef struct row_t {
    apr_int64_t id, fence;
    int missing;                   /* heartbeats in a row that did not find it */
    int reports_due;               /* of earlier stays */
    struct row_t *next_free;
} row_t;

struct bm_owned_t {
    apr_pool_t *p;
    apr_hash_t *rows;              /* id -> row_t * */
    row_t *free_list;
};

bm_owned_t *bm_owned_make(apr_pool_t *p)
{
    bm_owned_t *owned = apr_pcalloc(p, sizeof(*owned));

    owned->p = p;
    owned->rows = apr_hash_make(p);
    return owned;
}

static row_t *row_make(bm_owned_t *owned, apr_int64_t id)
{
    row_t *row = owned->free_list;

    if (row != NULL)
        owned->free_list = row->next_free;
    else
        row = apr_palloc(owned->p, sizeof(*row));
    row->id = id;
    row->reports_due = 0;
    apr_hash_set(owned->rows, &row->id, sizeof(row->id), row);
    return row;
}

void bm_owned_add(bm_owned_t *owned, apr_int64_t id, apr_int64_t fence)
{
    row_t *row = apr_hash_get(owned->rows, &id, sizeof(id));

    if (row != NULL)
        row->reports_due++;
    else
        row = row_make(owned, id);
    row->fence = fence;
    row->missing = 0;
}

void bm_owned_ended(bm_owned_t *owned, apr_int64_t id)
{
    row_t *row = apr_hash_get(owned->rows, &id, sizeof(id));

    if (row == NULL || row->reports_due-- > 0)
        return;
    apr_hash_set(owned->rows, &row->id, sizeof(row->id), NULL);
    row->next_free = owned->free_list;
    owned->free_list = row;
}

int bm_owned_count(const bm_owned_t *owned)
{
    return (int)apr_hash_count(owned->rows);
}

bm_queue_key_t *bm_owned_keys(const bm_owned_t *owned, apr_pool_t *p)
{
    bm_queue_key_t *keys = apr_palloc(p, sizeof(*keys) * ((apr_size_t)bm_owned_count(owned) + 1));
    apr_hash_index_t *hi;
    int n = 0;

    for (hi = apr_hash_first(p, owned->rows); hi != NULL; hi = apr_hash_next(hi)) {
        const row_t *row = apr_hash_this_val(hi);

        keys[n].id = row->id;
        keys[n++].fence = row->fence;
    }
    return keys;
}

apr_array_header_t *bm_owned_missing(bm_owned_t *owned, const apr_array_header_t *found, apr_pool_t *p)
{
    apr_array_header_t *lost = apr_array_make(p, 4, sizeof(apr_int64_t));
    apr_hash_t *seen = apr_hash_make(p);
    apr_hash_index_t *hi;
    int i;

    for (i = 0; i < found->nelts; i++)
        apr_hash_set(seen, &APR_ARRAY_IDX(found, i, apr_int64_t), sizeof(apr_int64_t), "");
    for (hi = apr_hash_first(p, owned->rows); hi != NULL; hi = apr_hash_next(hi)) {
        row_t *row = apr_hash_this_val(hi);

        if (apr_hash_get(seen, &row->id, sizeof(row->id)) != NULL)
            row->missing = 0;
        else if (++row->missing == MISSING_IS_LOST)
            APR_ARRAY_PUSH(lost, apr_int64_t) = row->id;
    }
    return lost;
}
