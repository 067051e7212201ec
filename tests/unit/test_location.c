/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include "model/location.h"

#define CHARS_63 "123456789.123456789.123456789.123456789.123456789.123456789.ABC"

static const struct {
    const char *name;
    int is;
} names[] = {
    { "eu1", 1 }, { "EU-west_1.b", 1 }, { "9", 1 }, { "-", 1 }, { CHARS_63, 1 }, { CHARS_63 "D", 0 }, { "", 0 }, { "eu 1", 0 },
    { "eu1\n", 0 }, { "eu1,us1", 0 }, { "eu/1", 0 }, { "\xc3\xa9u", 0 }, { "'", 0 }
};

BM_LOOP_TEST(a_name_is_a_word, BM_COUNT(names))
{
    ck_assert_int_eq(bm_location_is_name(names[_i].name), names[_i].is);
}
END_TEST

#include "test_location.reg"
