/* SPDX-License-Identifier: Apache-2.0
 *
 * secret/vault.h: the value of a secret by its name, for engines and nobody else.
 *
 * One order: a name that httpd.conf gives a file (BenchmarkSecret name file) is that file's, also where the file cannot be read;
 * any other is looked up among the secrets of the store, in the project that asks. So whoever may write to the API cannot put
 * his own value in the place of the administrator's.
 *
 * Files are read once, when an engine starts and still may read what the server's user cannot; a changed file takes a
 * graceful restart. A file holds one value: its bytes without line ends at its end. Secrets of the store are kept encrypted,
 * as they are stored (bm_vault_set_book), and are opened for each use. Values never go to the log, the database or an answer,
 * and are wiped when the pool goes that they were asked into.
 *
 * Threads: any may ask, and bring a book (bm_vault_set_book). What changes is guarded by one mutex. */
#ifndef BM_SECRET_VAULT_H
#define BM_SECRET_VAULT_H

#include <apr_pools.h>
#include <apr_tables.h>
#include "base/err.h"
#include "crypt/key_ring.h"
#include "model/secret_book.h"

/** Longest secret, in bytes. */
#define BM_VAULT_VALUE_MAX 65536

typedef struct bm_vault_t bm_vault_t;

/** Read the files of all secrets (name -> path; NULL: none). ring: opens those of the store; NULL: there is none. *pvault is
 *  never NULL and has those that could be read; a file that others may read, or group or others may write, is used and logged
 *  (WARNING). @return APR_EINVAL: at least one could not be used (missing, not readable, empty, too long, with a NUL); err names
 *  the first and counts the others, never their content. */
apr_status_t bm_vault_load(bm_vault_t **pvault, const apr_table_t *secrets, const bm_key_ring_t *ring, bm_err_t *err,
                           apr_pool_t *p);

/** The same vault, asked by a project; in p. NULL for NULL. */
bm_vault_t *bm_vault_of_project(bm_vault_t *vault, apr_int64_t project_id, apr_pool_t *p);

/** bm_secret_fn over a vault (the baton; may be NULL): a copy in p, wiped when p goes.
 *  @return APR_NOTFOUND: there is none of that name (secret_missing); APR_EAGAIN, APR_EGENERAL: there is, but it cannot be opened
 *  (secret_unreadable: its file; secret_keys_unusable, secret_key_unknown, secret_damaged: crypt/seal.h). */
apr_status_t bm_vault_secret(const char **pvalue, void *vault, const char *name, bm_err_t *err, apr_pool_t *p);

/** Whether httpd.conf names it, so that no secret of the store of this name is ever used. */
int bm_vault_is_file(const bm_vault_t *vault, const char *name);

/** What the book in use was read at; 0: there is none. */
apr_int64_t bm_vault_changed(bm_vault_t *vault);

/** Use this book of the store's secrets from now on; the one before goes. */
void bm_vault_set_book(bm_vault_t *vault, bm_secret_book_t *book);

/** Ids (apr_int64_t) of secrets of the store that were used since it was last asked, each once, in p. */
apr_array_header_t *bm_vault_take_used(bm_vault_t *vault, apr_pool_t *p);

#endif
