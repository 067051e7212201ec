/* SPDX-License-Identifier: Apache-2.0 */
#include "model/location.h"

#include <string.h>

int bm_location_is_name(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    return name[len] == '\0' && len >= 1 && len <= BM_LOCATION_NAME_MAX;
}
