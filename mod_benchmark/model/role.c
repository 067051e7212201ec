/* SPDX-License-Identifier: Apache-2.0 */
#include "model/role.h"

#include <stddef.h>
#include <string.h>

static const char *const role_names[] = { "none", "viewer", "operator", "admin" };

int bm_role_find(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(role_names) / sizeof(role_names[0]); i++)
        if (strcmp(name, role_names[i]) == 0)
            return (int)i;
    return -1;
}

const char *bm_role_name(bm_role_e role)
{
    return role_names[role];
}
