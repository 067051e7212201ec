/* SPDX-License-Identifier: Apache-2.0
 *
 * The main() of a fuzz target without a fuzzer: runs it once for each file named, and for each file in
 * each directory named. Fails if there is none: a test that looked at nothing proves nothing. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL, *exact;
    size_t size = 0, room = 0;

    if (file == NULL) {
        perror(path);
        return 0;
    }
    do {
        if (size == room) {
            room = room ? room * 2 : 4096;
            data = realloc(data, room);
            if (data == NULL)
                abort();
        }
        size += fread(data + size, 1, room - size, file);
    } while (size == room);
    fclose(file);
    exact = malloc(size ? size : 1);      /* a block of the exact size, so that a sanitizer sees a read behind it */
    if (exact == NULL)
        abort();
    memcpy(exact, data, size);
    free(data);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 1;
}

static int run_directory(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    char file[4096];
    int n = 0;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.' || snprintf(file, sizeof(file), "%s/%s", path, entry->d_name) >= (int)sizeof(file))
            continue;
        n += run_file(file);
    }
    if (dir != NULL)
        closedir(dir);
    return n;
}

int main(int argc, char **argv)
{
    struct stat info;
    int i, n = 0;

    for (i = 1; i < argc; i++) {
        int ran = stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode) ? run_directory(argv[i]) : run_file(argv[i]);

        if (ran == 0) {
            fprintf(stderr, "%s: nothing to run\n", argv[i]);
            return EXIT_FAILURE;
        }
        n += ran;
    }
    printf("%d inputs\n", n);
    return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
