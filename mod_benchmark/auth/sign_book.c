/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/sign_book.h"

#include <string.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include "auth/credential_cache.h"
#include "base/log.h"
#include "base/timefmt.h"
#include "crypt/opaque_token.h"

/* mutex guards what follows it. It is not held over a statement. */
struct bm_sign_book_t {
    const bm_key_ring_t *ring;
    apr_int64_t token_seconds;
    apr_thread_mutex_t *mutex;
    bm_sign_key_t keys[BM_SIGNING_KEYS_MAX];
    int n, signs;
    apr_interval_time_t skew;                     /* the database's clock minus ours */
    char trouble[400];                            /* why the key that signs cannot be used; "": it can */
    apr_time_t looked;                            /* steady; 0: never */
};

static apr_status_t forget(void *data)
{
    bm_sign_book_t *book = data;

    bm_opaque_wipe(book->keys, sizeof(book->keys));
    return APR_SUCCESS;
}

bm_sign_book_t *bm_sign_book_make(const bm_key_ring_t *ring, apr_int64_t token_seconds, apr_pool_t *p)
{
    bm_sign_book_t *book = apr_pcalloc(p, sizeof(*book));

    book->ring = ring;
    book->token_seconds = token_seconds;
    book->signs = -1;
    apr_thread_mutex_create(&book->mutex, APR_THREAD_MUTEX_DEFAULT, p);
    apr_pool_cleanup_register(p, book, forget, apr_pool_cleanup_null);
    return book;
}

apr_status_t bm_sign_book_read(bm_sign_book_t *book, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_signing_keys_t found;
    apr_status_t rv = bm_signing_key_store_list(&found, book->ring, db, err, p);

    if (rv == APR_SUCCESS) {
        const char *trouble = found.trouble != NULL ? found.trouble : "";
        int news;

        apr_thread_mutex_lock(book->mutex);
        news = trouble[0] != '\0' && strncmp(book->trouble, trouble, sizeof(book->trouble) - 1) != 0;
        memcpy(book->keys, found.keys, sizeof(book->keys));
        book->n = found.n;
        book->signs = found.signs;
        if (found.n > 0)
            book->skew = found.skew;
        apr_cpystrn(book->trouble, trouble, sizeof(book->trouble));
        book->looked = bm_timefmt_steady();
        apr_thread_mutex_unlock(book->mutex);
        if (news)
            bm_log(BM_LOG_ERR, 0, BMLOG(0904) "%s", trouble);
    }
    bm_opaque_wipe(&found, sizeof(found));
    return rv;
}

int bm_sign_book_copy(bm_sign_key_t keys[BM_SIGNING_KEYS_MAX], apr_interval_time_t *pskew, bm_sign_book_t *book)
{
    int i, n;

    apr_thread_mutex_lock(book->mutex);
    n = book->n;
    for (i = 0; i < n; i++) {
        keys[i] = book->keys[i];
        memset(keys[i].secret_key, 0, sizeof(keys[i].secret_key));
    }
    *pskew = book->skew;
    apr_thread_mutex_unlock(book->mutex);
    return n;
}

int bm_sign_book_is_older(bm_sign_book_t *book, apr_interval_time_t age)
{
    apr_time_t now = bm_timefmt_steady();
    int older;

    apr_thread_mutex_lock(book->mutex);
    older = book->looked == 0 || now - book->looked >= age;
    apr_thread_mutex_unlock(book->mutex);
    return older;
}

static apr_status_t cannot_sign(bm_sign_book_t *book, bm_err_t *err, apr_pool_t *p)
{
    const char *trouble;

    apr_thread_mutex_lock(book->mutex);
    trouble = apr_pstrdup(p, book->trouble);
    apr_thread_mutex_unlock(book->mutex);
    if (trouble[0] == '\0')
        return bm_err_set(err, APR_EAGAIN, NULL, "There is no key to sign with yet.");
    return bm_err_set(err, APR_EAGAIN, "signing_key_unusable", "%s", trouble);
}

/* The key that signs, as far as we know; dated: it need not be what we saw a moment ago. *key has its secret part. */
static int take_signing(bm_sign_key_t *key, bm_sign_book_t *book, int dated)
{
    int found;

    apr_thread_mutex_lock(book->mutex);
    found = book->signs >= 0 && book->trouble[0] == '\0'
            && (dated || bm_timefmt_steady() - book->looked < apr_time_from_sec(BM_CREDENTIAL_SECONDS));
    if (found)
        *key = book->keys[book->signs];
    apr_thread_mutex_unlock(book->mutex);
    return found;
}

static apr_status_t make_first(bm_sign_book_t *book, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_sign_key_t fresh;
    apr_status_t rv = bm_sign_key_make(&fresh);

    if (rv == APR_ENOTIMPL)
        return bm_err_set(err, APR_EGENERAL, NULL, "This server was built without libsodium: it has no tokens.");
    if (rv == APR_SUCCESS)
        rv = bm_signing_key_store_add(db, &fresh, 1, book->token_seconds, book->ring, err, p);
    bm_opaque_wipe(&fresh, sizeof(fresh));
    return rv == APR_SUCCESS ? bm_sign_book_read(book, db, err, p) : rv;
}

apr_status_t bm_sign_book_signing(bm_sign_key_t *key, bm_sign_book_t *book, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv;

    if (take_signing(key, book, 0))
        return APR_SUCCESS;
    rv = bm_sign_book_read(book, db, err, p);
    if (rv == APR_SUCCESS && take_signing(key, book, 1))
        return APR_SUCCESS;
    if (rv == APR_SUCCESS)
        rv = make_first(book, db, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    return take_signing(key, book, 1) ? APR_SUCCESS : cannot_sign(book, err, p);
}

apr_status_t bm_sign_book_add(bm_sign_key_t *key, bm_sign_book_t *book, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_sign_key_make(key);

    if (rv == APR_SUCCESS)
        rv = bm_signing_key_store_add(db, key, 0, book->token_seconds, book->ring, err, p);
    bm_opaque_wipe(key->secret_key, sizeof(key->secret_key));
    if (rv == APR_SUCCESS)
        rv = bm_sign_book_read(book, db, err, p);
    return rv;
}
