/* SPDX-License-Identifier: Apache-2.0 */
#include "net/outbound.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <apr_strings.h>
#include "net/address_guard.h"
#include "net/dead_end.h"
#include "net/header_guard.h"
#include "base/timefmt.h"
#include "net/kernel_stamp.h"

#define BUFFER_BYTES 16384L                 /* libcurl's read size: also the most that one read can batch */
#define DEFAULT_MAX_BODY (16LL * 1024 * 1024)
#define KEEPALIVE_S 60L                     /* answers that take minutes must survive middleboxes */

struct bm_outbound_t {
    bm_address_guard_t *guard;
    const char *ca_file, *cert_file, *key_file, *proxy;     /* NULL: none */
    bm_tls_files_t files;                   /* their contents, where they could be read */
    bm_outbound_limits_t defaults;
    int dead_end;                           /* its port; 0: none could be had */
};

apr_status_t bm_outbound_init(void)
{
    return curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK ? APR_SUCCESS : APR_EGENERAL;
}

apr_status_t bm_outbound_create(bm_outbound_t **poutbound, const bm_settings_t *settings, const bm_tls_files_t *files,
                                bm_err_t *err, apr_pool_t *p)
{
    bm_outbound_t *outbound = apr_pcalloc(p, sizeof(*outbound));
    apr_status_t rv = bm_address_guard_create(&outbound->guard, settings->target_allow, settings->target_deny, err, p);

    *poutbound = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    outbound->ca_file = apr_pstrdup(p, settings->target_ca);
    outbound->cert_file = apr_pstrdup(p, settings->target_cert);
    outbound->key_file = apr_pstrdup(p, settings->target_key);
    outbound->proxy = apr_pstrdup(p, settings->target_proxy);
    if (files != NULL)
        outbound->files = *files;
    outbound->defaults.connect_ns = settings->connect_timeout * 1000;
    outbound->defaults.first_byte_ns = settings->first_byte_timeout * 1000;
    outbound->defaults.stall_ns = settings->stall_timeout * 1000;
    outbound->defaults.total_ns = settings->run_timeout * 1000;
    outbound->defaults.max_body = settings->max_response_stored > DEFAULT_MAX_BODY ? settings->max_response_stored
                                                                                   : DEFAULT_MAX_BODY;
    outbound->dead_end = bm_dead_end_take(p);
    *poutbound = outbound;
    return APR_SUCCESS;
}

void bm_outbound_limits(bm_outbound_limits_t *limits, const bm_outbound_t *outbound, const bm_http_request_t *request)
{
    *limits = outbound->defaults;
    limits->abort_ns = request->abort_after_ns;
    if (request->connect_timeout_ms > 0)
        limits->connect_ns = request->connect_timeout_ms * 1000000;
    if (request->first_byte_timeout_ms > 0)
        limits->first_byte_ns = request->first_byte_timeout_ms * 1000000;
    if (request->stall_timeout_ms > 0)
        limits->stall_ns = request->stall_timeout_ms * 1000000;
    if (request->total_timeout_ms > 0)
        limits->total_ns = request->total_timeout_ms * 1000000;
    if (request->max_body > 0)
        limits->max_body = request->max_body;
}

/* --- the guards --- */

/* Our reference target is exempt from the list, but only where it can be: on this machine. So is the dead end, which is ours and
 * has nobody at it: a request for it may connect to that one address and to no other, the URL's own among them. */
static int address_allowed(const bm_outbound_call_t *call, const struct sockaddr *address)
{
    if (call->request->dead_end)
        return bm_dead_end_is(address, call->policy->dead_end);
    if (call->request->reference_target)
        return bm_address_guard_is_loopback(address);
    if (call->host_refused)
        return 0;
    if (call->policy->proxy)
        return 1;                            /* the address is the egress proxy's; what names lead to is its to guard */
    return bm_address_guard_allows(call->policy->guard, address, call->host_allowed);
}

static void remember_refused(bm_outbound_call_t *call, const struct sockaddr *address)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    const void *bytes = address->sa_family == AF_INET ? (void *)&in.sin_addr : (void *)&in6.sin6_addr;

    if (address->sa_family == AF_INET)
        memcpy(&in, address, sizeof(in));
    else
        memcpy(&in6, address, sizeof(in6));
    call->refused = 1;
    if (call->host_refused)
        return;                              /* which is said instead */
    if (inet_ntop(address->sa_family, bytes, call->refused_address, sizeof(call->refused_address)) == NULL)
        apr_cpystrn(call->refused_address, "?", sizeof(call->refused_address));
}

/* libcurl wants a socket for a resolved address. Any spelling of a name or number has become binary by now. */
static curl_socket_t open_socket(void *baton, curlsocktype purpose, struct curl_sockaddr *address)
{
    bm_outbound_call_t *call = baton;
    int fd;

    if (purpose != CURLSOCKTYPE_IPCXN || (address->family != AF_INET && address->family != AF_INET6))
        return CURL_SOCKET_BAD;
    if (!address_allowed(call, &address->addr)) {
        remember_refused(call, &address->addr);
        return CURL_SOCKET_BAD;
    }
    fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE))
        call->out_of_files = 1;
    if (fd >= 0 && call->kernel_stamps)
        (void)bm_kernel_stamp_enable(fd);    /* without it there are user stamps only, and the results say so */
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/* Before the request goes out on a connection, warm ones included: one that was opened under an exemption must not serve
 * a request that has none. */
static int before_request(void *baton, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    bm_outbound_call_t *call = baton;
    struct sockaddr_storage address;

    (void)local_ip;
    (void)remote_port;
    (void)local_port;
    if (bm_address_guard_parse(&address, remote_ip) != APR_SUCCESS)
        return CURL_PREREQFUNC_ABORT;
    call->ready_ns = bm_timefmt_monotonic_ns();
    if (address_allowed(call, (struct sockaddr *)&address))
        return CURL_PREREQFUNC_OK;
    remember_refused(call, (struct sockaddr *)&address);
    return CURL_PREREQFUNC_ABORT;
}

/* --- handles --- */

static int set_rules(CURL *easy)
{
    int bad = 0;

    bad |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    bad |= curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    bad |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    bad |= curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    bad |= curl_easy_setopt(easy, CURLOPT_NOPROXY, "");              /* else no_proxy of the environment is read */
    bad |= curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    bad |= curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    bad |= curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    bad |= curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S);
    bad |= curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_S);
    bad |= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    bad |= curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
    bad |= curl_easy_setopt(easy, CURLOPT_USERAGENT, BM_OUTBOUND_USER_AGENT);
    bad |= curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    bad |= curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* Without it the end of a request whose name is still being resolved waits for the resolver, and the loop with it. */
    bad |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
    return bad;
}

/* From memory if we have it, else by name: then libcurl's failure says what is wrong with the file. */
static int set_file(CURL *easy, CURLoption blob_option, const bm_tls_file_t *file, CURLoption path_option, const char *path)
{
    struct curl_blob blob = { .data = (void *)(uintptr_t)file->data, .len = file->len, .flags = CURL_BLOB_NOCOPY };

    return file->data ? curl_easy_setopt(easy, blob_option, &blob) : path ? curl_easy_setopt(easy, path_option, path) : CURLE_OK;
}

/* Whom certificates must come from, also after a request that trusted the reference target's alone. */
static int set_authorities(CURL *easy, const bm_outbound_t *outbound)
{
    char *path = NULL;
    int bad = 0;

    if (outbound->ca_file == NULL)               /* else the system's authorities would hold as well */
        curl_easy_getinfo(easy, CURLINFO_CAPATH, &path);
    bad |= curl_easy_setopt(easy, CURLOPT_CAPATH, path);
    bad |= curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, NULL);
    return bad | set_file(easy, CURLOPT_CAINFO_BLOB, &outbound->files.ca, CURLOPT_CAINFO, outbound->ca_file);
}

static int trust_only(CURL *easy, const char *certificate)
{
    struct curl_blob blob = { .data = (void *)(uintptr_t)certificate, .len = strlen(certificate), .flags = CURL_BLOB_COPY };

    return curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob) | curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
}

static int set_trust(CURL *easy, bm_outbound_call_t *call, const bm_http_request_t *request)
{
    int was_own = call->own_certificate;

    call->own_certificate = request->reference_target && request->reference_certificate != NULL;
    if (call->own_certificate)
        return trust_only(easy, request->reference_certificate);
    return was_own ? set_authorities(easy, call->policy) : 0;
}

static int set_tls(CURL *easy, const bm_outbound_t *outbound)
{
    const bm_tls_files_t *files = &outbound->files;
    const bm_tls_file_t *key = files->key.data || outbound->key_file ? &files->key : &files->cert;
    int bad = set_authorities(easy, outbound);

    if (outbound->cert_file == NULL)
        return bad;
    bad |= set_file(easy, CURLOPT_SSLCERT_BLOB, &files->cert, CURLOPT_SSLCERT, outbound->cert_file);
    bad |= set_file(easy, CURLOPT_SSLKEY_BLOB, key, CURLOPT_SSLKEY,
                    outbound->key_file ? outbound->key_file : outbound->cert_file);
    return bad;
}

apr_status_t bm_outbound_handle_create(CURL **peasy, bm_outbound_call_t *call, const bm_outbound_t *outbound)
{
    CURL *easy = curl_easy_init();
    int bad = 0;

    *peasy = NULL;
    if (easy == NULL)
        return APR_ENOMEM;
    call->policy = outbound;
    bad |= set_rules(easy);
    bad |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error);
    bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
    bad |= curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
    bad |= curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
    bad |= set_tls(easy, outbound);
    if (bad) {
        curl_easy_cleanup(easy);
        return APR_ENOMEM;
    }
    *peasy = easy;
    return APR_SUCCESS;
}

/* "Name:" alone would delete a header in libcurl's language; "Name;" sends it empty. */
static int append_header(struct curl_slist **list, const char *line)
{
    const char *colon = strchr(line, ':');
    struct curl_slist *next;
    char empty[256];

    if (colon[1 + strspn(colon + 1, " ")] == '\0') {
        snprintf(empty, sizeof(empty), "%.*s;", (int)(colon - line), line);
        line = empty;
    }
    next = curl_slist_append(*list, line);
    if (next == NULL)
        return 1;
    *list = next;
    return 0;
}

static int set_headers(CURL *easy, bm_outbound_call_t *call, const bm_http_request_t *request)
{
    int i, bad = 0;

    call->headers = curl_slist_append(NULL, "Expect:");     /* none: it would cost a second for large bodies */
    bad |= call->headers == NULL;
    for (i = 0; request->headers && i < request->headers->nelts; i++) {
        const char *line = APR_ARRAY_IDX(request->headers, i, const char *);

        if (bm_header_guard_line(line, NULL) != APR_SUCCESS) {
            apr_cpystrn(call->error, "a header line is not allowed", sizeof(call->error));
            return 1;
        }
        bad |= append_header(&call->headers, line);
    }
    bad |= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
    return bad;
}

static int set_method(CURL *easy, const bm_http_request_t *request)
{
    int bad = 0, head = strcmp(request->method, "HEAD") == 0;

    bad |= curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, NULL);
    bad |= curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);              /* also undoes HEAD and POST of an earlier request */
    if (head && request->body == NULL)
        return bad | curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (request->body != NULL || strcmp(request->method, "POST") == 0) {
        bad |= curl_easy_setopt(easy, CURLOPT_POST, 1L);
        bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body ? request->body : "");
        bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(request->body ? request->body_len : 0));
        if (strcmp(request->method, "POST") != 0)
            bad |= curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    }
    else if (strcmp(request->method, "GET") != 0)
        bad |= curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    return bad;
}

/* A proxy is told the host and connects itself, so a host that is an address is judged here. libcurl has made one spelling of
 * all those of IPv4 addresses. */
static int proxy_may_not(const bm_outbound_t *outbound, const char *host, int host_allowed)
{
    struct sockaddr_storage address;
    char bare[64];
    size_t len;

    apr_cpystrn(bare, host, sizeof(bare));
    len = strlen(bare);
    if (len > 0 && bare[len - 1] == '.')
        bare[len - 1] = '\0';
    return bm_address_guard_parse(&address, bare) == APR_SUCCESS
           && !bm_address_guard_allows(outbound->guard, (struct sockaddr *)&address, host_allowed);
}

/* What the lists say of the host by its name. */
static void judge_host(bm_outbound_call_t *call, const char *url_text)
{
    const bm_outbound_t *outbound = call->policy;
    CURLU *url = curl_url();
    char *host = NULL;

    if (url && curl_url_set(url, CURLUPART_URL, url_text, 0) == CURLUE_OK
        && curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
        call->host_allowed = bm_address_guard_allows_host(outbound->guard, host);
        call->host_refused = bm_address_guard_denies_host(outbound->guard, host)
                             || (outbound->proxy != NULL && proxy_may_not(outbound, host, call->host_allowed));
        if (call->host_refused)
            apr_cpystrn(call->refused_address, host, sizeof(call->refused_address));
    }
    curl_free(host);
    curl_url_cleanup(url);
}

/* libcurl keeps URL, certificate and Host as they are and connects elsewhere; address_allowed() has the last word there, too. */
static int set_dead_end(CURL *easy, bm_outbound_call_t *call)
{
    char where[64];

    if (call->policy->dead_end == 0) {
        apr_cpystrn(call->error, "there is no port where nobody listens", sizeof(call->error));
        return 1;
    }
    snprintf(where, sizeof(where), "::127.0.0.1:%d", call->policy->dead_end);
    call->elsewhere = curl_slist_append(NULL, where);
    return call->elsewhere == NULL || curl_easy_setopt(easy, CURLOPT_CONNECT_TO, call->elsewhere) != CURLE_OK;
}

apr_status_t bm_outbound_apply(CURL *easy, bm_outbound_call_t *call, const bm_http_request_t *request)
{
    const bm_outbound_t *outbound = call->policy;
    bm_outbound_limits_t limits;
    int bad = 0;

    call->request = request;
    call->refused = call->out_of_files = 0;
    call->error[0] = '\0';
    call->host_allowed = call->host_refused = 0;
    if (!request->reference_target && (outbound->proxy != NULL || bm_address_guard_has_hosts(outbound->guard)))
        judge_host(call, request->url);
    if (bm_header_guard_method(request->method, NULL) != APR_SUCCESS) {
        apr_cpystrn(call->error, "the method is not a token", sizeof(call->error));
        return APR_EINVAL;
    }
    bm_outbound_limits(&limits, outbound, request);
    bad |= set_headers(easy, call, request);
    bad |= set_method(easy, request);
    bad |= set_trust(easy, call, request);
    bad |= curl_easy_setopt(easy, CURLOPT_URL, request->url);
    bad |= curl_easy_setopt(easy, CURLOPT_PROXY,
                            request->reference_target || request->dead_end || !outbound->proxy ? "" : outbound->proxy);
    bad |= request->dead_end && set_dead_end(easy, call);
    bad |= curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request->fresh_connection ? 1L : 0L);
    bad |= curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, request->fresh_connection ? 1L : 0L);
    /* The limits are ours to watch; this one also tells libcurl how long to try one of several addresses. */
    bad |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(limits.connect_ns / 1000000));
    bad |= curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)limits.max_body);
    if (!bad)
        return APR_SUCCESS;
    if (call->error[0] == '\0')
        apr_cpystrn(call->error, "libcurl refused the request", sizeof(call->error));
    return APR_EINVAL;
}

void bm_outbound_release(CURL *easy, bm_outbound_call_t *call)
{
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
    if (call->elsewhere != NULL)
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, NULL);
    curl_slist_free_all(call->headers);
    curl_slist_free_all(call->elsewhere);
    call->headers = call->elsewhere = NULL;
    call->request = NULL;
}

/* --- why it ended --- */

static bm_exchange_end_e end_of_connect(CURL *easy, bm_outbound_call_t *call)
{
    long os_errno = 0;

    if (call->out_of_files) {
        apr_cpystrn(call->error, "the engine may not open more sockets (limit of open files)", sizeof(call->error));
        return BM_END_INTERNAL;
    }
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
    return os_errno == ETIMEDOUT ? BM_END_CONNECT_TIMEOUT : BM_END_CONNECT;
}

/* What libcurl calls a failed read: also chunk sizes that are none, a tunnel that the proxy refuses, and what TLS 1.3 servers say
 * of a client's certificate, for they say it when the handshake is over. */
static bm_exchange_end_e end_of_read(const bm_outbound_call_t *call)
{
    if (strstr(call->error, "SSL routines") && strstr(call->error, "alert"))
        return BM_END_TLS;
    if (strstr(call->error, "CONNECT tunnel failed"))
        return BM_END_CONNECT;
    return strstr(call->error, "chunk") ? BM_END_PROTOCOL : BM_END_CUT;
}

bm_exchange_end_e bm_outbound_end(CURL *easy, bm_outbound_call_t *call, CURLcode rc, int sent)
{
    if (rc != CURLE_OK && call->refused)
        return BM_END_NOT_ALLOWED;
    switch (rc) {
    case CURLE_OK:
        return BM_END_COMPLETE;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return BM_END_DNS;
    case CURLE_COULDNT_CONNECT:
        return end_of_connect(easy, call);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
        return BM_END_TLS;
    case CURLE_OPERATION_TIMEDOUT:
        return sent ? BM_END_TOTAL_TIMEOUT : BM_END_CONNECT_TIMEOUT;
    case CURLE_FILESIZE_EXCEEDED:
        return BM_END_TOO_LARGE;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
        return BM_END_CUT;
    case CURLE_RECV_ERROR:
        return end_of_read(call);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_BAD_CONTENT_ENCODING:
        return BM_END_PROTOCOL;
    case CURLE_UNSUPPORTED_PROTOCOL:         /* also "HTTP/0.9", which any garbage is */
        return sent ? BM_END_PROTOCOL : BM_END_BAD_REQUEST;
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
        return BM_END_BAD_REQUEST;
    case CURLE_PROXY:
        return BM_END_CONNECT;
    default:
        return BM_END_INTERNAL;
    }
}
