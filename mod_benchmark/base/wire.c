/* SPDX-License-Identifier: Apache-2.0 */
#include "base/wire.h"

#include <math.h>
#include <string.h>

apr_size_t bm_wire_varint_size(apr_uint64_t value)
{
    apr_size_t size = 1;

    while (value >= 0x80) {
        value >>= 7;
        size++;
    }
    return size;
}

unsigned char *bm_wire_put_varint(unsigned char *at, apr_uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    *at++ = (unsigned char)value;
    return at;
}

unsigned char *bm_wire_put_double(unsigned char *at, double value)
{
    apr_uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    for (int i = 0; i < 8; i++)
        *at++ = (unsigned char)(bits >> (8 * i));
    return at;
}

apr_status_t bm_wire_get_varint(apr_uint64_t *value, bm_wire_t *w, apr_uint64_t max)
{
    const unsigned char *at = w->at;
    apr_uint64_t result = 0;

    for (int shift = 0; at < w->end && shift < 70; shift += 7) {
        apr_uint64_t part = *at & 0x7f;

        if (shift == 63 && part > 1)
            return APR_EINVAL;                      /* more than 64 bits */
        result |= part << shift;
        if (*at++ & 0x80)
            continue;
        if ((part == 0 && shift > 0) || result > max)
            return APR_EINVAL;
        *value = result;
        w->at = at;
        return APR_SUCCESS;
    }
    return APR_EINVAL;
}

apr_status_t bm_wire_get_double(double *value, bm_wire_t *w)
{
    apr_uint64_t bits = 0;
    double result;

    if (w->end - w->at < 8)
        return APR_EINVAL;
    for (int i = 0; i < 8; i++)
        bits |= (apr_uint64_t)w->at[i] << (8 * i);
    memcpy(&result, &bits, sizeof(result));
    if (!isfinite(result))
        return APR_EINVAL;
    *value = result;
    w->at += 8;
    return APR_SUCCESS;
}

apr_status_t bm_wire_get_bytes(const unsigned char **data, bm_wire_t *w, apr_uint64_t len)
{
    if (len > (apr_uint64_t)(w->end - w->at))
        return APR_EINVAL;
    *data = w->at;
    w->at += len;
    return APR_SUCCESS;
}
