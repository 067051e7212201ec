/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/json_pointer.h"

#include <string.h>
#include <apr_strings.h>

int bm_json_pointer_is_valid(const char *pointer)
{
    if (pointer == NULL || (*pointer != '\0' && *pointer != '/'))
        return 0;
    for (; *pointer; pointer++)
        if (*pointer == '~' && pointer[1] != '0' && pointer[1] != '1')
            return 0;
    return 1;
}

/* Whether the escaped token of len bytes is key. Compared without a copy: find is called per run and assertion. */
static int token_is(const char *token, apr_size_t len, const char *key)
{
    const char *end = token + len;

    while (token < end && *key) {
        char c = *token++;

        if (c == '~')
            c = *token++ == '0' ? '~' : '/';
        if (c != *key++)
            return 0;
    }
    return token == end && *key == '\0';
}

static json_t *find_member(const json_t *object, const char *token, apr_size_t len)
{
    json_t *from = (json_t *)(apr_uintptr_t)object;   /* jansson's iterators take no const, but change nothing */
    const char *key;
    char name[128];
    json_t *value;

    if (len < sizeof(name) && memchr(token, '~', len) == NULL) {
        memcpy(name, token, len);
        name[len] = '\0';
        return json_object_get(object, name);
    }
    json_object_foreach(from, key, value)
        if (token_is(token, len, key))
            return value;
    return NULL;
}

static json_t *find_element(const json_t *array, const char *token, apr_size_t len)
{
    apr_size_t index = 0, i;

    if (len == 0 || len > 9 || (len > 1 && token[0] == '0'))
        return NULL;
    for (i = 0; i < len; i++) {
        if (token[i] < '0' || token[i] > '9')
            return NULL;
        index = index * 10 + (apr_size_t)(token[i] - '0');
    }
    return json_array_get(array, index);
}

json_t *bm_json_pointer_find(const json_t *root, const char *pointer)
{
    const json_t *value = root;

    if (!bm_json_pointer_is_valid(pointer))
        return NULL;
    while (*pointer != '\0' && value != NULL) {
        const char *token = pointer + 1;
        apr_size_t len = strcspn(token, "/");

        if (json_is_object(value))
            value = find_member(value, token, len);
        else if (json_is_array(value))
            value = find_element(value, token, len);
        else
            value = NULL;
        pointer = token + len;
    }
    return (json_t *)(apr_uintptr_t)value;
}

const char *bm_json_pointer_add(const char *base, const char *token, apr_pool_t *p)
{
    apr_size_t base_len = strlen(base);
    char *pointer = apr_palloc(p, base_len + 2 * strlen(token) + 2);
    char *to = pointer + base_len;

    memcpy(pointer, base, base_len);
    *to++ = '/';
    for (; *token; token++) {
        if (*token == '~' || *token == '/') {
            *to++ = '~';
            *to++ = *token == '~' ? '0' : '1';
        }
        else
            *to++ = *token;
    }
    *to = '\0';
    return pointer;
}

const char *bm_json_pointer_add_index(const char *base, apr_size_t index, apr_pool_t *p)
{
    return apr_psprintf(p, "%s/%" APR_SIZE_T_FMT, base, index);
}
