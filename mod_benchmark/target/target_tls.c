/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_tls.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_OPENSSL

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <apr_strings.h>
#include "base/log.h"

struct bm_target_tls_t {
    SSL_CTX *context;
};

/* A session is the SSL itself; the name hides it from those who include the header. */
#define SSL_OF(session) ((SSL *)(void *)(session))

static apr_status_t tls_cleanup(void *baton)
{
    SSL_CTX_free(((bm_target_tls_t *)baton)->context);
    return APR_SUCCESS;
}

static int add_names(X509 *certificate)
{
    X509_EXTENSION *names;
    X509V3_CTX context;
    int ok;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    names = X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    ok = names != NULL && X509_add_ext(certificate, names, -1) == 1;
    X509_EXTENSION_free(names);
    return ok;
}

static int fill_certificate(X509 *certificate, EVP_PKEY *key)
{
    X509_NAME *name = X509_get_subject_name(certificate);

    return X509_set_version(certificate, 2) == 1
        && ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1
        && ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), "19700101000000Z") == 1
        && ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), "99991231235959Z") == 1   /* never, by RFC 5280 */
        && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0) == 1
        && X509_set_issuer_name(certificate, name) == 1
        && X509_set_pubkey(certificate, key) == 1
        && add_names(certificate)
        && X509_sign(certificate, key, EVP_sha256()) > 0;
}

static int use_self_signed(SSL_CTX *context)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    int ok = key != NULL && certificate != NULL && fill_certificate(certificate, key)
             && SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1;

    X509_free(certificate);
    EVP_PKEY_free(key);
    return ok;
}

apr_status_t bm_target_tls_create(bm_target_tls_t **ptls, const char *certificate_file, const char *key_file, apr_pool_t *p)
{
    bm_target_tls_t *tls = apr_pcalloc(p, sizeof(*tls));
    apr_status_t rv = APR_SUCCESS;

    *ptls = NULL;
    tls->context = SSL_CTX_new(TLS_server_method());
    if (tls->context == NULL)
        return APR_EGENERAL;
    apr_pool_cleanup_register(p, tls, tls_cleanup, apr_pool_cleanup_null);
    SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION);
    SSL_CTX_set_mode(tls->context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                     | SSL_MODE_RELEASE_BUFFERS);
    if (certificate_file == NULL)
        rv = use_self_signed(tls->context) ? APR_SUCCESS : APR_EGENERAL;
    else if (SSL_CTX_use_certificate_chain_file(tls->context, certificate_file) != 1
             || SSL_CTX_use_PrivateKey_file(tls->context, key_file ? key_file : certificate_file, SSL_FILETYPE_PEM) != 1
             || SSL_CTX_check_private_key(tls->context) != 1)
        rv = APR_EINVAL;
    if (rv != APR_SUCCESS)
        bm_log(BM_LOG_ERR, APR_SUCCESS, BMLOG(0602) "the reference target cannot use its certificate: %s",
               ERR_error_string(ERR_peek_last_error(), NULL));
    ERR_clear_error();
    *ptls = rv == APR_SUCCESS ? tls : NULL;
    return rv;
}

const char *bm_target_tls_certificate(const bm_target_tls_t *tls, apr_pool_t *p)
{
    BIO *bio = BIO_new(BIO_s_mem());
    const char *text = "";
    char *data;
    long len;

    if (bio != NULL && PEM_write_bio_X509(bio, SSL_CTX_get0_certificate(tls->context)) == 1) {
        len = BIO_get_mem_data(bio, &data);
        text = apr_pstrmemdup(p, data, (apr_size_t)len);
    }
    BIO_free(bio);
    return text;
}

bm_target_tls_session_t *bm_target_tls_open(bm_target_tls_t *tls, int fd)
{
    SSL *ssl = SSL_new(tls->context);

    if (ssl == NULL || SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        return NULL;
    }
    SSL_set_accept_state(ssl);
    return (bm_target_tls_session_t *)(void *)ssl;
}

/* OpenSSL's verdict on a call as errno and return value of a socket call. */
static ssize_t as_socket(SSL *ssl, int result, int *wants_write)
{
    int why = SSL_get_error(ssl, result), saved = errno;

    ERR_clear_error();
    if (why == SSL_ERROR_ZERO_RETURN || (why == SSL_ERROR_SYSCALL && result == 0))
        return 0;
    *wants_write = why == SSL_ERROR_WANT_WRITE;
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
        errno = EAGAIN;
    else
        errno = why == SSL_ERROR_SYSCALL && saved != 0 && saved != EAGAIN ? saved : EPROTO;
    return -1;
}

ssize_t bm_target_tls_recv(bm_target_tls_session_t *session, char *data, apr_size_t len, int *wants_write)
{
    int n;

    *wants_write = 0;
    ERR_clear_error();
    n = SSL_read(SSL_OF(session), data, len > INT_MAX ? INT_MAX : (int)len);
    return n > 0 ? n : as_socket(SSL_OF(session), n, wants_write);
}

ssize_t bm_target_tls_send(bm_target_tls_session_t *session, const char *data, apr_size_t len)
{
    apr_size_t sent = 0;
    int n, wants_write;

    ERR_clear_error();
    while (sent < len) {                        /* one call takes one record of 16 KiB at most */
        n = SSL_write(SSL_OF(session), data + sent, len - sent > INT_MAX ? INT_MAX : (int)(len - sent));
        if (n <= 0) {
            ssize_t failed = as_socket(SSL_OF(session), n, &wants_write);

            return sent > 0 && failed < 0 && errno == EAGAIN ? (ssize_t)sent : -1;
        }
        sent += (apr_size_t)n;
    }
    return (ssize_t)sent;
}

int bm_target_tls_pending(const bm_target_tls_session_t *session)
{
    return SSL_pending((const SSL *)(const void *)session) > 0;
}

void bm_target_tls_finish(bm_target_tls_session_t *session)
{
    if (SSL_is_init_finished(SSL_OF(session)))
        SSL_shutdown(SSL_OF(session));
    ERR_clear_error();
}

void bm_target_tls_close(bm_target_tls_session_t *session)
{
    SSL_free(SSL_OF(session));
}

#else

apr_status_t bm_target_tls_create(bm_target_tls_t **ptls, const char *certificate_file, const char *key_file, apr_pool_t *p)
{
    (void)certificate_file;
    (void)key_file;
    (void)p;
    *ptls = NULL;
    return APR_ENOTIMPL;
}

/* The rest cannot be reached: there is no context to reach it with. */

const char *bm_target_tls_certificate(const bm_target_tls_t *tls, apr_pool_t *p)
{
    (void)tls;
    (void)p;
    return "";
}

bm_target_tls_session_t *bm_target_tls_open(bm_target_tls_t *tls, int fd)
{
    (void)tls;
    (void)fd;
    return NULL;
}

ssize_t bm_target_tls_recv(bm_target_tls_session_t *session, char *data, apr_size_t len, int *wants_write)
{
    (void)session;
    (void)data;
    (void)len;
    *wants_write = 0;
    return -1;
}

ssize_t bm_target_tls_send(bm_target_tls_session_t *session, const char *data, apr_size_t len)
{
    (void)session;
    (void)data;
    (void)len;
    return -1;
}

int bm_target_tls_pending(const bm_target_tls_session_t *session)
{
    (void)session;
    return 0;
}

void bm_target_tls_finish(bm_target_tls_session_t *session)
{
    (void)session;
}

void bm_target_tls_close(bm_target_tls_session_t *session)
{
    (void)session;
}

#endif
