/* SPDX-License-Identifier: Apache-2.0
 *
 * net/tls_files.h: the files that BenchmarkTargetCA, BenchmarkTargetClientCert and BenchmarkTargetClientKey name, in memory.
 *
 * Keys belong to root and are closed to everybody else, so they are read before the process gives up root.
 * Thread: read-only once made. */
#ifndef BM_NET_TLS_FILES_H
#define BM_NET_TLS_FILES_H

#include <apr_pools.h>
#include "base/err.h"
#include "base/settings.h"

typedef struct bm_tls_file_t {
    const char *data;            /* NULL: not named, or not readable */
    apr_size_t len;
} bm_tls_file_t;

typedef struct bm_tls_files_t {
    bm_tls_file_t ca, cert, key;
} bm_tls_files_t;

/** Read them into p; never NULL. @return APR_EINVAL: one cannot be read; err (may be NULL) names the first, the others are
 *  there. */
apr_status_t bm_tls_files_read(bm_tls_files_t **pfiles, const bm_settings_t *settings, bm_err_t *err, apr_pool_t *p);

#endif
