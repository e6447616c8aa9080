#pragma once

#include <stddef.h>

// The loops over dense columns that training spends its time in, compiled for what the
// processor has (AVX-512, AVX2, or the baseline). Sums are reassociated, so their last bits depend
// on the processor, as with every BLAS.

/// target[i] += w[0] a[i] + w[1] b[i] + w[2] c[i] + w[3] d[i], i < count.
void products_add_four(const double *a, const double *b, const double *c, const double *d,
                       const double *w, size_t count, double *target);

/// sums[k] += inner product of vector with the k-th of four columns.
void products_dot_four(const double *a, const double *b, const double *c, const double *d,
                       const double *vector, size_t count, double *sums);

/// sums[k * 4 + m] = inner product of the k-th of four columns at `left`, which lie `stride` apart,
/// with r0…r3.
void products_gram_four(const double *left, size_t stride, const double *r0, const double *r1,
                        const double *r2, const double *r3, size_t count, double *sums);

/// target[i] = square root of weights[i], i < count.
void products_root(const double *weights, size_t count, double *target);

/// target[i] = column[i] factors[i], i < count.
void products_scale(const double *column, const double *factors, size_t count, double *target);
