#include "CText.h"

#include <charconv>
#include <cstring>

size_t ctext_write_double(double value, char *out) {
    return static_cast<size_t>(std::to_chars(out, out + CTEXT_NUMBER_BYTES_MAX, value).ptr - out);
}

size_t ctext_write_float(float value, char *out) {
    return static_cast<size_t>(std::to_chars(out, out + CTEXT_NUMBER_BYTES_MAX, value).ptr - out);
}

size_t ctext_write_int64(int64_t value, char *out) {
    return static_cast<size_t>(std::to_chars(out, out + CTEXT_NUMBER_BYTES_MAX, value).ptr - out);
}

template <typename Number>
static int readWhole(const char *bytes, size_t count, Number *value) {
    const auto result = std::from_chars(bytes, bytes + count, *value);
    return result.ec == std::errc() && result.ptr == bytes + count;
}

int ctext_read_double(const char *bytes, size_t count, double *value) {
    return readWhole(bytes, count, value);
}

int ctext_read_int64(const char *bytes, size_t count, int64_t *value) {
    return readWhole(bytes, count, value);
}

int ctext_compare(const void *left, const void *right, size_t count) {
    return count == 0 ? 0 : std::memcmp(left, right, count);
}

int ctext_contains(const void *bytes, size_t count, const void *needle, size_t needle_count) {
    return needle_count == 0 || memmem(bytes, count, needle, needle_count) != nullptr;
}
