// The declared fields as a tree of keys.
#pragma once
#include "CSimdJSON.h"

#include <bit>
#include <cstring>
#include <memory>
#include <vector>

namespace csimdjson {

static_assert(std::endian::native == std::endian::little, "key words are little-endian");

inline uint64_t load8(const uint8_t *at) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

/// The bytes of a key with its outer eight at each end, by which keys are told apart and hashed.
/// The bytes must be followed by seven more that may be read.
struct KeyBytes {
    const uint8_t *start;
    size_t count;
    uint64_t head;
    uint64_t tail;

    KeyBytes(const uint8_t *start, size_t count) : start(start), count(count), head(load8(start)) {
        if (count >= 8) {
            tail = load8(start + count - 8);
        } else {
            head = count == 0 ? 0 : head << (64 - 8 * count);
            tail = 0;
        }
    }

    bool operator==(const KeyBytes &other) const {
        return count == other.count && head == other.head && tail == other.tail
            && (count <= 16 || std::memcmp(start + 8, other.start + 8, count - 16) == 0);
    }

    uint64_t hash() const {
        constexpr uint64_t odd = 0x9E3779B97F4A7C15;
        const uint64_t mixed = ((head ^ count) * odd ^ tail) * odd;
        return mixed ^ mixed >> 32;
    }
};

/// One declared key of one declared object: a field, or an object with keys of its own.
struct Key {
    std::unique_ptr<uint8_t[]> text;
    KeyBytes bytes;
    /// The number of the field, or -1 for an object.
    int32_t field;
    /// The number of the object, or -1 for a field.
    int32_t object;
    /// The field of lowest number at or under this key.
    int32_t firstField;
    csimdjson_type type;
    /// Place in `Fields::seen`.
    uint32_t serial;
};

/// A declared object: its keys, and an open-addressing table of them by hash.
struct Object {
    std::vector<Key> keys;
    /// Key number + 1, or 0 where empty. Its size is a power of two, at least twice the keys.
    std::vector<uint16_t> table;
    /// Bit `n` is set when some key has `n` bytes; bit 63 stands for all longer ones.
    uint64_t lengths = 0;

    static uint64_t lengthBit(size_t count) { return uint64_t(1) << (count < 63 ? count : 63); }

    bool mayHold(size_t count) const { return (lengths & lengthBit(count)) != 0; }
};

constexpr size_t keysMax = 32'767;

struct Fields {
    std::vector<Object> objects = std::vector<Object>(1);
    std::vector<csimdjson_value> values;
    std::vector<csimdjson_type> types;
    /// The decode that last met each key, to notice a second one.
    std::vector<uint64_t> seen;

    /// The key's number in the object, or -1. Only declared keys are in the table, so a message
    /// cannot make its chains longer.
    int32_t find(const Object &object, const KeyBytes &key) const {
        if (object.table.empty()) return -1;
        const size_t mask = object.table.size() - 1;
        for (size_t slot = key.hash() & mask;; slot = (slot + 1) & mask) {
            const uint16_t entry = object.table[slot];
            if (entry == 0) return -1;
            if (object.keys[entry - 1].bytes == key) return entry - 1;
        }
    }

    /// Adds the key, which must be new to the object. Its numbers are set by the caller.
    Key &add(int32_t parent, const char *text, size_t count) {
        auto copy = std::make_unique<uint8_t[]>(count + 8);
        std::memcpy(copy.get(), text, count);
        const KeyBytes bytes(copy.get(), count);
        Object &object = objects[static_cast<size_t>(parent)];
        object.keys.push_back({std::move(copy), bytes, -1, -1, -1, CSIMDJSON_STRING,
                               static_cast<uint32_t>(seen.size())});
        seen.push_back(0);
        object.lengths |= Object::lengthBit(count);
        size_t size = 4;
        while (size < 2 * object.keys.size()) size *= 2;
        object.table.assign(size, 0);
        for (size_t k = 0; k < object.keys.size(); k++) {
            size_t slot = object.keys[k].bytes.hash() & (size - 1);
            while (object.table[slot] != 0) slot = (slot + 1) & (size - 1);
            object.table[slot] = static_cast<uint16_t>(k + 1);
        }
        return object.keys.back();
    }
};

}  // namespace csimdjson
