// Strings of RFC 8259 §7. Control characters and invalid UTF-8 are already excluded; what remains
// are the escapes.
#pragma once
#include "CSimdJSON.h"

#include <cstring>

namespace csimdjson {

/// One `\` escape's character for the byte behind the backslash, or 0.
inline uint8_t simpleEscape(uint8_t c) {
    switch (c) {
    case '"': case '\\': case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
    }
}

/// The four hexadecimal digits at `at`, or -1.
inline int32_t hexadecimal(const uint8_t *at, const uint8_t *end) {
    if (end - at < 4) return -1;
    int32_t value = 0;
    for (int k = 0; k < 4; k++) {
        const uint8_t lower = at[k] | 0x20;
        const bool isLetter = lower >= 'a' && lower <= 'f';
        if (!isLetter && (at[k] < '0' || at[k] > '9')) return -1;
        value = value * 16 + (isLetter ? lower - 'a' + 10 : at[k] - '0');
    }
    return value;
}

inline uint8_t *writeScalar(uint32_t scalar, uint8_t *out) {
    if (scalar < 0x80) {
        *out++ = static_cast<uint8_t>(scalar);
    } else if (scalar < 0x800) {
        *out++ = static_cast<uint8_t>(0xC0 | scalar >> 6);
        *out++ = static_cast<uint8_t>(0x80 | (scalar & 0x3F));
    } else if (scalar < 0x10000) {
        *out++ = static_cast<uint8_t>(0xE0 | scalar >> 12);
        *out++ = static_cast<uint8_t>(0x80 | (scalar >> 6 & 0x3F));
        *out++ = static_cast<uint8_t>(0x80 | (scalar & 0x3F));
    } else {
        *out++ = static_cast<uint8_t>(0xF0 | scalar >> 18);
        *out++ = static_cast<uint8_t>(0x80 | (scalar >> 12 & 0x3F));
        *out++ = static_cast<uint8_t>(0x80 | (scalar >> 6 & 0x3F));
        *out++ = static_cast<uint8_t>(0x80 | (scalar & 0x3F));
    }
    return out;
}

/// What `unescape` found: `end` is just behind the text written, `at` where the input went wrong.
struct Unescaped {
    csimdjson_status status;
    uint8_t *end;
    const uint8_t *at;
};

/// Decodes the `\uXXXX` at `at` (its `u`), with its second half when it is a surrogate. A surrogate
/// without its other half has no UTF-8.
inline csimdjson_status unescapeUnicode(const uint8_t *&at, const uint8_t *end, uint8_t *&out) {
    int32_t scalar = hexadecimal(at + 1, end);
    if (scalar < 0) return CSIMDJSON_MALFORMED;
    const uint8_t *next = at + 5;
    if (scalar >= 0xDC00 && scalar <= 0xDFFF) return CSIMDJSON_INVALID_UTF8;
    if (scalar >= 0xD800 && scalar <= 0xDBFF) {
        if (end - next < 2 || next[0] != '\\' || next[1] != 'u') return CSIMDJSON_INVALID_UTF8;
        const int32_t low = hexadecimal(next + 2, end);
        if (low < 0) return CSIMDJSON_MALFORMED;
        if (low < 0xDC00 || low > 0xDFFF) return CSIMDJSON_INVALID_UTF8;
        scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00);
        next += 6;
    }
    out = writeScalar(static_cast<uint32_t>(scalar), out);
    at = next;
    return CSIMDJSON_OK;
}

/// Decodes the inside of a string into `out`, which has room for as many bytes.
inline Unescaped unescape(const uint8_t *at, const uint8_t *end, uint8_t *out) {
    while (at < end) {
        const void *found = std::memchr(at, '\\', static_cast<size_t>(end - at));
        const uint8_t *const run = found ? static_cast<const uint8_t *>(found) : end;
        std::memcpy(out, at, static_cast<size_t>(run - at));
        out += run - at;
        at = run;
        if (at == end) break;
        const uint8_t *escape = at + 1;
        if (escape == end) return {CSIMDJSON_MALFORMED, out, at};
        if (const uint8_t c = simpleEscape(*escape)) {
            *out++ = c;
            at = escape + 1;
            continue;
        }
        if (*escape != 'u') return {CSIMDJSON_MALFORMED, out, at};
        const csimdjson_status status = unescapeUnicode(escape, end, out);
        if (status != CSIMDJSON_OK) return {status, out, at};
        at = escape;
    }
    return {CSIMDJSON_OK, out, at};
}

}  // namespace csimdjson
