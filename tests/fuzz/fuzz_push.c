/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: a byte that chooses the form ('j' JSON, 'p' protobuf, 'z' JSON in gzip, 'b' a batch of events), then the body. Whatever
 * it is, each span is an observation or was rejected, each observation can be read as one of Langfuse's, and a batch that comes
 * twice is about what is there the second time. */
#include "fuzz.h"

#include <string.h>
#include <apr_general.h>
#include "base/timefmt.h"
#include "parse/gunzip.h"
#include "sync/langfuse_page.h"
#include "sync/push_batch.h"
#include "sync/push_span.h"

enum { UNPACKED_MAX = 1024 * 1024 };

static void check_page(json_t *data, apr_pool_t *p)
{
    json_t *body = bm_json_adopt(json_object(), p);
    bm_langfuse_page_t *page;

    json_object_set(body, "data", data);
    BM_FUZZ_CHECK(bm_langfuse_page_observations(&page, body, NULL, NULL, p) == APR_SUCCESS);
    BM_FUZZ_CHECK(page->refused == 0);
}

static void check_spans(const bm_push_spans_t *spans, apr_status_t rv, apr_pool_t *p)
{
    BM_FUZZ_CHECK(rv == APR_SUCCESS || rv == APR_EINVAL || rv == APR_ENOSPC || rv == APR_ENOTIMPL);
    BM_FUZZ_CHECK(spans->rejected <= spans->received);
    BM_FUZZ_CHECK((int)json_array_size(spans->data) == spans->received - spans->rejected);
    BM_FUZZ_CHECK((spans->why != NULL) == (spans->rejected > 0));
    check_page(spans->data, p);
}

static void check_batch(const json_t *body, apr_pool_t *p)
{
    apr_hash_t *stored = apr_hash_make(p);
    bm_push_batch_t *batch;
    json_t *merged;
    size_t i;

    if (bm_push_batch_read(&batch, body, NULL, p) != APR_SUCCESS)
        return;
    merged = bm_push_batch_merge(batch, 0, stored, p);
    check_page(merged, p);
    for (i = 0; i < json_array_size(merged); i++) {
        json_t *document = bm_json_adopt(json_copy(json_array_get(merged, i)), p);
        bm_push_stored_t *one = apr_pcalloc(p, sizeof(*one));

        BM_FUZZ_CHECK(bm_timefmt_parse(&one->at, json_string_value(json_object_get(document, "updatedAt"))) == APR_SUCCESS);
        json_object_del(document, "updatedAt");
        one->document = document;
        apr_hash_set(stored, json_string_value(json_object_get(document, "id")), APR_HASH_KEY_STRING, one);
    }
    merged = bm_push_batch_merge(batch, 0, stored, p);
    for (i = 0; i < json_array_size(merged); i++)
        BM_FUZZ_CHECK(apr_hash_get(stored, json_string_value(json_object_get(json_array_get(merged, i), "id")),
                                   APR_HASH_KEY_STRING) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bm_push_spans_t spans;
    bm_buffer_t unpacked = { .limit = UNPACKED_MAX };
    static apr_pool_t *process;
    apr_pool_t *p;
    json_t *body;
    char *text;

    if (size == 0)
        return 0;
    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
    }
    apr_pool_create(&p, process);
    bm_push_spans_init(&spans, p);
    text = apr_palloc(p, size);
    memcpy(text, data + 1, size - 1);
    switch (data[0]) {
    case 'p':
        check_spans(&spans, bm_push_read_protobuf(&spans, data + 1, size - 1, NULL, p), p);
        break;
    case 'z':
        if (bm_gunzip(&unpacked, data + 1, size - 1) == APR_SUCCESS)
            check_spans(&spans, bm_push_read_json(&spans, unpacked.data, unpacked.len, NULL, p), p);
        BM_FUZZ_CHECK(unpacked.len <= UNPACKED_MAX);
        break;
    case 'b':
        if (bm_json_parse_foreign(&body, text, size - 1, NULL, p) == APR_SUCCESS)
            check_batch(body, p);
        break;
    default:
        check_spans(&spans, bm_push_read_json(&spans, text, size - 1, NULL, p), p);
    }
    bm_buffer_free(&unpacked);
    apr_pool_destroy(p);
    return 0;
}
