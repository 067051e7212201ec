/* SPDX-License-Identifier: Apache-2.0 */
#include "export/html.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <apr_strings.h>
#include "parse/json_text.h"

enum { FORMATTED_MAX = 1000, PATH_MAX_BYTES = 100 };

#define DASH "\xe2\x80\x93"

void bm_html_init(bm_html_t *h, bm_buffer_t *out)
{
    h->out = out;
    h->rv = APR_SUCCESS;
}

static void put(bm_html_t *h, const char *data, apr_size_t len)
{
    if (h->rv == APR_SUCCESS)
        h->rv = bm_buffer_append(h->out, data, len);
}

void bm_html_put(bm_html_t *h, const char *markup)
{
    put(h, markup, strlen(markup));
}

void bm_html_putf(bm_html_t *h, const char *fmt, ...)
{
    char text[FORMATTED_MAX + 1];
    va_list args;

    va_start(args, fmt);
    apr_vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    bm_html_put(h, text);
}

static const char *entity(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return (unsigned char)c < 0x20 && c != '\n' && c != '\t' ? "\xef\xbf\xbd" : NULL;     /* no XML has them */
    }
}

void bm_html_text(bm_html_t *h, const char *text)
{
    const char *from;

    if (text == NULL) {
        bm_html_put(h, DASH);
        return;
    }
    for (from = text; *text != '\0'; text++) {
        const char *escaped = entity(*text);

        if (escaped == NULL)
            continue;
        put(h, from, (apr_size_t)(text - from));
        bm_html_put(h, escaped);
        from = text + 1;
    }
    put(h, from, (apr_size_t)(text - from));
}

void bm_html_json(bm_html_t *h, const json_t *value, apr_pool_t *p)
{
    if (value == NULL || json_is_null(value) || json_is_string(value))
        bm_html_text(h, json_string_value(value));
    else
        bm_html_text(h, bm_json_text_compact(value, p));
}

void bm_html_count(bm_html_t *h, double value)
{
    char digits[32];
    size_t len, i;

    if (!isfinite(value) || fabs(value) > 1e18) {
        bm_html_put(h, DASH);
        return;
    }
    len = (size_t)apr_snprintf(digits, sizeof(digits), "%.0f", value);
    for (i = 0; i < len; i++) {
        put(h, &digits[i], 1);
        if (i + 1 < len && (len - i) % 3 == 1 && digits[i] != '-')
            bm_html_put(h, ",");
    }
}

void bm_html_number(bm_html_t *h, double value)
{
    double size = fabs(value);

    if (!isfinite(value))
        bm_html_put(h, DASH);
    else if (value == 0)
        bm_html_put(h, "0");
    else
        bm_html_putf(h, "%.*f", size >= 10000 ? 0 : size >= 1000 ? 1 : size >= 10 ? 2 : 3, value);
}

const json_t *bm_html_at(const json_t *tree, const char *path)
{
    char name[PATH_MAX_BYTES];

    while (tree != NULL && *path != '\0') {
        size_t len = strcspn(path, ".");

        if (len >= sizeof(name))
            return NULL;
        memcpy(name, path, len);
        name[len] = '\0';
        tree = json_object_get(tree, name);
        path += len + (path[len] == '.');
    }
    return tree;
}

double bm_html_number_at(const json_t *tree, const char *path)
{
    const json_t *value = bm_html_at(tree, path);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *bm_html_text_at(const json_t *tree, const char *path)
{
    return json_string_value(bm_html_at(tree, path));
}
