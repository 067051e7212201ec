/* SPDX-License-Identifier: Apache-2.0 */
#include "secret/vault.h"

#include <string.h>
#include <apr_file_io.h>
#include <apr_strings.h>

struct bm_vault_t {
    apr_table_t *values;      /* case-insensitive in name, as apr tables are */
};

/* @return NULL: read; else why not. */
static const char *read_secret(const char **value, const char *path, apr_pool_t *p)
{
    apr_size_t len = BM_VAULT_VALUE_MAX + 2;
    char *text = apr_palloc(p, len + 1);
    apr_file_t *file;
    apr_status_t rv = apr_file_open(&file, path, APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, p);
    char reason[120];

    if (rv != APR_SUCCESS)
        return apr_pstrdup(p, apr_strerror(rv, reason, sizeof(reason)));
    rv = apr_file_read_full(file, text, len, &len);
    apr_file_close(file);
    if (rv != APR_SUCCESS && rv != APR_EOF)
        return apr_pstrdup(p, apr_strerror(rv, reason, sizeof(reason)));
    if (len > 0 && text[len - 1] == '\n')
        len--;
    if (len > 0 && text[len - 1] == '\r')
        len--;
    if (len == 0)
        return "it is empty";
    if (len > BM_VAULT_VALUE_MAX)
        return "it is too long";
    if (memchr(text, '\0', len) != NULL)
        return "it has a NUL byte";
    text[len] = '\0';
    *value = text;
    return NULL;
}

apr_status_t bm_vault_load(bm_vault_t **pvault, const apr_table_t *secrets, bm_err_t *err, apr_pool_t *p)
{
    const apr_array_header_t *entries = apr_table_elts(secrets);
    bm_vault_t *vault = apr_palloc(p, sizeof(*vault));
    apr_status_t rv = APR_SUCCESS;
    int i;

    vault->values = apr_table_make(p, entries->nelts + 1);
    *pvault = vault;
    for (i = 0; i < entries->nelts; i++) {
        const apr_table_entry_t *entry = &APR_ARRAY_IDX(entries, i, apr_table_entry_t);
        const char *value, *why = read_secret(&value, entry->val, p);

        if (why == NULL)
            apr_table_setn(vault->values, apr_pstrdup(p, entry->key), value);
        else if (rv == APR_SUCCESS)
            rv = bm_err_set(err, APR_EINVAL, "secret_unreadable", "Secret %s cannot be read from %s: %s.", entry->key,
                            entry->val, why);
    }
    return rv;
}

const char *bm_vault_get(const bm_vault_t *vault, const char *name)
{
    return apr_table_get(vault->values, name);
}
