// One pass over the structure of a message: grammar, depth, declared fields.
#pragma once
#include "fields.hpp"
#include "layout.hpp"
#include "number.hpp"
#include "text.hpp"

// The whole walk becomes one function, so that its state stays in registers (a quarter of its
// time).
#define INLINE __attribute__((always_inline))

namespace csimdjson {

/// An open object or array. `object` is the declared object's number or one of the two marks.
struct Frame {
    int32_t object;
    /// The key expected next, from the order of declaration.
    uint32_t next;
};
constexpr int32_t undeclaredObject = -1;
constexpr int32_t openArray = -2;

/// The message and where simdjson found its structure: each of `{}[]:,` and the start of each
/// string and other scalar. `at[structures]` is the end of the message, where a zero byte stands.
struct Message {
    const uint8_t *bytes;
    size_t count;
    const uint32_t *at;
    size_t structures;
    bool hasEscapes;
};

struct Limits {
    size_t message;
    size_t string;
    size_t depth;
};

class Walk {
  public:
    Walk(const Message &message, const Limits &limits, Fields &fields, Frame *frames, uint8_t *text,
         LearnedLayout &layout, uint64_t turn)
        : message(message), limits(limits), fields(fields), frames(frames), text(text),
          layout(layout), turn(turn) {}

    INLINE csimdjson_outcome run() {
        const uint8_t first = byte();
        if (first != '{') {
            const bool isValue = first == '[' || first == '"' || first == '-' || isDigit(first)
                || first == 't' || first == 'f' || first == 'n';
            return fail(isValue ? CSIMDJSON_WRONG_TYPE : CSIMDJSON_MALFORMED);
        }
        if (!open(CSIMDJSON_ROOT)) return outcome;
        while (depth > 0) {
            const bool isGood = frames[depth - 1].object == openArray ? element() : member();
            if (!isGood) return outcome;
        }
        if (index != message.structures) return fail(CSIMDJSON_MALFORMED);
        return {CSIMDJSON_OK, -1, -1};
    }

  private:
    const Message message;
    const Limits limits;
    Fields &fields;
    Frame *const frames;
    uint8_t *text;
    LearnedLayout &layout;
    const uint64_t turn;
    size_t depth = 0;
    size_t index = 0;
    bool isFirst = true;
    csimdjson_outcome outcome = {CSIMDJSON_OK, -1, -1};

    INLINE uint8_t byte() const { return message.bytes[message.at[index]]; }

    INLINE csimdjson_outcome fail(csimdjson_status status, int32_t field = -1) {
        return failAt(status, message.bytes + message.at[index], field);
    }

    INLINE csimdjson_outcome failAt(
        csimdjson_status status, const uint8_t *at, int32_t field = -1) {
        outcome = {status, field, at - message.bytes};
        return outcome;
    }

    INLINE bool reject(csimdjson_status status, int32_t field = -1) {
        fail(status, field);
        return false;
    }

    INLINE bool open(int32_t object) {
        if (depth == limits.depth) return reject(CSIMDJSON_TOO_DEEP);
        frames[depth++] = {object, 0};
        index++;
        isFirst = true;
        return true;
    }

    INLINE bool close() {
        depth--;
        index++;
        isFirst = false;
        return true;
    }

    /// Steps over the comma before every value but the first. False when there is none.
    INLINE bool separate() {
        if (isFirst) {
            isFirst = false;
            return true;
        }
        if (byte() != ',') return reject(CSIMDJSON_MALFORMED);
        index++;
        return true;
    }

    INLINE bool element() {
        if (byte() == ']') return close();
        return separate() && value(nullptr);
    }

    INLINE bool member() {
        if (byte() == '}') return close();
        if (!separate()) return false;
        if (byte() != '"') return reject(CSIMDJSON_MALFORMED);
        const Key *key = nullptr;
        if (!matchKey(key)) return false;
        index++;
        if (byte() != ':') return reject(CSIMDJSON_MALFORMED);
        index++;
        return value(key);
    }

    /// The inside of the string at `index`: nothing but white space follows before the next
    /// structure.
    INLINE bool inside(const uint8_t *&start, const uint8_t *&end) const {
        start = message.bytes + message.at[index] + 1;
        end = message.bytes + message.at[index + 1];
        do end--;
        while (end >= start && (*end == ' ' || *end == '\n' || *end == '\r' || *end == '\t'));
        return end >= start && *end == '"';
    }

    /// Sets `key` to the declared key at `index`, or null where none is declared.
    INLINE bool matchKey(const Key *&key) {
        Frame &frame = frames[depth - 1];
        const uint8_t *start, *end;
        if (!inside(start, end)) return reject(CSIMDJSON_MALFORMED);
        size_t count = static_cast<size_t>(end - start);
        if (message.hasEscapes && std::memchr(start, '\\', count)) {
            const Unescaped result = unescape(start, end, text);
            if (result.status != CSIMDJSON_OK) {
                failAt(result.status, result.at);
                return false;
            }
            start = text;
            count = static_cast<size_t>(result.end - text);
        }
        if (frame.object < 0) return true;
        const Object &object = fields.objects[static_cast<size_t>(frame.object)];
        if (!object.mayHold(count)) return true;
        const KeyBytes bytes(start, count);
        int32_t found = static_cast<int32_t>(frame.next);
        const bool isNext =
            frame.next < object.keys.size() && object.keys[frame.next].bytes == bytes;
        if (!isNext) found = fields.find(object, bytes);
        if (found < 0) return true;
        frame.next = static_cast<uint32_t>(found) + 1;
        key = &object.keys[static_cast<size_t>(found)];
        if (fields.seen[key->serial] == turn) return reject(CSIMDJSON_DUPLICATE, key->firstField);
        fields.seen[key->serial] = turn;
        return true;
    }

    INLINE csimdjson_value &slot(const Key *key) {
        return fields.values[static_cast<size_t>(key->field)];
    }

    INLINE bool value(const Key *key) {
        switch (byte()) {
        case '{':
            if (key && key->object < 0) return reject(CSIMDJSON_WRONG_TYPE, key->field);
            return open(key ? key->object : undeclaredObject);
        case '[':
            if (key) return reject(CSIMDJSON_WRONG_TYPE, key->firstField);
            return open(openArray);
        case '"': return string(key);
        case 't': return boolean(key, "true", 1);
        case 'f': return boolean(key, "false", 0);
        case 'n':
            if (!literal(key, "null")) return false;
            if (key && key->field >= 0) slot(key).state = CSIMDJSON_NULL;
            return true;
        default: return number(key);
        }
    }

    /// Whether only white space stands between `at` and the next structure; then steps to that.
    INLINE bool finish(const uint8_t *at) {
        const uint8_t *const next = message.bytes + message.at[index + 1];
        while (at < next && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
        if (at != next) return reject(CSIMDJSON_MALFORMED);
        index++;
        return true;
    }

    INLINE void note(const Key *key, const uint8_t *start, const uint8_t *end) {
        layout.note({static_cast<uint32_t>(start - message.bytes),
                     static_cast<uint32_t>(end - message.bytes), key});
    }

    template <size_t count>
    INLINE bool literal(const Key *key, const char (&word)[count]) {
        const uint8_t *const start = message.bytes + message.at[index];
        if (static_cast<size_t>(message.bytes + message.count - start) < count - 1
            || std::memcmp(start, word, count - 1) != 0) {
            return reject(CSIMDJSON_MALFORMED);
        }
        note(key, start, start + count - 1);
        return finish(start + count - 1);
    }

    /// The declared place for a scalar of the type at `index`, or an error.
    INLINE bool accept(const Key *key, csimdjson_type type) {
        return key->field >= 0 && key->type == type ? true
                                                    : reject(CSIMDJSON_WRONG_TYPE, key->firstField);
    }

    template <size_t count>
    INLINE bool boolean(const Key *key, const char (&word)[count], int64_t value) {
        if (key && !accept(key, CSIMDJSON_BOOL)) return false;
        if (!literal(key, word)) return false;
        if (key) {
            csimdjson_value &place = slot(key);
            place.integer = value;
            place.state = CSIMDJSON_PRESENT;
        }
        return true;
    }

    INLINE bool number(const Key *key) {
        Number scanned;
        const uint8_t *const start = message.bytes + message.at[index];
        if (!scanShort<true>(start, scanned)) {
            scanned = scanLong(start, message.bytes + message.count);
            if (scanned.end == nullptr) return reject(CSIMDJSON_MALFORMED);
        }
        if (key) {
            csimdjson_status status = CSIMDJSON_WRONG_TYPE;
            if (key->field >= 0) {
                csimdjson_value &place = slot(key);
                if (key->type == CSIMDJSON_INT64) status = integerValue(scanned, place.integer);
                if (key->type == CSIMDJSON_DOUBLE) status = doubleValue(scanned, place.number);
                place.state = CSIMDJSON_PRESENT;
            }
            if (status != CSIMDJSON_OK) return reject(status, key->firstField);
        }
        note(key, start, scanned.end);
        return finish(scanned.end);
    }

    INLINE bool string(const Key *key) {
        if (key && !accept(key, CSIMDJSON_STRING)) return false;
        const int32_t field = key ? key->field : -1;
        const uint8_t *start, *end;
        if (!inside(start, end)) return reject(CSIMDJSON_MALFORMED, field);
        note(key, start - 1, end + 1);
        if (message.hasEscapes) {
            const Unescaped result = unescape(start, end, text);
            if (result.status != CSIMDJSON_OK) {
                failAt(result.status, result.at, field);
                return false;
            }
            start = text;
            end = result.end;
            if (key) text = result.end;
        }
        if (key) {
            const bool isLong = static_cast<size_t>(end - start) > limits.string;
            if (isLong) return reject(CSIMDJSON_TOO_LARGE, field);
            csimdjson_value &place = slot(key);
            place.text = start;
            place.count = static_cast<uint32_t>(end - start);
            place.state = CSIMDJSON_PRESENT;
        }
        index++;
        return true;
    }
};

}  // namespace csimdjson

#undef INLINE
