/* SPDX-License-Identifier: Apache-2.0
 *
 * auth/sign_book.h: what a process knows of the keys that sign access tokens. They are rows (store/signing_key_store.h); what
 * was read last is kept here, in memory that is wiped.
 *
 * Thread: any; one of a child. No lock is held over a statement. */
#ifndef BM_AUTH_SIGN_BOOK_H
#define BM_AUTH_SIGN_BOOK_H

#include "base/err.h"
#include "crypt/signed_token.h"
#include "db/conn.h"
#include "store/signing_key_store.h"

typedef struct bm_sign_book_t bm_sign_book_t;

/** Empty. ring seals new keys; NULL: they are stored as they are. token_seconds: how long a key is believed after the last token
 *  that it signed. Lives with p. */
bm_sign_book_t *bm_sign_book_make(const bm_key_ring_t *ring, apr_int64_t token_seconds, apr_pool_t *p);

/** Read them anew. A key that signs and cannot be used is told once (BM0904), and is an error when it is wanted. */
apr_status_t bm_sign_book_read(bm_sign_book_t *book, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Whether they were read longer ago than that, or never: of a key that nobody knows one looks, but not for each invention. */
int bm_sign_book_is_older(bm_sign_book_t *book, apr_interval_time_t age);

/** A copy of the parts that may be seen; *pskew: the database's clock minus ours. @return their number. */
int bm_sign_book_copy(bm_sign_key_t keys[BM_SIGNING_KEYS_MAX], apr_interval_time_t *pskew, bm_sign_book_t *book);

/** The key that signs now; the first one is made here. *key has its secret part: wipe it. @return APR_EAGAIN: there is none that
 *  can be used (signing_key_unusable); APR_EGENERAL: built without libsodium. */
apr_status_t bm_sign_book_signing(bm_sign_key_t *key, bm_sign_book_t *book, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Another key, which signs when every node knows it. *key is without its secret part. */
apr_status_t bm_sign_book_add(bm_sign_key_t *key, bm_sign_book_t *book, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
