/* SPDX-License-Identifier: Apache-2.0
 *
 * export/archive.h: a tar archive (POSIX ustar), compressed by gzip where the build has zlib, made piece by piece.
 *
 * Each file is given whole; what the archive becomes is appended to a buffer of the caller, who sends and clears it between
 * files. Thread: one owner. */
#ifndef BM_EXPORT_ARCHIVE_H
#define BM_EXPORT_ARCHIVE_H

#include <apr_time.h>
#include "base/buffer.h"

typedef struct bm_archive_t bm_archive_t;

/** An archive in p, whose files are of `mtime`. NULL: out of memory. */
bm_archive_t *bm_archive_make(apr_time_t mtime, apr_pool_t *p);

/** "application/gzip" or "application/x-tar", and the end of the file's name: ".tar.gz" or ".tar". */
const char *bm_archive_type(void);
const char *bm_archive_suffix(void);

/** Add a file (name at most 99 bytes) and append what there is of the archive to out. @return APR_ENOSPC, APR_ENOMEM: out;
 *  APR_EGENERAL: the compressor. */
apr_status_t bm_archive_add(bm_archive_t *archive, bm_buffer_t *out, const char *name, const void *data, apr_size_t len);

/** Append the end. */
apr_status_t bm_archive_end(bm_archive_t *archive, bm_buffer_t *out);

#endif
