/* SPDX-License-Identifier: Apache-2.0 */
#include "export/prometheus.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "base/text.h"

enum { LINE_MAX_BYTES = 256 };

/* --- which form */

/* Value of a parameter "name=value" among those behind a media type, up to `end`; NULL: it has none. */
static const char *parameter(const char *at, const char *end, const char *name, size_t *len)
{
    size_t n = strlen(name);

    while (at < end && (at = memchr(at, ';', (size_t)(end - at))) != NULL) {
        at++;
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        if ((size_t)(end - at) <= n || strncasecmp(at, name, n) != 0 || at[n] != '=')
            continue;
        at += n + 1;
        *len = 0;
        while (at + *len < end && strchr("; \t", at[*len]) == NULL)
            ++*len;
        return at;
    }
    return NULL;
}

static double weight(const char *at, const char *end)
{
    size_t len;
    const char *q = parameter(at, end, "q", &len);
    char text[8];
    double value;

    if (q == NULL)
        return 1;
    if (len >= sizeof(text))
        return 0;
    memcpy(text, q, len);
    text[len] = '\0';
    return bm_text_to_double(&value, text) == APR_SUCCESS ? value : 0;
}

static int is_known_version(const char *at, const char *end)
{
    size_t len;
    const char *version = parameter(at, end, "version", &len);

    return version == NULL || (len == 5 && (memcmp(version, "1.0.0", 5) == 0 || memcmp(version, "0.0.1", 5) == 0));
}

static int is_type(const char *at, const char *end, const char *type)
{
    size_t n = strlen(type);

    return (size_t)(end - at) >= n && strncasecmp(at, type, n) == 0 && (at + n == end || strchr("; \t", at[n]) != NULL);
}

int bm_prometheus_wants_open_metrics(const char *accept)
{
    double open_metrics = 0, text = 0, q;
    const char *end;

    for (; accept != NULL; accept = *end == ',' ? end + 1 : NULL) {
        while (*accept == ' ' || *accept == '\t')
            accept++;
        end = accept + strcspn(accept, ",");
        q = weight(accept, end);
        if (is_type(accept, end, "application/openmetrics-text") && is_known_version(accept, end))
            open_metrics = q > open_metrics ? q : open_metrics;
        else if (is_type(accept, end, "text/plain"))
            text = q > text ? q : text;
    }
    return open_metrics > 0 && open_metrics >= text;
}

const char *bm_prometheus_type(int open_metrics)
{
    return open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                        : "text/plain; version=0.0.4; charset=utf-8";
}

/* --- writing */

static void put(bm_prometheus_t *w, const char *text, size_t len)
{
    if (w->rv == APR_SUCCESS)
        w->rv = bm_buffer_append(w->out, text, len);
}

/* Short pieces of ours. */
__attribute__((format(printf, 2, 3))) static void putf(bm_prometheus_t *w, const char *fmt, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;
    int len;

    va_start(args, fmt);
    len = vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    put(w, line, len < (int)sizeof(line) ? (size_t)len : sizeof(line) - 1);
}

/* quotes: as the value of a label; else as a help text, where 0.0.4 knows no escaped quotes and OpenMetrics wants them. */
static void put_escaped(bm_prometheus_t *w, const char *text, int quotes)
{
    for (;;) {
        size_t plain = strcspn(text, quotes ? "\\\n\"" : "\\\n");

        put(w, text, plain);
        text += plain;
        if (*text == '\0')
            return;
        put(w, *text == '\n' ? "\\n" : *text == '"' ? "\\\"" : "\\\\", 2);
        text++;
    }
}

void bm_prometheus_begin(bm_prometheus_t *w, bm_buffer_t *out, int open_metrics, apr_time_t created)
{
    memset(w, 0, sizeof(*w));
    w->out = out;
    w->open_metrics = open_metrics;
    w->created = created;
}

/* What the samples of a type are called besides their family. */
static const char *suffix_of(bm_prometheus_type_e type)
{
    return type == BM_PROMETHEUS_COUNTER ? "_total" : type == BM_PROMETHEUS_INFO ? "_info" : "";
}

/* 0.0.4 gives a family the name of its samples and knows no infos. */
void bm_prometheus_family(bm_prometheus_t *w, const bm_prometheus_family_t *family)
{
    static const char *const types[] = { "gauge", "counter", "histogram", "info" };
    const char *suffix = w->open_metrics ? "" : suffix_of(family->type);
    const char *type = !w->open_metrics && family->type == BM_PROMETHEUS_INFO ? "gauge" : types[family->type];

    w->family = family;
    putf(w, "# HELP %s%s ", family->name, suffix);
    put_escaped(w, family->help, w->open_metrics);
    putf(w, "\n# TYPE %s%s %s\n", family->name, suffix, type);
    if (w->open_metrics && family->unit != NULL)
        putf(w, "# UNIT %s %s\n", family->name, family->unit);
}

static void put_label(bm_prometheus_t *w, const char *before, const char *name, const char *value)
{
    putf(w, "%s%s=\"", before, name);
    put_escaped(w, value, 1);
    put(w, "\"", 1);
}

/* Name, labels, and the bound of a bucket (NULL: none); the blank before the value too. */
static void put_head(bm_prometheus_t *w, const char *suffix, const bm_prometheus_label_t *labels, const char *le)
{
    const char *before = "{";

    putf(w, "%s%s", w->family->name, suffix);
    for (; labels->name != NULL; labels++) {
        put_label(w, before, labels->name, labels->value);
        before = ",";
    }
    if (le != NULL) {
        put_label(w, before, "le", le);
        before = ",";
    }
    put(w, *before == ',' ? "} " : " ", *before == ',' ? 2 : 1);
}

/* Seconds with the digits they need, and one behind the point at least. */
static void format_seconds(char text[48], apr_uint64_t ns)
{
    int len = snprintf(text, 48, "%" APR_UINT64_T_FMT ".%09u", ns / 1000000000u, (unsigned)(ns % 1000000000u));

    while (text[len - 1] == '0' && text[len - 2] != '.')
        text[--len] = '\0';
}

static void put_created(bm_prometheus_t *w, const bm_prometheus_label_t *labels)
{
    if (!w->open_metrics || w->family->elsewhere
        || (w->family->type != BM_PROMETHEUS_COUNTER && w->family->type != BM_PROMETHEUS_HISTOGRAM))
        return;
    put_head(w, "_created", labels, NULL);
    putf(w, "%" APR_TIME_T_FMT ".%03d\n", apr_time_sec(w->created), (int)apr_time_msec(w->created));
}

void bm_prometheus_count(bm_prometheus_t *w, const bm_prometheus_label_t *labels, apr_int64_t value)
{
    put_head(w, suffix_of(w->family->type), labels, NULL);
    putf(w, "%" APR_INT64_T_FMT "\n", value);
    put_created(w, labels);
}

void bm_prometheus_time(bm_prometheus_t *w, const bm_prometheus_label_t *labels, apr_int64_t ns)
{
    char text[48];

    format_seconds(text, ns < 0 ? (apr_uint64_t)-ns : (apr_uint64_t)ns);
    put_head(w, suffix_of(w->family->type), labels, NULL);
    putf(w, "%s%s\n", ns < 0 ? "-" : "", text);
    put_created(w, labels);
}

void bm_prometheus_histogram(bm_prometheus_t *w, const bm_prometheus_label_t *labels, const bm_histogram_copy_t *copy)
{
    char text[48];
    apr_uint64_t sofar = 0;
    int i;

    for (i = 0; i <= BM_HISTOGRAM_BOUNDS; i++) {
        if (i < BM_HISTOGRAM_BOUNDS)
            format_seconds(text, (apr_uint64_t)bm_histogram_bounds_ns[i]);
        sofar += copy->buckets[i];
        put_head(w, "_bucket", labels, i < BM_HISTOGRAM_BOUNDS ? text : "+Inf");
        putf(w, "%" APR_UINT64_T_FMT "\n", sofar);
    }
    format_seconds(text, copy->sum_ns);
    put_head(w, "_sum", labels, NULL);
    putf(w, "%s\n", text);
    put_head(w, "_count", labels, NULL);
    putf(w, "%" APR_UINT64_T_FMT "\n", copy->n);
    put_created(w, labels);
}

apr_status_t bm_prometheus_end(bm_prometheus_t *w)
{
    if (w->open_metrics)
        put(w, "# EOF\n", 6);
    return w->rv;
}
