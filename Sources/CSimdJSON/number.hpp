// The number grammar of RFC 8259 §6, and exact conversions to int64 and double.
#pragma once
#include "CSimdJSON.h"

#include <charconv>
#include <cstring>

namespace csimdjson {

inline bool isDigit(uint8_t c) { return static_cast<uint8_t>(c - '0') < 10; }

/// A scanned number: `±digits · 10^exponent`, when it has at most 19 digits.
struct Number {
    const uint8_t *start;
    const uint8_t *end;
    bool negative = false;
    bool plainInteger = true;
    uint64_t digits = 0;
    /// Digits before and behind the point; beyond 19 `digits` has wrapped.
    int64_t digitCount = 0;
    int64_t exponent = 0;
};

constexpr int64_t exactDigitsMax = 19;
constexpr int64_t shortDigitsMax = 18;
constexpr int64_t writtenExponentMax = 1'000'000'000;

/// The value of eight digits, each 0 to 9, the first lowest in the word: three multiplications
/// instead of eight (Lemire 2022, "Number parsing at a gigabyte per second", §3).
inline uint64_t eightDigitsValue(uint64_t word) {
    word = word * 10 + (word >> 8);
    return ((word & 0x000000FF000000FF) * 0x000F424000000064
            + (word >> 16 & 0x000000FF000000FF) * 0x0000271000000001) >> 32;
}

/// Whether all eight bytes are digits, and their value.
inline bool eightDigits(const uint8_t *at, uint64_t &value) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    const uint64_t high = word & (word + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0;
    if (high != 0x3030303030303030) return false;
    value = eightDigitsValue(word - 0x3030303030303030);
    return true;
}

inline const uint8_t *scanDigits(const uint8_t *at, const uint8_t *limit, Number &number) {
    const uint8_t *const start = at;
    uint64_t digits = number.digits, eight;
    while (limit - at >= 8 && eightDigits(at, eight)) {
        digits = digits * 100'000'000 + eight;
        at += 8;
    }
    for (; at < limit && isDigit(*at); at++) digits = digits * 10 + (*at - '0');
    number.digits = digits;
    number.digitCount += at - start;
    return at;
}

inline const uint8_t *scanExponent(const uint8_t *at, const uint8_t *limit, Number &number) {
    bool negative = false;
    if (at < limit && (*at == '+' || *at == '-')) negative = *at++ == '-';
    if (at == limit || !isDigit(*at)) return nullptr;
    int64_t exponent = 0;
    for (; at < limit && isDigit(*at); at++) {
        if (exponent < writtenExponentMax) exponent = exponent * 10 + (*at - '0');
    }
    number.exponent += negative ? -exponent : exponent;
    return at;
}

/// Scans the number at `at`. Returns false when there is none; `number.end` is just behind it.
inline bool scan(const uint8_t *at, const uint8_t *limit, Number &number) {
    number.start = at;
    if (at < limit && *at == '-') {
        number.negative = true;
        at++;
    }
    const uint8_t *const whole = at;
    at = scanDigits(at, limit, number);
    if (at == whole || (*whole == '0' && at != whole + 1)) return false;
    if (at < limit && *at == '.') {
        const uint8_t *const fraction = ++at;
        at = scanDigits(at, limit, number);
        if (at == fraction) return false;
        number.exponent = fraction - at;
        number.plainInteger = false;
    }
    if (at < limit && (*at | 0x20) == 'e') {
        at = scanExponent(at + 1, limit, number);
        if (at == nullptr) return false;
        number.plainInteger = false;
    }
    number.end = at;
    return true;
}

/// As `scan`; `number.end` is null when there is none. Out of line, for the few that are not short.
__attribute__((noinline)) inline Number scanLong(const uint8_t *at, const uint8_t *limit) {
    Number number;
    if (!scan(at, limit, number)) number.end = nullptr;
    return number;
}

/// How many of the eight bytes at `at` are digits before the first that is none, and, if it is
/// wanted, `digits` with them appended. No loop, and no branch on a digit: what is none is found in
/// all bytes at once, and shifted out.
template <bool wantsValue>
__attribute__((always_inline)) inline int64_t leadingDigits(const uint8_t *at, uint64_t &digits) {
    constexpr uint64_t powers[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000,
                                   100'000'000};
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    word ^= 0x3030303030303030;
    const uint64_t others =
        (((word & 0x7F7F7F7F7F7F7F7F) + 0x7676767676767676) | word) & 0x8080808080808080;
    if (others & 0x80) return 0;
    const int count = others == 0 ? 8 : __builtin_ctzll(others) / 8;
    if (wantsValue) digits = digits * powers[count] + eightDigitsValue(word << (64 - 8 * count));
    return count;
}

/// Scans a number without exponent of at most 15 digits before the point and 7 behind it, as nearly
/// all are; false for any other. Eight bytes behind the number must be readable.
template <bool wantsValue>
__attribute__((always_inline)) inline bool scanShort(const uint8_t *at, Number &number) {
    number.start = at;
    number.negative = *at == '-';
    at += number.negative;
    const uint8_t *const whole = at;
    uint64_t digits = 0;
    int64_t count = leadingDigits<wantsValue>(at, digits);
    if (count == 0) return false;
    at += count;
    if (count == 8) {
        count = leadingDigits<wantsValue>(at, digits);
        if (count == 8) return false;
        at += count;
    }
    number.digitCount = at - whole;
    if (*whole == '0' && number.digitCount > 1) return false;
    number.exponent = 0;
    if (*at == '.') {
        count = leadingDigits<wantsValue>(++at, digits);
        if (count == 0 || count == 8) return false;
        at += count;
        number.exponent = -count;
        number.digitCount += count;
    }
    if (number.digitCount > shortDigitsMax || (*at | 0x20) == 'e') return false;
    number.plainInteger = number.exponent == 0;
    number.digits = digits;
    number.end = at;
    return true;
}

/// The value of a number that `scanShort` took, without fraction.
inline int64_t shortInteger(const Number &number) {
    const int64_t digits = static_cast<int64_t>(number.digits);
    return number.negative ? -digits : digits;
}

inline csimdjson_status signedValue(uint64_t magnitude, bool negative, int64_t &value) {
    const uint64_t limit = static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0);
    if (magnitude > limit) return CSIMDJSON_OUT_OF_RANGE;
    value = static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
    return CSIMDJSON_OK;
}

/// The integer behind a fraction or exponent, such as `1.50e1`: zeros at the end of the digits are
/// moved into the exponent, then what is left must be whole.
inline csimdjson_status writtenInteger(const Number &number, int64_t &value) {
    uint64_t digits = 0;
    int64_t count = 0, zeros = 0;
    for (const uint8_t *at = number.start; at < number.end && (*at | 0x20) != 'e'; at++) {
        if (!isDigit(*at)) continue;
        if (*at == '0') {
            zeros += count != 0;
            continue;
        }
        for (; zeros > 0 && count <= exactDigitsMax; zeros--, count++) digits *= 10;
        count += 1 + zeros;
        zeros = 0;
        digits = digits * 10 + (*at - '0');
    }
    int64_t exponent = number.exponent + zeros;
    if (count == 0) {
        value = 0;
        return CSIMDJSON_OK;
    }
    if (exponent < 0) return CSIMDJSON_WRONG_TYPE;
    if (count + exponent > exactDigitsMax) return CSIMDJSON_OUT_OF_RANGE;
    for (; exponent > 0; exponent--) digits *= 10;
    return signedValue(digits, number.negative, value);
}

/// The exact integer, `WRONG_TYPE` when it has a fraction, or `OUT_OF_RANGE`.
inline csimdjson_status integerValue(const Number &number, int64_t &value) {
    if (!number.plainInteger) return writtenInteger(number, value);
    if (number.digitCount > exactDigitsMax) return CSIMDJSON_OUT_OF_RANGE;
    return signedValue(number.digits, number.negative, value);
}

/// Powers of ten that are doubles without error.
constexpr double exactPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int64_t exactPowerMax = 22;
constexpr uint64_t exactDoubleMax = uint64_t(1) << 53;

/// The value of a number that `scanShort` took, of at most `exactDoubleMax` without its point:
/// rounded correctly, as below.
inline double shortDouble(const Number &number) {
    const double magnitude =
        static_cast<double>(number.digits) / exactPowers[-number.exponent];
    return number.negative ? -magnitude : magnitude;
}

/// Digits from the first that is not zero on.
inline int64_t significantDigits(const Number &number) {
    int64_t count = number.digitCount;
    for (const uint8_t *at = number.start; at < number.end && (*at < '1' || *at > '9'); at++) {
        count -= *at == '0';
    }
    return count;
}

/// The nearest double, or `OUT_OF_RANGE` when that is infinite. One multiplication or division of
/// two exact doubles rounds correctly (Clinger 1990); everything else goes to `std::from_chars`.
inline csimdjson_status doubleValue(const Number &number, double &value) {
    const bool isExact = number.digitCount <= exactDigitsMax && number.digits <= exactDoubleMax;
    if (isExact && number.digits == 0) {
        value = number.negative ? -0.0 : 0.0;
        return CSIMDJSON_OK;
    }
    if (isExact && number.exponent >= -exactPowerMax && number.exponent <= exactPowerMax) {
        const double digits = static_cast<double>(number.digits);
        const double magnitude = number.exponent < 0 ? digits / exactPowers[-number.exponent]
                                                     : digits * exactPowers[number.exponent];
        value = number.negative ? -magnitude : magnitude;
        return CSIMDJSON_OK;
    }
    const auto result = std::from_chars(
        reinterpret_cast<const char *>(number.start), reinterpret_cast<const char *>(number.end),
        value);
    if (result.ec == std::errc()) return CSIMDJSON_OK;
    if (significantDigits(number) + number.exponent > 0) return CSIMDJSON_OUT_OF_RANGE;
    value = number.negative ? -0.0 : 0.0;
    return CSIMDJSON_OK;
}

}  // namespace csimdjson
