#include "CProducts.h"

// Where loader and compiler can pick a function by processor.
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EVERY_PROCESSOR \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif

FOR_EVERY_PROCESSOR
void products_add_four(const double *restrict a, const double *restrict b,
                       const double *restrict c, const double *restrict d,
                       const double *restrict w, size_t count, double *restrict target) {
#pragma clang fp contract(fast)
    const double w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3];
    for (size_t i = 0; i < count; i++)
        target[i] += w0 * a[i] + w1 * b[i] + w2 * c[i] + w3 * d[i];
}

FOR_EVERY_PROCESSOR
void products_dot_four(const double *restrict a, const double *restrict b,
                       const double *restrict c, const double *restrict d,
                       const double *restrict vector, size_t count, double *restrict sums) {
#pragma clang fp contract(fast) reassociate(on)
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (size_t i = 0; i < count; i++) {
        const double x = vector[i];
        s0 += a[i] * x;
        s1 += b[i] * x;
        s2 += c[i] * x;
        s3 += d[i] * x;
    }
    sums[0] += s0;
    sums[1] += s1;
    sums[2] += s2;
    sums[3] += s3;
}

FOR_EVERY_PROCESSOR
void products_gram_four(const double *restrict left, size_t stride, const double *restrict r0,
                        const double *restrict r1, const double *restrict r2,
                        const double *restrict r3, size_t count, double *restrict sums) {
#pragma clang fp contract(fast) reassociate(on)
    const double *l0 = left, *l1 = left + stride, *l2 = l1 + stride, *l3 = l2 + stride;
    double s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
    double s20 = 0, s21 = 0, s22 = 0, s23 = 0, s30 = 0, s31 = 0, s32 = 0, s33 = 0;
#pragma clang loop interleave(disable)
    for (size_t i = 0; i < count; i++) {
        const double x0 = r0[i], x1 = r1[i], x2 = r2[i], x3 = r3[i];
        const double a = l0[i], b = l1[i], c = l2[i], d = l3[i];
        s00 += a * x0; s01 += a * x1; s02 += a * x2; s03 += a * x3;
        s10 += b * x0; s11 += b * x1; s12 += b * x2; s13 += b * x3;
        s20 += c * x0; s21 += c * x1; s22 += c * x2; s23 += c * x3;
        s30 += d * x0; s31 += d * x1; s32 += d * x2; s33 += d * x3;
    }
    const double all[16] = {s00, s01, s02, s03, s10, s11, s12, s13,
                            s20, s21, s22, s23, s30, s31, s32, s33};
    for (size_t k = 0; k < 16; k++) sums[k] = all[k];
}

FOR_EVERY_PROCESSOR
void products_root(const double *restrict weights, size_t count, double *restrict target) {
    for (size_t i = 0; i < count; i++) target[i] = __builtin_elementwise_sqrt(weights[i]);
}

FOR_EVERY_PROCESSOR
void products_scale(const double *restrict column, const double *restrict factors, size_t count,
                    double *restrict target) {
    for (size_t i = 0; i < count; i++) target[i] = column[i] * factors[i];
}
