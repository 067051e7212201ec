/* SPDX-License-Identifier: Apache-2.0 */
#include "secret/vault.h"

#include <stdlib.h>
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
static apr_status_t read_file(char *bytes, apr_size_t size, apr_size_t *len, apr_finfo_t *info, const char *path,
                              apr_pool_t *ptemp)
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

typedef struct load_t {
    bm_vault_t *vault;
    bm_err_t *err;
    int failed;
} load_t;

static void complain(load_t *load, const char *name, const char *path, const char *why)
{
    if (load->failed++ == 0)
        (void)bm_err_set(load->err, APR_EINVAL, "secret_unreadable", "Secret %s cannot be used from %s: %s.", name, path, why);
}

static int read_one(void *baton, const char *name, const char *path)
{
    load_t *load = baton;
    char *bytes = malloc(BM_VAULT_VALUE_MAX), reason[120];
    apr_finfo_t info = { 0 };
    apr_size_t len = 0;
    apr_status_t rv;

    if (bytes == NULL) {
        complain(load, name, path, "there is no memory");
        return 1;
    }
    rv = read_file(bytes, BM_VAULT_VALUE_MAX, &len, &info, path, load->vault->p);
    while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
        len--;
    if (rv != APR_SUCCESS)
        complain(load, name, path, rv == APR_ENOSPC ? "it is larger than 64 KiB" : apr_strerror(rv, reason, sizeof(reason)));
    else if (len == 0)
        complain(load, name, path, "it is empty");
    else if (memchr(bytes, '\0', len) != NULL)
        complain(load, name, path, "it has a NUL byte");
    else {
        if (is_open_to_others(&info))
            bm_log(BM_LOG_WARNING, 0, BMLOG(0400) "secret %s: other users may read or write %s", name, path);
        apr_hash_set(load->vault->values, apr_pstrdup(load->vault->p, name), APR_HASH_KEY_STRING,
                     keep(bytes, len, load->vault->p));
    }
    explicit_bzero(bytes, BM_VAULT_VALUE_MAX);
    free(bytes);
    return 1;
}

apr_status_t bm_vault_load(bm_vault_t **pvault, const apr_table_t *secrets, bm_err_t *err, apr_pool_t *p)
{
    load_t load = { .err = err };

    *pvault = load.vault = apr_pcalloc(p, sizeof(*load.vault));
    load.vault->p = p;
    load.vault->values = apr_hash_make(p);
    if (secrets != NULL)
        apr_table_do(read_one, &load, secrets, NULL);
    if (load.failed > 1 && err != NULL)
        err->detail = apr_psprintf(err->p, "%s (and %d more)", err->detail, load.failed - 1);
    return load.failed > 0 ? APR_EINVAL : APR_SUCCESS;
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
