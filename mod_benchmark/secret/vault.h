/* SPDX-License-Identifier: Apache-2.0
 *
 * secret/vault.h: named secrets (BenchmarkSecret name file), read once while the process may.
 *
 * Values never go to the log, the database or an answer. Read-only after bm_vault_load, so any thread may ask. */
#ifndef BM_SECRET_VAULT_H
#define BM_SECRET_VAULT_H

#include <apr_pools.h>
#include <apr_tables.h>
#include "base/err.h"

/** Longest secret, in bytes. */
#define BM_VAULT_VALUE_MAX 65536

typedef struct bm_vault_t bm_vault_t;

/** Read the files of all secrets (name -> path); one line end at the end of a file does not belong to the value.
 *  *pvault is never NULL and has those that could be read. @return APR_EINVAL: at least one could not (missing, not
 *  readable, empty, too long, with a NUL); err names the first, never its content. */
apr_status_t bm_vault_load(bm_vault_t **pvault, const apr_table_t *secrets, bm_err_t *err, apr_pool_t *p);

/** Value of a secret; lives with the vault. NULL: there is none of that name. */
const char *bm_vault_get(const bm_vault_t *vault, const char *name);

#endif
