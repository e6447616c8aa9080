#pragma once

#include <stddef.h>

// Sorting of a few hundred numbers by a network, compiled for what the processor has (AVX-512,
// AVX2, or the baseline). The result is the same on all of them.

/// The most numbers that are sorted at once.
enum { CSORTING_COUNT_MAX = 512 };

/// Sorts `count ≤ CSORTING_COUNT_MAX` numbers, none of them NaN, ascending. -0 and 0 are equal.
/// 1 to 3 ns a number, whatever their order.
void csorting_sort(double *values, size_t count);
