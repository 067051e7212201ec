/* SPDX-License-Identifier: Apache-2.0 */
#include "net/tls_files.h"

#include <string.h>
#include <apr_file_io.h>

#define FILE_LIMIT (4 * 1024 * 1024)       /* the system's authorities are a quarter of a megabyte */

typedef struct block_t {
    char *data;
    apr_size_t len;
} block_t;

static apr_status_t wipe(void *baton)
{
    block_t *block = baton;

    explicit_bzero(block->data, block->len);
    return APR_SUCCESS;
}

static apr_status_t read_whole(bm_tls_file_t *into, const char *path, apr_pool_t *p)
{
    block_t *block = apr_pcalloc(p, sizeof(*block));
    apr_file_t *file;
    apr_finfo_t info;
    apr_status_t rv = apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BINARY, APR_FPROT_OS_DEFAULT, p);

    if (rv != APR_SUCCESS)
        return rv;
    rv = apr_file_info_get(&info, APR_FINFO_SIZE | APR_FINFO_TYPE, file);
    if (rv == APR_SUCCESS && (info.filetype != APR_REG || info.size <= 0 || info.size > FILE_LIMIT))
        rv = APR_EINVAL;
    if (rv == APR_SUCCESS) {
        block->len = (apr_size_t)info.size;
        block->data = apr_palloc(p, block->len);
        apr_pool_cleanup_register(p, block, wipe, apr_pool_cleanup_null);
        rv = apr_file_read_full(file, block->data, block->len, NULL);
    }
    apr_file_close(file);
    if (rv == APR_SUCCESS)
        *into = (bm_tls_file_t){ block->data, block->len };
    return rv;
}

apr_status_t bm_tls_files_read(bm_tls_files_t **pfiles, const bm_settings_t *settings, bm_err_t *err, apr_pool_t *p)
{
    bm_tls_files_t *files = apr_pcalloc(p, sizeof(*files));
    const struct {
        const char *directive, *path;
        bm_tls_file_t *into;
    } all[] = {
        { "BenchmarkTargetCA", settings->target_ca, &files->ca },
        { "BenchmarkTargetClientCert", settings->target_cert, &files->cert },
        { "BenchmarkTargetClientKey", settings->target_key, &files->key },
    };
    apr_status_t rv = APR_SUCCESS;
    char reason[120];
    size_t i;

    *pfiles = files;
    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        apr_status_t rv_one = all[i].path ? read_whole(all[i].into, all[i].path, p) : APR_SUCCESS;

        if (rv_one != APR_SUCCESS && rv == APR_SUCCESS)
            rv = bm_err_set(err, APR_EINVAL, "unreadable_file", "%s: %s cannot be read: %s.", all[i].directive, all[i].path,
                            rv_one == APR_EINVAL ? "it is empty, no file, or larger than 4 MiB"
                                                 : apr_strerror(rv_one, reason, sizeof(reason)));
    }
    return rv;
}
