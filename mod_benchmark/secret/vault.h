/* SPDX-License-Identifier: Apache-2.0
 *
 * secret/vault.h: named secrets out of files (BenchmarkSecret name file).
 *
 * Read once, when an engine starts and still may read files that the server's user cannot; read again by
 * the next engine, so a changed secret takes a graceful restart. Values never go to the log, the database or an
 * answer, and are wiped when the pool goes. A file holds one value: its bytes without line ends at its end.
 *
 * Thread: read-only after bm_vault_load, so any thread may ask. */
#ifndef BM_SECRET_VAULT_H
#define BM_SECRET_VAULT_H

#include <apr_pools.h>
#include <apr_tables.h>
#include "base/err.h"

/** Longest secret, in bytes. */
#define BM_VAULT_VALUE_MAX 65536

typedef struct bm_vault_t bm_vault_t;

/** Read the files of all secrets (name -> path; NULL: none). *pvault is never NULL and has those that could be read; a file
 *  that others may read, or group or others may write, is used and logged (WARNING). @return APR_EINVAL: at least one could
 *  not be used (missing, not readable, empty, too long, with a NUL); err names the first and counts the others, never
 *  their content. */
apr_status_t bm_vault_load(bm_vault_t **pvault, const apr_table_t *secrets, bm_err_t *err, apr_pool_t *p);

/** Value of a secret; lives with the vault. NULL: there is none of that name (or vault is NULL). */
const char *bm_vault_get(const bm_vault_t *vault, const char *name);

/** bm_secret_fn over a vault (the baton): a copy in p, wiped when p goes. NULL: there is none. */
const char *bm_vault_secret(void *vault, const char *name, apr_pool_t *p);

#endif
