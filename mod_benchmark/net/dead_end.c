/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dead_end.h"

#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

static apr_status_t give_back(void *baton)
{
    close((int)(apr_uintptr_t)baton);
    return APR_SUCCESS;
}

int bm_dead_end_take(apr_pool_t *p)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(in);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return 0;
    if (bind(fd, (struct sockaddr *)&in, sizeof(in)) != 0 || getsockname(fd, (struct sockaddr *)&in, &len) != 0) {
        close(fd);
        return 0;
    }
    apr_pool_cleanup_register(p, (void *)(apr_uintptr_t)fd, give_back, apr_pool_cleanup_null);
    return ntohs(in.sin_port);
}

int bm_dead_end_is(const struct sockaddr *address, int port)
{
    struct sockaddr_in in;

    if (address->sa_family != AF_INET)
        return 0;
    memcpy(&in, address, sizeof(in));
    return in.sin_addr.s_addr == htonl(INADDR_LOOPBACK) && ntohs(in.sin_port) == port && port != 0;
}
