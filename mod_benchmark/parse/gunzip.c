/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "parse/gunzip.h"

#ifdef HAVE_ZLIB

#include <string.h>
#include <zlib.h>

enum { GZIP_ALONE = 16 + MAX_WBITS, ROUND = 16384 };

/* A member to its end. *plast: nothing follows. */
static apr_status_t unpack_member(z_stream *stream, bm_buffer_t *out)
{
    int rc = Z_OK;

    while (rc == Z_OK) {
        apr_size_t room = out->limit == 0 || out->limit - out->len > ROUND ? ROUND : out->limit - out->len + 1;
        unsigned char round[ROUND];
        apr_status_t rv;

        stream->next_out = round;
        stream->avail_out = (uInt)(room < ROUND ? room : ROUND);
        rc = inflate(stream, Z_NO_FLUSH);
        rv = bm_buffer_append(out, round, (apr_size_t)(stream->next_out - round));
        if (rv != APR_SUCCESS)
            return rv;
    }
    return rc == Z_STREAM_END ? APR_SUCCESS : rc == Z_MEM_ERROR ? APR_ENOMEM : APR_EINVAL;
}

apr_status_t bm_gunzip(bm_buffer_t *out, const void *data, apr_size_t len)
{
    z_stream stream;
    apr_status_t rv = len > 0 && len <= 0x7fffffff ? APR_SUCCESS : APR_EINVAL;

    if (rv != APR_SUCCESS)
        return rv;
    memset(&stream, 0, sizeof(stream));
    if (inflateInit2(&stream, GZIP_ALONE) != Z_OK)
        return APR_ENOMEM;
    stream.next_in = (Bytef *)(apr_uintptr_t)data;
    stream.avail_in = (uInt)len;
    do
        rv = unpack_member(&stream, out);
    while (rv == APR_SUCCESS && stream.avail_in > 0 && inflateReset(&stream) == Z_OK);
    inflateEnd(&stream);
    return rv;
}

#else

apr_status_t bm_gunzip(bm_buffer_t *out, const void *data, apr_size_t len)
{
    (void)out;
    (void)data;
    (void)len;
    return APR_ENOTIMPL;
}

#endif
