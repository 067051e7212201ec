/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "export/archive.h"

#include <string.h>
#include <apr_strings.h>
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

enum { BLOCK = 512, PIECE = 65536 };

struct bm_archive_t {
    apr_pool_t *p;
    apr_time_t mtime;
#ifdef HAVE_ZLIB
    z_stream z;
#endif
};

/* POSIX.1-1988 ustar. */
typedef struct header_t {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[6], version[2];
    char user[32], group[32], major[8], minor[8], prefix[155], rest[12];
} header_t;

#ifdef HAVE_ZLIB

static apr_status_t end_stream(void *data)
{
    deflateEnd(data);
    return APR_SUCCESS;
}

static int begin_stream(bm_archive_t *archive)
{
    /* 15 bits of window, 16 for a gzip header */
    if (deflateInit2(&archive->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    apr_pool_cleanup_register(archive->p, &archive->z, end_stream, apr_pool_cleanup_null);
    return 1;
}

static apr_status_t put(bm_archive_t *archive, bm_buffer_t *out, const void *data, apr_size_t len, int last)
{
    unsigned char piece[PIECE];
    apr_status_t rv;

    archive->z.next_in = (unsigned char *)(apr_uintptr_t)data;
    archive->z.avail_in = (uInt)len;
    do {
        archive->z.next_out = piece;
        archive->z.avail_out = sizeof(piece);
        if (deflate(&archive->z, last ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR)
            return APR_EGENERAL;
        rv = bm_buffer_append(out, piece, sizeof(piece) - archive->z.avail_out);
        if (rv != APR_SUCCESS)
            return rv;
    } while (archive->z.avail_out == 0);
    return APR_SUCCESS;
}

const char *bm_archive_type(void)
{
    return "application/gzip";
}

const char *bm_archive_suffix(void)
{
    return ".tar.gz";
}

#else

static int begin_stream(bm_archive_t *archive)
{
    (void)archive;
    return 1;
}

static apr_status_t put(bm_archive_t *archive, bm_buffer_t *out, const void *data, apr_size_t len, int last)
{
    (void)archive;
    (void)last;
    return bm_buffer_append(out, data, len);
}

const char *bm_archive_type(void)
{
    return "application/x-tar";
}

const char *bm_archive_suffix(void)
{
    return ".tar";
}

#endif

bm_archive_t *bm_archive_make(apr_time_t mtime, apr_pool_t *p)
{
    bm_archive_t *archive = apr_pcalloc(p, sizeof(*archive));

    archive->p = p;
    archive->mtime = mtime;
    return begin_stream(archive) ? archive : NULL;
}

static void octal(char *field, int digits, apr_uint64_t value)
{
    int i;

    for (i = digits - 1; i >= 0; i--, value >>= 3)
        field[i] = (char)('0' + (value & 7));
}

static void fill_header(header_t *h, const char *name, apr_size_t len, apr_time_t mtime)
{
    const unsigned char *bytes = (const unsigned char *)h;
    unsigned sum = 0;
    size_t i;

    memset(h, 0, sizeof(*h));
    apr_cpystrn(h->name, name, sizeof(h->name));
    octal(h->mode, 7, 0644);
    octal(h->uid, 7, 0);
    octal(h->gid, 7, 0);
    octal(h->size, 11, len);
    octal(h->mtime, 11, (apr_uint64_t)apr_time_sec(mtime));
    h->type = '0';
    memcpy(h->magic, "ustar", 6);
    memcpy(h->version, "00", 2);
    memset(h->checksum, ' ', sizeof(h->checksum));
    for (i = 0; i < sizeof(*h); i++)
        sum += bytes[i];
    octal(h->checksum, 6, sum);
    h->checksum[6] = '\0';
}

apr_status_t bm_archive_add(bm_archive_t *archive, bm_buffer_t *out, const char *name, const void *data, apr_size_t len)
{
    static const char zeros[BLOCK];
    header_t header;
    apr_status_t rv;

    fill_header(&header, name, len, archive->mtime);
    rv = put(archive, out, &header, sizeof(header), 0);
    if (rv == APR_SUCCESS)
        rv = put(archive, out, data, len, 0);
    if (rv == APR_SUCCESS && len % BLOCK != 0)
        rv = put(archive, out, zeros, BLOCK - len % BLOCK, 0);
    return rv;
}

apr_status_t bm_archive_end(bm_archive_t *archive, bm_buffer_t *out)
{
    static const char zeros[2 * BLOCK];

    return put(archive, out, zeros, sizeof(zeros), 1);
}
