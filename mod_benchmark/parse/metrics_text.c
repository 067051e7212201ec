/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/metrics_text.h"

#include <math.h>
#include <string.h>
#include "base/text.h"

enum { NUMBER_MAX = 40 };

/* Behind the labels that may follow a name; NULL: they do not end. Braces in their values count for nothing. */
static const char *behind_labels(const char *at, const char *end)
{
    int quoted = 0;

    if (at == end || *at != '{')
        return at;
    for (at++; at < end; at++) {
        if (quoted && *at == '\\')
            at++;
        else if (*at == '"')
            quoted = !quoted;
        else if (*at == '}' && !quoted)
            return at + 1;
    }
    return NULL;
}

/* The value of a series, up to what follows it: a time, perhaps. */
static double value_of(const char *at, const char *end)
{
    char number[NUMBER_MAX + 1];
    apr_size_t len = 0;
    double value;

    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (at < end && *at != ' ' && *at != '\t' && *at != '\r' && len < NUMBER_MAX)
        number[len++] = *at++;
    number[len] = '\0';
    return len > 0 && bm_text_to_double(&value, number) == APR_SUCCESS ? value : NAN;
}

double bm_metrics_text_sum(const char *text, apr_size_t len, const char *name)
{
    const char *end = text + len, *line, *next;
    apr_size_t name_len = strlen(name);
    double sum = 0;
    int n = 0;

    for (line = text; line < end; line = next) {
        const char *stop = memchr(line, '\n', (apr_size_t)(end - line)), *at;

        next = stop != NULL ? stop + 1 : end;
        stop = stop != NULL ? stop : end;
        if ((apr_size_t)(stop - line) <= name_len || memcmp(line, name, name_len) != 0)
            continue;
        at = line + name_len;
        if (*at != '{' && *at != ' ' && *at != '\t')
            continue;
        at = behind_labels(at, stop);
        sum += at != NULL ? value_of(at, stop) : NAN;
        n++;
    }
    return n > 0 ? sum : NAN;
}
