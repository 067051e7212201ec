/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_tls.h: the target's port over TLS, by OpenSSL directly, so that the ruler can be checked through TLS too.
 *
 * A context belongs to a listener; a session to a connection. Receive and send look like recv() and send() on a
 * non-blocking socket, handshake included. Without OpenSSL (configure --without-openssl) a context cannot be made.
 *
 * Thread: contexts may be made in one process and used after fork; a session belongs to the target's thread. */
#ifndef BM_TARGET_TARGET_TLS_H
#define BM_TARGET_TARGET_TLS_H

#include <sys/types.h>
#include <apr_errno.h>
#include <apr_pools.h>

typedef struct bm_target_tls_t bm_target_tls_t;
typedef struct bm_target_tls_session_t bm_target_tls_session_t;

/** A context with a certificate chain and a key from PEM files; both NULL: a fresh self-signed one (P-256) for localhost,
 *  127.0.0.1 and ::1, without an end, as it dies with the process. TLS 1.2 and 1.3. Freed with p.
 *  @return APR_ENOTIMPL: built without OpenSSL; APR_EINVAL: the files do not fit; APR_EGENERAL: OpenSSL failed. */
apr_status_t bm_target_tls_create(bm_target_tls_t **ptls, const char *certificate_file, const char *key_file, apr_pool_t *p);

/** The certificate as PEM, in p: what a client of a self-signed target has to trust. */
const char *bm_target_tls_certificate(const bm_target_tls_t *tls, apr_pool_t *p);

/** A session on an accepted, non-blocking socket. NULL: out of memory. */
bm_target_tls_session_t *bm_target_tls_open(bm_target_tls_t *tls, int fd);

/** As recv(). -1 with errno EAGAIN also while the handshake waits; *wants_write: for the socket to take bytes. */
ssize_t bm_target_tls_recv(bm_target_tls_session_t *session, char *data, apr_size_t len, int *wants_write);

/** As send(). A part that was refused (EAGAIN) must be offered again, with more behind it if need be. */
ssize_t bm_target_tls_send(bm_target_tls_session_t *session, const char *data, apr_size_t len);

/** Whether bytes are decrypted that bm_target_tls_recv would return without reading the socket. */
int bm_target_tls_pending(const bm_target_tls_session_t *session);

/** Tell the client that all is sent (close_notify). */
void bm_target_tls_finish(bm_target_tls_session_t *session);

/** Free it; nothing is sent. The socket stays open. */
void bm_target_tls_close(bm_target_tls_session_t *session);

#endif
