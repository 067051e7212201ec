/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/langfuse_client.h"

#include <string.h>
#include <strings.h>
#include <sodium.h>
#include <apr_base64.h>
#include <apr_strings.h>
#include "base/buffer.h"
#include "base/text.h"
#include "parse/retry_after.h"

#define CONNECT_MS 10000
#define WAIT_MAX apr_time_from_sec(24 * 3600)

struct bm_langfuse_client_t {
    const bm_outbound_t *outbound;
    int (*stopping)(void *baton);
    void *baton;
    CURL *easy;
    bm_outbound_call_t call;
    bm_buffer_t body;
    int too_large;
    char retry_after[64], limit[32], remaining[32];
    char trouble[CURL_ERROR_SIZE + 64];
};

static size_t keep_body(char *data, size_t size, size_t n, void *baton)
{
    bm_langfuse_client_t *c = baton;

    if (c->body.len + size * n > BM_LANGFUSE_ANSWER_MAX) {
        c->too_large = 1;
        return 0;
    }
    return bm_buffer_append(&c->body, data, size * n) == APR_SUCCESS ? size * n : 0;
}

/* The header's value, if this line is that header. */
static void keep_value(char *value, size_t room, const char *line, size_t len, const char *name)
{
    size_t at = strlen(name);

    if (len <= at || strncasecmp(line, name, at) != 0)
        return;
    while (at < len && (line[at] == ' ' || line[at] == '\t'))
        at++;
    while (len > at && strchr("\r\n \t", line[len - 1]) != NULL)
        len--;
    apr_cpystrn(value, line + at, len - at + 1 < room ? len - at + 1 : room);
}

static size_t keep_header(char *line, size_t size, size_t n, void *baton)
{
    bm_langfuse_client_t *c = baton;
    size_t len = size * n;

    keep_value(c->retry_after, sizeof(c->retry_after), line, len, "retry-after:");
    keep_value(c->limit, sizeof(c->limit), line, len, "x-ratelimit-limit:");
    keep_value(c->remaining, sizeof(c->remaining), line, len, "x-ratelimit-remaining:");
    return len;
}

static int give_up(void *baton, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const bm_langfuse_client_t *client = baton;

    (void)a, (void)b, (void)c, (void)d;
    return client->stopping(client->baton);
}

static apr_status_t client_cleanup(void *baton)
{
    bm_langfuse_client_t *c = baton;

    if (c->easy != NULL)
        curl_easy_cleanup(c->easy);
    bm_buffer_free(&c->body);
    return APR_SUCCESS;
}

apr_status_t bm_langfuse_client_create(bm_langfuse_client_t **pclient, const bm_outbound_t *outbound,
                                       int (*stopping)(void *baton), void *baton, apr_pool_t *p)
{
    bm_langfuse_client_t *c = *pclient = apr_pcalloc(p, sizeof(*c));
    int bad = 0;

    c->outbound = outbound;
    c->stopping = stopping;
    c->baton = baton;
    if (bm_outbound_handle_create(&c->easy, &c->call, outbound) != APR_SUCCESS)
        return APR_ENOMEM;
    apr_pool_cleanup_register(p, c, client_cleanup, apr_pool_cleanup_null);
    bad |= curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, keep_body);
    bad |= curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
    bad |= curl_easy_setopt(c->easy, CURLOPT_HEADERFUNCTION, keep_header);
    bad |= curl_easy_setopt(c->easy, CURLOPT_HEADERDATA, c);
    bad |= curl_easy_setopt(c->easy, CURLOPT_NOPROGRESS, 0L);
    bad |= curl_easy_setopt(c->easy, CURLOPT_XFERINFOFUNCTION, give_up);
    bad |= curl_easy_setopt(c->easy, CURLOPT_XFERINFODATA, c);
    bad |= curl_easy_setopt(c->easy, CURLOPT_TIMEOUT_MS, (long)BM_LANGFUSE_REQUEST_MS);
    bad |= curl_easy_setopt(c->easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    return bad ? APR_EGENERAL : APR_SUCCESS;
}

static apr_int64_t count_of(const char *text)
{
    apr_int64_t value;

    return bm_text_to_int64(&value, text, 0, APR_INT64_MAX) == APR_SUCCESS ? value : -1;
}

/* Why there is no answer, for a person. */
static const char *trouble_of(bm_langfuse_client_t *c, CURLcode rc)
{
    const char *why = c->call.error[0] ? c->call.error : curl_easy_strerror(rc);

    if (c->call.refused)
        apr_snprintf(c->trouble, sizeof(c->trouble), "the address %s is not allowed"
        " (BenchmarkTargetAllow)", c->call.refused_address);
    else
        apr_cpystrn(c->trouble, c->too_large ? "its answer is too long" : why, sizeof(c->trouble));
    return c->trouble;
}

static void take(bm_langfuse_answer_t *answer, bm_langfuse_client_t *c, CURLcode rc)
{
    long status = 0;

    if (rc != CURLE_OK) {
        (void)bm_outbound_end(c->easy, &c->call, rc, 1);      /* makes the sentence ours where libcurl's misleads */
        answer->too_large = c->too_large;
        answer->trouble = trouble_of(c, rc);
        return;
    }
    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    answer->status = (int)status;
    (void)bm_buffer_append(&c->body, "", 1);
    answer->text = c->body.data;
    answer->len = c->body.len - 1;
    answer->limit = count_of(c->limit);
    answer->remaining = count_of(c->remaining);
    if (bm_retry_after_seconds_or_date(&answer->wait, c->retry_after[0] ? c->retry_after : NULL, apr_time_now(), WAIT_MAX)
        != APR_SUCCESS)
        answer->wait = -1;
}

const char *bm_langfuse_keys(const char *public_key, const char *secret_key, apr_pool_t *p)
{
    char *pair = apr_pstrcat(p, public_key, ":", secret_key, NULL);
    char *text = apr_palloc(p, (apr_size_t)apr_base64_encode_len((int)strlen(pair)) + 1);

    apr_base64_encode(text, pair, (int)strlen(pair));
    sodium_memzero(pair, strlen(pair));
    return apr_pstrcat(p, "Basic ", text, NULL);
}

void bm_langfuse_get(bm_langfuse_answer_t *answer, bm_langfuse_client_t *c, const char *base, const char *path, const char *keys,
                     apr_pool_t *p)
{
    bm_http_request_t request = { .method = "GET", .connect_timeout_ms = CONNECT_MS, .max_body = BM_LANGFUSE_ANSWER_MAX,
                                  .url = apr_pstrcat(p, base, path, NULL), .headers = apr_array_make(p, 2, sizeof(char *)) };

    memset(answer, 0, sizeof(*answer));
    answer->wait = answer->limit = answer->remaining = -1;
    bm_buffer_clear(&c->body);
    c->too_large = 0;
    c->retry_after[0] = c->limit[0] = c->remaining[0] = c->call.error[0] = '\0';
    APR_ARRAY_PUSH(request.headers, const char *) = "Accept: application/json";
    if (keys != NULL)
        APR_ARRAY_PUSH(request.headers, const char *) = apr_pstrcat(p, "Authorization: ", keys, NULL);
    if (bm_outbound_apply(c->easy, &c->call, &request) == APR_SUCCESS)
        take(answer, c, curl_easy_perform(c->easy));
    else
        answer->trouble = c->call.error;
    bm_outbound_release(c->easy, &c->call);
}
