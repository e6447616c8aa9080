// Numbers to and from text by the C++ standard library (`std::to_chars`, `std::from_chars`):
// shortest round-trip output, correctly rounded input, no locale, no allocation.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Room that every number written here fits in, in bytes.
enum { CTEXT_NUMBER_BYTES_MAX = 32 };

/// Writes the shortest text that reads back as `value`, which must be finite. Returns the bytes
/// written.
size_t ctext_write_double(double value, char *out);

/// Writes the shortest text that reads back as the single-precision `value`, which must be finite.
size_t ctext_write_float(float value, char *out);

/// Writes `value` in decimal. Returns the bytes written.
size_t ctext_write_int64(int64_t value, char *out);

/// Reads a whole field as a decimal double. Returns 1, or 0 when the bytes are not exactly one
/// number.
int ctext_read_double(const char *bytes, size_t count, double *value);

/// Reads a whole field as a decimal integer. Returns 1, or 0 when the bytes are not exactly one
/// integer in range.
int ctext_read_int64(const char *bytes, size_t count, int64_t *value);

/// The order of `count` bytes, as `memcmp`; null pointers stand for no bytes.
int ctext_compare(const void *left, const void *right, size_t count);

/// Whether the needle stands somewhere in the bytes. O(count + needle_count), by glibc's two-way
/// search.
int ctext_contains(const void *bytes, size_t count, const void *needle, size_t needle_count);

#ifdef __cplusplus
}
#endif
