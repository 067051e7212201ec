/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/template_scan.h"

#include <string.h>
#include <apr_lib.h>
#include "base/text.h"
#include "parse/template.h"

/* Bytes of a malformed placeholder that a message repeats. */
#define SHOWN 24

static const char *skip_blanks(const char *s, const char *end)
{
    while (s < end && (*s == ' ' || *s == '\t'))
        s++;
    return s;
}

static int starts_name(char c)
{
    return apr_isalpha(c) || c == '_';
}

static int in_name(char c)
{
    return starts_name(c) || apr_isdigit(c) || c == '.' || c == '-';
}

/* scan->at is behind two braces. */
static int take_name(bm_template_scan_t *scan)
{
    const char *s = skip_blanks(scan->at, scan->end), *name = s;

    if (s == scan->end || !starts_name(*s))
        return 0;
    while (s < scan->end && in_name(*s))
        s++;
    if (s - name > BM_TEMPLATE_NAME_MAX)
        return 0;
    scan->text = name;
    scan->len = (apr_size_t)(s - name);
    s = skip_blanks(s, scan->end);
    if (scan->end - s < 2 || s[0] != '}' || s[1] != '}')
        return 0;
    scan->at = s + 2;
    return 1;
}

static bm_template_part_e literal(bm_template_scan_t *scan, apr_size_t len, apr_size_t consumed)
{
    scan->text = scan->at;
    scan->len = len;
    scan->at += consumed;
    return BM_TEMPLATE_LITERAL;
}

bm_template_part_e bm_template_scan_next(bm_template_scan_t *scan)
{
    apr_size_t left = (apr_size_t)(scan->end - scan->at), shown;
    const char *braces;

    if (left == 0)
        return BM_TEMPLATE_END;
    braces = bm_text_find(scan->at, left, "{{", 2);
    if (braces == NULL)
        return literal(scan, left, left);
    if (braces > scan->at)
        return literal(scan, (apr_size_t)(braces - scan->at), (apr_size_t)(braces - scan->at));
    if (left >= 4 && memcmp(braces, "{{{{", 4) == 0)
        return literal(scan, 2, 4);
    if (left >= 3 && braces[2] == '{')
        return literal(scan, 1, 1);
    scan->at = braces + 2;
    if (take_name(scan))
        return BM_TEMPLATE_NAME;
    for (shown = 0; shown < left && shown < SHOWN && (shown < 2 || (unsigned char)braces[shown] > 0x20); shown++)
        ;
    while (shown > 2 && shown < left && ((unsigned char)braces[shown] & 0xc0) == 0x80)
        shown--;                       /* not within a character */
    scan->text = braces;
    scan->len = shown;
    return BM_TEMPLATE_MALFORMED;
}

int bm_template_scan_is_whole(bm_template_scan_t *scan)
{
    return scan->end - scan->at >= 5 && bm_template_scan_next(scan) == BM_TEMPLATE_NAME && scan->at == scan->end;
}
