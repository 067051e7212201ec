/* SPDX-License-Identifier: Apache-2.0
 *
 * model/secret_book.h: all secrets of the store as an engine keeps them: encrypted.
 *
 * Made by store/secret_store.h in a pool of its own, read-only afterwards. */
#ifndef BM_MODEL_SECRET_BOOK_H
#define BM_MODEL_SECRET_BOOK_H

#include <apr_hash.h>

typedef struct bm_secret_row_t {
    apr_int64_t id, project_id;
    const char *name;
    const char *sealed;          /* crypt/seal.h */
} bm_secret_row_t;

typedef struct bm_secret_book_t {
    apr_pool_t *p;               /* holds it; whoever has the book destroys it */
    apr_int64_t changed;         /* what it was read at: secret_state.changed */
    apr_hash_t *rows;            /* bm_secret_place -> bm_secret_row_t */
} bm_secret_book_t;

#endif
