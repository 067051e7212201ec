/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "live_server.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

long live_server_rss_kb(const live_server_t *server)
{
    char path[64], line[256];
    long sum = 0, kb;
    FILE *f;
    int i;

    for (i = 0; i < server->n; i++) {
        snprintf(path, sizeof(path), "/proc/%d/status", server->pids[i]);
        f = fopen(path, "r");
        while (f != NULL && fgets(line, sizeof(line), f) != NULL)
            if (sscanf(line, "VmRSS: %ld", &kb) == 1)
                sum += kb;
        if (f != NULL)
            fclose(f);
    }
    return sum;
}

double live_server_cpu_seconds(const live_server_t *server)
{
    char path[64], text[1024];
    unsigned long user, kernel, sum = 0;
    const char *s;
    size_t n;
    FILE *f;
    int i;

    for (i = 0; i < server->n; i++) {
        snprintf(path, sizeof(path), "/proc/%d/stat", server->pids[i]);
        f = fopen(path, "r");
        if (f == NULL)
            continue;
        n = fread(text, 1, sizeof(text) - 1, f);
        text[n] = '\0';
        s = strrchr(text, ')');
        if (s != NULL && sscanf(s + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) == 2)
            sum += user + kernel;
        fclose(f);
    }
    return (double)sum / (double)sysconf(_SC_CLK_TCK);
}

int live_server_files(const live_server_t *server)
{
    char path[64];
    int i, n = 0;
    DIR *dir;

    for (i = 0; i < server->n; i++) {
        snprintf(path, sizeof(path), "/proc/%d/fd", server->pids[i]);
        dir = opendir(path);
        while (dir != NULL && readdir(dir) != NULL)
            n++;
        if (dir != NULL)
            closedir(dir);
    }
    return n;
}
