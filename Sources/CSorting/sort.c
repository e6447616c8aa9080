// A bitonic network (Batcher 1968, "Sorting networks and their applications") over rows of eight
// lanes. The number at `row` and `lane` has the index `lane * rows + row`, so that all but a few of
// the comparisons are between whole rows: no shuffles, no branches, nothing to predict.
#include "CSorting.h"

#include <math.h>
#include <string.h>

// Where loader and compiler can pick a function by processor.
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EVERY_PROCESSOR \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif

#define INLINE static inline __attribute__((always_inline))

enum { LANES = 8 };

typedef double row __attribute__((ext_vector_type(LANES)));

/// The lanes that lie `SWAP` apart change places.
#define SWAPPED(a, SWAP)                                                                         \
    __builtin_shufflevector(a, a, 0 ^ (SWAP), 1 ^ (SWAP), 2 ^ (SWAP), 3 ^ (SWAP), 4 ^ (SWAP),    \
                            5 ^ (SWAP), 6 ^ (SWAP), 7 ^ (SWAP))

/// The lower ones of each pair where bit `BIT` of the lane is 0, the higher ones elsewhere.
#define CHOSEN(low, high, BIT)                                                                   \
    __builtin_shufflevector(low, high, 0 & (BIT) ? 8 : 0, 1 & (BIT) ? 9 : 1, 2 & (BIT) ? 10 : 2, \
                            3 & (BIT) ? 11 : 3, 4 & (BIT) ? 12 : 4, 5 & (BIT) ? 13 : 5,          \
                            6 & (BIT) ? 14 : 6, 7 & (BIT) ? 15 : 7)

#define LOWER(a, b) ((a) < (b) ? (a) : (b))
#define HIGHER(a, b) ((a) < (b) ? (b) : (a))

INLINE void exchange(row *a, row *b) {
    const row low = LOWER(*a, *b), high = HIGHER(*a, *b);
    *a = low;
    *b = high;
}

/// Halves of ever smaller stretches of rows, from `distance` on.
INLINE void merge_rows(row *rows, size_t count, size_t distance) {
    for (; distance > 0; distance /= 2)
        for (size_t start = 0; start < count; start += 2 * distance)
            for (size_t i = start; i < start + distance; i++)
                exchange(&rows[i], &rows[i + distance]);
}

/// Sorts every lane: rows by rows.
INLINE void sort_lanes(row *rows, size_t count) {
    for (size_t size = 2; size <= count; size *= 2) {
        for (size_t start = 0; start < count; start += size)
            for (size_t i = 0; i < size / 2; i++)
                exchange(&rows[start + i], &rows[start + size - 1 - i]);
        merge_rows(rows, count, size / 4);
    }
}

/// The first step of a merge of lanes `SWAP + 1` at a time: each lane against the other end's.
#define FLIP(SWAP, BIT)                                                                          \
    for (size_t i = 0; i < count / 2; i++) {                                                     \
        const row a = rows[i], b = rows[count - 1 - i];                                          \
        const row far = SWAPPED(b, SWAP), near = SWAPPED(a, SWAP);                               \
        rows[i] = CHOSEN(LOWER(a, far), HIGHER(a, far), BIT);                                    \
        rows[count - 1 - i] = CHOSEN(LOWER(b, near), HIGHER(b, near), BIT);                      \
    }

/// A further step, between lanes of one row.
#define CROSS(BIT)                                                                               \
    for (size_t i = 0; i < count; i++) {                                                         \
        const row a = rows[i], b = SWAPPED(a, BIT);                                              \
        rows[i] = CHOSEN(LOWER(a, b), HIGHER(a, b), BIT);                                        \
    }

INLINE void merge_lanes(row *rows, size_t count) {
    FLIP(1, 1)
    merge_rows(rows, count, count / 2);
    FLIP(3, 2)
    CROSS(1)
    merge_rows(rows, count, count / 2);
    FLIP(7, 4)
    CROSS(2)
    CROSS(1)
    merge_rows(rows, count, count / 2);
}

FOR_EVERY_PROCESSOR
void csorting_sort(double *values, size_t count) {
    row rows[CSORTING_COUNT_MAX / LANES];
    size_t used = 4;
    while (used * LANES < count) used *= 2;
    const size_t whole = count / LANES, rest = count % LANES;
    memcpy(rows, values, count * sizeof *values);
    for (size_t i = whole; i < used; i++)
        for (size_t lane = i == whole ? rest : 0; lane < LANES; lane++) rows[i][lane] = INFINITY;
    switch (used) {
    case 4: sort_lanes(rows, 4); merge_lanes(rows, 4); break;
    case 8: sort_lanes(rows, 8); merge_lanes(rows, 8); break;
    case 16: sort_lanes(rows, 16); merge_lanes(rows, 16); break;
    case 32: sort_lanes(rows, 32); merge_lanes(rows, 32); break;
    default: sort_lanes(rows, 64); merge_lanes(rows, 64); break;
    }
    size_t next = 0;
    for (size_t lane = 0; lane < LANES; lane++)
        for (size_t i = 0; i < used && next < count; i++) values[next++] = rows[i][lane];
}
