/* SPDX-License-Identifier: Apache-2.0 */
#include "training/problem.h"

#include <string.h>

static const char *const types[BM_PROBLEM_TYPES] = {
    "load_balancing", "resource_allocation", "fault_tolerance", "data_processing", "concurrent_requests", "network_latency",
    "memory_optimization", "cache_efficiency"
};

static const char *const difficulties[BM_PROBLEM_DIFFICULTIES] = { "easy", "medium", "hard", "extreme" };

static const char *name_of(const char *const *names, int count, int value)
{
    return value >= 0 && value < count ? names[value] : NULL;
}

static int value_of(const char *const *names, int count, const char *name)
{
    int i;

    for (i = 0; name != NULL && i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *bm_problem_type_name(bm_problem_type_e type)
{
    return name_of(types, BM_PROBLEM_TYPES, (int)type);
}

const char *bm_difficulty_name(bm_difficulty_e difficulty)
{
    return name_of(difficulties, BM_PROBLEM_DIFFICULTIES, (int)difficulty);
}

int bm_problem_type_of(bm_problem_type_e *type, const char *name)
{
    int value = value_of(types, BM_PROBLEM_TYPES, name);

    if (value >= 0)
        *type = (bm_problem_type_e)value;
    return value >= 0;
}

int bm_difficulty_of(bm_difficulty_e *difficulty, const char *name)
{
    int value = value_of(difficulties, BM_PROBLEM_DIFFICULTIES, name);

    if (value >= 0)
        *difficulty = (bm_difficulty_e)value;
    return value >= 0;
}

int bm_problem_type_has_rate(bm_problem_type_e type)
{
    return type != BM_PROBLEM_DATA_PROCESSING && type != BM_PROBLEM_CONCURRENT_REQUESTS;
}
