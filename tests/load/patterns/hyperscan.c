/* The peer: the same patterns and text with Hyperscan, which knows edges of ASCII words only. Patterns are lines "flags pattern", with flags of i (any case) or -.
 * Prints nanoseconds of processor time to compile, then of the median of N scans of each text. Usage: hyperscan PATTERNS N TEXT... */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
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

static int by_size(const void *a, const void *b) {
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static int on(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *count) {
    (void)id; (void)from; (void)to; (void)flags;
    ++*(long *)count;
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    size_t size, len, n = 0, room = 1024;
    char *lines = slurp(argv[1], &size);
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
    printf("%lld", now() - begin);
    hs_scratch_t *scratch = NULL;
    if (hs_alloc_scratch(db, &scratch) != HS_SUCCESS) return 1;
    int times = atoi(argv[2]);
    long long *took = malloc((size_t)times * sizeof *took);
    for (int t = 3; t < argc; t++) {
        char *text = slurp(argv[t], &len);
        long count = 0;
        for (int i = 0; i < times; i++) {
            begin = now();
            if (hs_scan(db, text, (unsigned)len, 0, scratch, on, &count) != HS_SUCCESS) return 1;
            took[i] = now() - begin;
        }
        qsort(took, (size_t)times, sizeof *took, by_size);
        printf(" %lld", took[times / 2]);
        if (count) {
            fprintf(stderr, "%ld matches in %s\n", count, argv[t]);
            return 1;
        }
    }
    printf("\n");
    return 0;
}
