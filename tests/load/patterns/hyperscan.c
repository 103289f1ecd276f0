/* The peer: the same patterns and text with Hyperscan, which knows edges of ASCII words only. Patterns are lines "flags pattern", with flags of i (any case) or -.
 * Prints nanoseconds to compile, nanoseconds of the best of N scans, and matches. Usage: hyperscan PATTERNS TEXT N */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static char *slurp(const char *path, size_t *len) {
    FILE *f = fopen(path, "rb");
    if (!f) { perror(path); exit(1); }
    fseek(f, 0, SEEK_END);
    *len = (size_t)ftell(f);
    rewind(f);
    char *bytes = malloc(*len + 1);
    if (!bytes || fread(bytes, 1, *len, f) != *len) { perror(path); exit(1); }
    bytes[*len] = 0;
    fclose(f);
    return bytes;
}

static int on(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *count) {
    (void)id; (void)from; (void)to; (void)flags;
    ++*(long *)count;
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    size_t size, len, n = 0, room = 1024;
    char *lines = slurp(argv[1], &size), *text = slurp(argv[2], &len);
    const char **patterns = malloc(room * sizeof *patterns);
    unsigned *flags = malloc(room * sizeof *flags), *ids = malloc(room * sizeof *ids);
    for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n"), n++) {
        if (n == room) {
            room *= 2;
            patterns = realloc(patterns, room * sizeof *patterns);
            flags = realloc(flags, room * sizeof *flags);
            ids = realloc(ids, room * sizeof *ids);
        }
        patterns[n] = line + 2;
        flags[n] = HS_FLAG_UTF8 | (line[0] == 'i' ? HS_FLAG_CASELESS : 0);
        ids[n] = (unsigned)n;
    }
    hs_database_t *db;
    hs_compile_error_t *error;
    long long begin = now();
    if (hs_compile_multi(patterns, flags, ids, (unsigned)n, HS_MODE_BLOCK, NULL, &db, &error) != HS_SUCCESS) {
        fprintf(stderr, "pattern %d: %s\n", error->expression, error->message);
        return 1;
    }
    long long compiled = now() - begin, best = -1;
    hs_scratch_t *scratch = NULL;
    if (hs_alloc_scratch(db, &scratch) != HS_SUCCESS) return 1;
    long count = 0;
    for (int i = atoi(argv[3]); i > 0; i--) {
        count = 0;
        begin = now();
        if (hs_scan(db, text, (unsigned)len, 0, scratch, on, &count) != HS_SUCCESS) return 1;
        long long took = now() - begin;
        if (best < 0 || took < best) best = took;
    }
    printf("%lld %lld %ld\n", compiled, best, count);
    return 0;
}
