/* SPDX-License-Identifier: Apache-2.0 */
#include "secret/vault.h"

#include <string.h>
#include <apr_file_io.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "base/log.h"

struct bm_vault_t {
    apr_pool_t *p;
    apr_hash_t *values;      /* name -> value */
};

static apr_status_t wipe(void *text)
{
    explicit_bzero(text, strlen(text));
    return APR_SUCCESS;
}

static char *keep(const char *text, apr_size_t len, apr_pool_t *p)
{
    char *copy = apr_pstrmemdup(p, text, len);

    apr_pool_cleanup_register(p, copy, wipe, apr_pool_cleanup_null);
    return copy;
}

/* The whole file into bytes (size of them). @return APR_ENOSPC: it is larger. */
static apr_status_t read_file(char *bytes, apr_size_t size, apr_size_t *len, apr_finfo_t *info, const char *path, apr_pool_t *ptemp)
{
    apr_file_t *file;
    apr_status_t rv = apr_file_open(&file, path, APR_FOPEN_READ, APR_OS_DEFAULT, ptemp);
    char more;
    apr_size_t one = 1;

    *len = 0;
    if (rv != APR_SUCCESS)
        return rv;
    rv = apr_file_info_get(info, APR_FINFO_TYPE | APR_FINFO_PROT, file);
    if (rv == APR_SUCCESS || rv == APR_INCOMPLETE)
        rv = apr_file_read_full(file, bytes, size, len);
    if (rv == APR_SUCCESS)
        rv = apr_file_read(file, &more, &one) == APR_EOF ? APR_SUCCESS : APR_ENOSPC;
    apr_file_close(file);
    return APR_STATUS_IS_EOF(rv) ? APR_SUCCESS : rv;
}

static int is_open_to_others(const apr_finfo_t *info)
{
    return (info->valid & APR_FINFO_PROT) && (info->protection & (APR_FPROT_WREAD | APR_FPROT_WWRITE | APR_FPROT_GWRITE));
}

static int read_one(void *baton, const char *name, const char *path)
{
    bm_vault_t *vault = baton;
    char bytes[BM_VAULT_VALUE_MAX];
    apr_finfo_t info = { 0 };
    apr_pool_t *ptemp;
    apr_size_t len;
    apr_status_t rv;

    apr_pool_create(&ptemp, vault->p);
    rv = read_file(bytes, sizeof(bytes), &len, &info, path, ptemp);
    apr_pool_destroy(ptemp);
    while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
        len--;
    if (rv != APR_SUCCESS)
        bm_log(BM_LOG_ERR, rv, BMLOG(0400) "secret %s: %s cannot be read%s", name, path,
               rv == APR_ENOSPC ? ": it is larger than 64 KiB" : "");
    else if (len == 0 || memchr(bytes, '\0', len) != NULL)
        bm_log(BM_LOG_ERR, 0, BMLOG(0401) "secret %s: %s is empty or holds a NUL", name, path);
    else {
        if (is_open_to_others(&info))
            bm_log(BM_LOG_WARNING, 0, BMLOG(0402) "secret %s: other users may read or write %s", name, path);
        apr_hash_set(vault->values, apr_pstrdup(vault->p, name), APR_HASH_KEY_STRING, keep(bytes, len, vault->p));
    }
    explicit_bzero(bytes, sizeof(bytes));
    return 1;
}

bm_vault_t *bm_vault_read(const apr_table_t *files, apr_pool_t *p)
{
    bm_vault_t *vault = apr_pcalloc(p, sizeof(*vault));

    vault->p = p;
    vault->values = apr_hash_make(p);
    if (files != NULL)
        apr_table_do(read_one, vault, files, NULL);
    return vault;
}

const char *bm_vault_get(const bm_vault_t *vault, const char *name)
{
    return vault ? apr_hash_get(vault->values, name, APR_HASH_KEY_STRING) : NULL;
}

const char *bm_vault_secret(void *vault, const char *name, apr_pool_t *p)
{
    const char *value = bm_vault_get(vault, name);

    return value ? keep(value, strlen(value), p) : NULL;
}

int bm_vault_count(const bm_vault_t *vault)
{
    return (int)apr_hash_count(vault->values);
}
