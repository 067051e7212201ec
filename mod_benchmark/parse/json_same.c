/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/json_same.h"

#include <math.h>
#include <string.h>
#include <apr.h>

/* 2^63: from here on a double is beyond every integer. */
#define INTEGERS_END 9223372036854775808.0

static int sign(int above, int below)
{
    return above ? 1 : below ? -1 : 0;
}

static int compare_integer(json_int_t integer, double real)
{
    double whole;

    if (real >= INTEGERS_END)
        return -1;
    if (real < -INTEGERS_END)
        return 1;
    whole = floor(real);
    if (integer != (json_int_t)whole)
        return sign(integer > (json_int_t)whole, 1);
    return real > whole ? -1 : 0;
}

int bm_json_compare_numbers(const json_t *a, const json_t *b)
{
    if (json_is_integer(a) && json_is_integer(b))
        return sign(json_integer_value(a) > json_integer_value(b), json_integer_value(a) < json_integer_value(b));
    if (json_is_integer(a))
        return compare_integer(json_integer_value(a), json_real_value(b));
    if (json_is_integer(b))
        return -compare_integer(json_integer_value(b), json_real_value(a));
    return sign(json_real_value(a) > json_real_value(b), json_real_value(a) < json_real_value(b));
}

static int same_objects(const json_t *a, const json_t *b)
{
    json_t *from = (json_t *)(apr_uintptr_t)a;      /* jansson's iterators take no const, but change nothing */
    const char *key;
    json_t *value;

    if (json_object_size(a) != json_object_size(b))
        return 0;
    json_object_foreach(from, key, value)
        if (!bm_json_same(value, json_object_get(b, key)))
            return 0;
    return 1;
}

static int same_arrays(const json_t *a, const json_t *b)
{
    size_t n = json_array_size(a);

    if (n != json_array_size(b))
        return 0;
    for (size_t i = 0; i < n; i++)
        if (!bm_json_same(json_array_get(a, i), json_array_get(b, i)))
            return 0;
    return 1;
}

int bm_json_same(const json_t *a, const json_t *b)
{
    if (a == NULL || b == NULL)
        return 0;
    if (json_is_number(a) && json_is_number(b))
        return bm_json_compare_numbers(a, b) == 0;
    if (json_typeof(a) != json_typeof(b))
        return 0;
    if (json_is_object(a))
        return same_objects(a, b);
    if (json_is_array(a))
        return same_arrays(a, b);
    if (json_is_string(a))
        return json_string_length(a) == json_string_length(b)
            && memcmp(json_string_value(a), json_string_value(b), json_string_length(a)) == 0;
    return 1;                                       /* true, false, null: the type says it all */
}
