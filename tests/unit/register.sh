#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints the main() of a unit test file: every BM_TEST(name) and BM_LOOP_TEST(name, count) in it is registered.
suite=$(basename "$1" .c)
echo "/* generated from $suite.c */"
echo "int main(void)"
echo "{"
echo "    Suite *suite = suite_create(\"$suite\");"
echo "    TCase *tcase = tcase_create(\"$suite\");"
sed -n -e 's/^BM_TEST(\([a-z0-9_]*\)).*/    tcase_add_test(tcase, \1);/p' \
       -e 's/^BM_LOOP_TEST(\([a-z0-9_]*\),.*/    tcase_add_loop_test(tcase, \1, 0, \1_loops);/p' "$1"
echo "    return bm_unit_run(suite, tcase);"
echo "}"
