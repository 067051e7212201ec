/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

apr_status_t bm_buffer_reserve(bm_buffer_t *b, apr_size_t len)
{
    apr_size_t wanted, size;
    char *data;

    if (len > (apr_size_t)-1 / 2 - b->len || (b->limit && b->len + len > b->limit))
        return APR_ENOSPC;
    wanted = b->len + len;
    if (wanted <= b->size)
        return APR_SUCCESS;
    size = b->size + b->size / 2;
    if (size < 1024)
        size = 1024;
    if (size < wanted)
        size = wanted;
    data = realloc(b->data, size);
    if (data == NULL)
        return APR_ENOMEM;
    b->data = data;
    b->size = size;
    return APR_SUCCESS;
}

apr_status_t bm_buffer_append(bm_buffer_t *b, const void *data, apr_size_t len)
{
    apr_status_t rv;

    if (len == 0)
        return APR_SUCCESS;
    if (len > b->size - b->len || b->limit != 0) {      /* else there is room: a JSON writer comes here often */
        rv = bm_buffer_reserve(b, len);
        if (rv != APR_SUCCESS)
            return rv;
    }
    memcpy(b->data + b->len, data, len);
    b->len += len;
    return APR_SUCCESS;
}

void bm_buffer_clear(bm_buffer_t *b)
{
    b->len = 0;
}

void bm_buffer_free(bm_buffer_t *b)
{
    free(b->data);
    b->data = NULL;
    b->len = b->size = 0;
}

static apr_status_t buffer_cleanup(void *baton)
{
    bm_buffer_free(baton);
    return APR_SUCCESS;
}

void bm_buffer_adopt(bm_buffer_t *b, apr_pool_t *p)
{
    apr_pool_cleanup_register(p, b, buffer_cleanup, apr_pool_cleanup_null);
}
