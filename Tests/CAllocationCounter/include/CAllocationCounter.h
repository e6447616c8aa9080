// Counts the allocations of each thread by standing in for malloc, calloc, realloc and
// posix_memalign of the C library. For tests only.
#pragma once
#include <stdint.h>

/// Allocations made by the calling thread since it began.
uint64_t allocation_count(void);
