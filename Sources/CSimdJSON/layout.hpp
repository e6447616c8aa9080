// The layout of a message that went before, by which the next one is read without looking for its
// structure.
#pragma once
#include "fields.hpp"
#include "number.hpp"

namespace csimdjson {

/// A scalar that a walk met: where it stands in the message, and its declared key or null.
struct Scalar {
    uint32_t start;
    uint32_t end;
    const Key *key;
};

/// The bytes between the scalars of a message, and which declared key each scalar belongs to.
///
/// Messages of one producer nearly always have the same keys in the same order, written alike; then
/// nothing but the scalars has to be read. (Li, Katsipoulakis, Chandramouli, Goldstein, Kossmann,
/// "Mison: A Fast JSON Parser for Data Analytics", VLDB 2017, §5, speculate on positions likewise.)
/// The bytes between were checked with the message that they come from. A message that differs in
/// them, or has a scalar that is unusual in any way, is refused here and walked instead; so there is
/// none that a layout reads otherwise than a walk.
class Layout {
  public:
    /// Messages of more scalars or bytes are always walked.
    static constexpr size_t scalarsMax = 512;
    static constexpr size_t bytesMax = 16'384;

    Layout() {
        bytes.reserve(bytesMax + 8);
        places.reserve(scalarsMax);
    }

    /// Takes the form of a message that was walked without fault. Allocates nothing.
    void learn(const uint8_t *message, size_t count, const std::vector<Scalar> &scalars) {
        bytes.clear();
        places.clear();
        if (scalars.size() > scalarsMax || count > bytesMax) return;
        size_t end = 0;
        for (const Scalar &scalar : scalars) {
            places.push_back({static_cast<uint32_t>(bytes.size()),
                              static_cast<uint32_t>(scalar.start - end), scalar.key});
            bytes.insert(bytes.end(), message + end, message + scalar.start);
            end = scalar.end;
        }
        tail = bytes.size();
        bytes.insert(bytes.end(), message + end, message + count);
        bytes.insert(bytes.end(), 8, 0);
    }

    /// Reads the message into `values`, all of which are absent. False when it is not of this form;
    /// then `values` are unspecified. Eight bytes behind the message must be readable.
    bool read(
        const uint8_t *message, size_t count, size_t stringMax, csimdjson_value *values) const {
        if (places.empty()) return false;
        const uint8_t *at = message;
        const uint8_t *const end = message + count;
        for (const Place &place : places) {
            if (static_cast<size_t>(end - at) < place.count
                || !isSame(at, bytes.data() + place.start, place.count)) {
                return false;
            }
            at += place.count;
            at = place.key ? readScalar(at, *place.key, stringMax, values) : skipScalar(at);
            if (at == nullptr) return false;
        }
        const size_t rest = bytes.size() - 8 - tail;
        return at <= end && static_cast<size_t>(end - at) == rest
            && isSame(at, bytes.data() + tail, rest);
    }

  private:
    /// A scalar with the bytes in front of it.
    struct Place {
        uint32_t start;
        uint32_t count;
        const Key *key;
    };
    std::vector<uint8_t> bytes;
    std::vector<Place> places;
    /// Where in `bytes` those behind the last scalar begin.
    size_t tail = 0;

    /// Eight bytes behind each must be readable.
    static bool isSame(const uint8_t *left, const uint8_t *right, size_t count) {
        if (count < 8) {
            return count == 0 || (load8(left) ^ load8(right)) << (64 - 8 * count) == 0;
        }
        const size_t last = count - 8;
        for (size_t k = 0; k < last; k += 8) {
            if (load8(left + k) != load8(right + k)) return false;
        }
        return load8(left + last) == load8(right + last);
    }

    /// The end of the scalar at `at`, or null where it should be walked.
    static const uint8_t *readScalar(
        const uint8_t *at, const Key &key, size_t stringMax, csimdjson_value *values) {
        if (key.field < 0) return nullptr;
        csimdjson_value &value = values[key.field];
        if (*at == 'n') {
            value.state = CSIMDJSON_NULL;
            return skipWord(at, "null");
        }
        switch (key.type) {
        case CSIMDJSON_INT64: {
            Number number;
            if (!scanShort<true>(at, number) || !number.plainInteger) return nullptr;
            value.integer = shortInteger(number);
            at = number.end;
            break;
        }
        case CSIMDJSON_DOUBLE: {
            Number number;
            if (!scanShort<true>(at, number) || number.digits > exactDoubleMax) return nullptr;
            value.number = shortDouble(number);
            at = number.end;
            break;
        }
        case CSIMDJSON_STRING: {
            if (*at != '"') return nullptr;
            const uint8_t *const end = skipText(at + 1);
            if (end == nullptr || static_cast<size_t>(end - at - 1) > stringMax) return nullptr;
            value.text = at + 1;
            value.count = static_cast<uint32_t>(end - at - 1);
            at = end + 1;
            break;
        }
        case CSIMDJSON_BOOL:
            value.integer = *at == 't';
            at = *at == 't' ? skipWord(at, "true") : skipWord(at, "false");
            break;
        }
        value.state = CSIMDJSON_PRESENT;
        return at;
    }

    static const uint8_t *skipScalar(const uint8_t *at) {
        switch (*at) {
        case '"': {
            const uint8_t *const end = skipText(at + 1);
            return end ? end + 1 : nullptr;
        }
        case 't': return skipWord(at, "true");
        case 'f': return skipWord(at, "false");
        case 'n': return skipWord(at, "null");
        default: {
            Number number;
            return scanShort<false>(at, number) ? number.end : nullptr;
        }
        }
    }

    /// The quote that ends a text of printable ASCII without escapes, or null for any other. The
    /// zeros behind the message end one that is cut off.
    static const uint8_t *skipText(const uint8_t *at) {
        constexpr uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
        for (;; at += 8) {
            const uint64_t word = load8(at);
            const uint64_t quote = word ^ '"' * ones, escape = word ^ '\\' * ones;
            // The lowest bit is exact; a borrow only reaches the bytes above it.
            const uint64_t stops = (((quote - ones) & ~quote) | ((escape - ones) & ~escape)
                                    | ((word - ' ' * ones) & ~word) | word) & high;
            if (stops == 0) continue;
            at += __builtin_ctzll(stops) / 8;
            return *at == '"' ? at : nullptr;
        }
    }

    template <size_t count>
    static const uint8_t *skipWord(const uint8_t *at, const char (&word)[count]) {
        return std::memcmp(at, word, count - 1) == 0 ? at + count - 1 : nullptr;
    }
};

/// The layout that messages have now. One message of another form does not change it; a second in a
/// row does. Where hardly two are alike, trying rests for a while and costs next to nothing.
class LearnedLayout {
  public:
    LearnedLayout() { scalars.reserve(Layout::scalarsMax + 1); }

    /// As `Layout::read`.
    bool read(const uint8_t *message, size_t count, size_t stringMax, csimdjson_value *values) {
        scalars.clear();
        if (resting > 0) {
            resting--;
            return false;
        }
        const bool isKnown = layout.read(message, count, stringMax, values);
        misses = isKnown ? 0 : misses + 1;
        return isKnown;
    }

    /// Notes a scalar of a message that could not be read.
    void note(Scalar scalar) {
        if (resting == 0 && scalars.size() <= Layout::scalarsMax) scalars.push_back(scalar);
    }

    /// Learns the form of that message, after it was walked without fault.
    void learn(const uint8_t *message, size_t count) {
        if (resting > 0 || misses == 1) return;
        layout.learn(message, count, scalars);
        if (misses >= missesMax) {
            resting = restMessages;
            misses = 0;
        }
    }

  private:
    static constexpr int missesMax = 16;
    static constexpr int restMessages = 4'096;
    Layout layout;
    std::vector<Scalar> scalars;
    /// In a row; begins with one, so that the first message is learned.
    int misses = 1;
    /// Messages for which no layout is tried.
    int resting = 0;
};

}  // namespace csimdjson
