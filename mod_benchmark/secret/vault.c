/* SPDX-License-Identifier: Apache-2.0 */
#include "secret/vault.h"

#include <stdlib.h>
#include <string.h>
#include <apr_file_io.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include "base/log.h"
#include "crypt/seal.h"
#include "model/secret_model.h"

enum { USED_MAX = 256 };     /* more in one interval are not noted */

/* Secrets of the store; the mutex guards all. */
typedef struct shelf_t {
    apr_thread_mutex_t *mutex;
    bm_secret_book_t *book;  /* NULL: none yet */
    apr_int64_t used[USED_MAX];
    int used_count;
} shelf_t;

struct bm_vault_t {
    apr_pool_t *p;
    apr_hash_t *values;      /* name -> value; "": the file could not be used */
    const bm_key_ring_t *ring;
    shelf_t *shelf;          /* of all projects */
    apr_int64_t project_id;  /* who asks */
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

    name = apr_pstrdup(load->vault->p, name);
    apr_hash_set(load->vault->values, name, APR_HASH_KEY_STRING, "");
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
        apr_hash_set(load->vault->values, name, APR_HASH_KEY_STRING, keep(bytes, len, load->vault->p));
    }
    explicit_bzero(bytes, BM_VAULT_VALUE_MAX);
    free(bytes);
    return 1;
}

static apr_status_t empty_shelf(void *data)
{
    shelf_t *shelf = data;

    if (shelf->book != NULL)
        apr_pool_destroy(shelf->book->p);
    shelf->book = NULL;
    return APR_SUCCESS;
}

apr_status_t bm_vault_load(bm_vault_t **pvault, const apr_table_t *secrets, const bm_key_ring_t *ring, bm_err_t *err,
                           apr_pool_t *p)
{
    load_t load = { .err = err };

    *pvault = load.vault = apr_pcalloc(p, sizeof(*load.vault));
    load.vault->p = p;
    load.vault->values = apr_hash_make(p);
    load.vault->ring = ring;
    load.vault->project_id = 1;
    load.vault->shelf = apr_pcalloc(p, sizeof(*load.vault->shelf));
    apr_thread_mutex_create(&load.vault->shelf->mutex, APR_THREAD_MUTEX_DEFAULT, p);
    apr_pool_cleanup_register(p, load.vault->shelf, empty_shelf, apr_pool_cleanup_null);
    if (secrets != NULL)
        apr_table_do(read_one, &load, secrets, NULL);
    if (load.failed > 1 && err != NULL)
        err->detail = apr_psprintf(err->p, "%s (and %d more)", err->detail, load.failed - 1);
    return load.failed > 0 ? APR_EINVAL : APR_SUCCESS;
}

bm_vault_t *bm_vault_of_project(bm_vault_t *vault, apr_int64_t project_id, apr_pool_t *p)
{
    bm_vault_t *view = vault != NULL ? apr_pmemdup(p, vault, sizeof(*vault)) : NULL;

    if (view != NULL)
        view->project_id = project_id;
    return view;
}

int bm_vault_is_file(const bm_vault_t *vault, const char *name)
{
    return vault != NULL && apr_hash_get(vault->values, name, APR_HASH_KEY_STRING) != NULL;
}

/* --- secrets of the store */

static void note_use(shelf_t *shelf, apr_int64_t id)
{
    int i;

    for (i = 0; i < shelf->used_count; i++)
        if (shelf->used[i] == id)
            return;
    if (shelf->used_count < USED_MAX)
        shelf->used[shelf->used_count++] = id;
}

/* What is stored under that name, in p; NULL: nothing. Opened by the caller, so that nobody waits for it. */
static const char *take_sealed(const bm_vault_t *vault, const char *place, apr_pool_t *p)
{
    const char *sealed = NULL;
    shelf_t *shelf = vault->shelf;
    bm_secret_row_t *row;

    apr_thread_mutex_lock(shelf->mutex);
    row = shelf->book != NULL ? apr_hash_get(shelf->book->rows, place, APR_HASH_KEY_STRING) : NULL;
    if (row != NULL) {
        sealed = apr_pstrdup(p, row->sealed);
        note_use(shelf, row->id);
    }
    apr_thread_mutex_unlock(shelf->mutex);
    return sealed;
}

static apr_status_t open_stored(const char **pvalue, const bm_vault_t *vault, const char *name, bm_err_t *err, apr_pool_t *p)
{
    const char *place = bm_secret_place(vault->project_id, name, p), *sealed = take_sealed(vault, place, p);
    bm_err_t *why = bm_err_make(p);
    apr_size_t len;
    apr_status_t rv;

    if (sealed == NULL)
        return bm_err_set(err, APR_NOTFOUND, "secret_missing", "This engine has no secret named \"%.100s\".", name);
    rv = bm_seal_open(pvalue, &len, vault->ring, place, sealed, why, p);
    if (rv != APR_SUCCESS)
        return bm_err_set(err, rv, why->code, "The secret \"%.100s\" cannot be used: %s", name, why->detail);
    return APR_SUCCESS;
}

apr_status_t bm_vault_secret(const char **pvalue, void *baton, const char *name, bm_err_t *err, apr_pool_t *p)
{
    const bm_vault_t *vault = baton;
    const char *value = vault ? apr_hash_get(vault->values, name, APR_HASH_KEY_STRING) : NULL;

    *pvalue = NULL;
    if (vault == NULL)
        return bm_err_set(err, APR_NOTFOUND, "secret_missing", "This engine has no secret named \"%.100s\".", name);
    if (value == NULL)
        return open_stored(pvalue, vault, name, err, p);
    if (*value == '\0')
        return bm_err_set(err, APR_EGENERAL, "secret_unreadable",
                          "The file of the secret \"%.100s\" could not be read when this engine started.", name);
    *pvalue = keep(value, strlen(value), p);
    return APR_SUCCESS;
}

apr_int64_t bm_vault_changed(bm_vault_t *vault)
{
    apr_int64_t changed;

    apr_thread_mutex_lock(vault->shelf->mutex);
    changed = vault->shelf->book != NULL ? vault->shelf->book->changed : 0;
    apr_thread_mutex_unlock(vault->shelf->mutex);
    return changed;
}

void bm_vault_set_book(bm_vault_t *vault, bm_secret_book_t *book)
{
    bm_secret_book_t *old;

    apr_thread_mutex_lock(vault->shelf->mutex);
    old = vault->shelf->book;
    vault->shelf->book = book;
    apr_thread_mutex_unlock(vault->shelf->mutex);
    if (old != NULL)
        apr_pool_destroy(old->p);
}

apr_array_header_t *bm_vault_take_used(bm_vault_t *vault, apr_pool_t *p)
{
    shelf_t *shelf = vault->shelf;
    apr_array_header_t *ids;

    apr_thread_mutex_lock(shelf->mutex);
    ids = apr_array_make(p, shelf->used_count, sizeof(apr_int64_t));
    memcpy(ids->elts, shelf->used, (size_t)shelf->used_count * sizeof(apr_int64_t));
    ids->nelts = shelf->used_count;
    shelf->used_count = 0;
    apr_thread_mutex_unlock(shelf->mutex);
    return ids;
}
