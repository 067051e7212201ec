/* SPDX-License-Identifier: Apache-2.0 */
#include "model/scope.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = { "read", "run", "write", "admin", "push" };

unsigned bm_scope_find(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return 1u << i;
    return 0;
}

const char *bm_scope_name(unsigned scope)
{
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (scope == 1u << i)
            return names[i];
    return "";
}
