/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/accept.h"

#include <string.h>
#include <apr_cstr.h>
#include <apr_lib.h>

enum { MOST = 1000 };

static const char *skip_blank(const char *s)
{
    while (*s == ' ' || *s == '\t')
        s++;
    return s;
}

/* "0.25" in thousandths; what cannot be read wants it fully, as if nothing were said. */
static int read_weight(const char *s)
{
    int value = 0, unit = MOST;

    if (!apr_isdigit(*s))
        return MOST;
    for (; apr_isdigit(*s) && unit == MOST; s++)
        value = value < 10 ? value * 10 + (*s - '0') : value;
    if (*s != '.')
        return value > 0 ? MOST : 0;
    value *= MOST;
    for (s++; apr_isdigit(*s) && unit > 1; s++) {
        unit /= 10;
        value += unit * (*s - '0');
    }
    return value > MOST ? MOST : value;
}

/* How well a range fits: 3 the type itself, 2 its kind, 1 anything, 0 not at all. */
static int fit(const char *range, size_t len, const char *type)
{
    size_t kind = strcspn(type, "/") + 1;

    if (len == strlen(type) && apr_cstr_casecmpn(range, type, len) == 0)
        return 3;
    if (len == kind + 1 && range[kind] == '*' && apr_cstr_casecmpn(range, type, kind) == 0)
        return 2;
    return len == 3 && memcmp(range, "*/*", 3) == 0;
}

int bm_accept_quality(const char *accept, const char *type)
{
    int best = 0, quality = 0;

    if (accept == NULL)
        return MOST;
    while (*accept != '\0') {
        const char *range = skip_blank(accept);
        size_t all = strcspn(range, ","), len = strcspn(range, ",; \t");
        const char *s = range + len;
        int fits = fit(range, len, type), weight = MOST;

        while ((s = memchr(s, ';', (size_t)(range + all - s))) != NULL) {
            s = skip_blank(s + 1);
            if ((*s == 'q' || *s == 'Q') && s[1] == '=')
                weight = read_weight(s + 2);
        }
        if (fits > best) {
            best = fits;
            quality = weight;
        }
        accept = range + all + (range[all] == ',');
    }
    return quality;
}

int bm_accept_best(const char *accept, const char *const *types, int n)
{
    int i, best = -1, most = 0;

    for (i = 0; i < n; i++) {
        int quality = bm_accept_quality(accept, types[i]);

        if (quality > most) {
            best = i;
            most = quality;
        }
    }
    return best;
}
