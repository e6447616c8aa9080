#include "CSimdJSON.h"

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "walk.hpp"

#include <new>
#include <string>

using namespace csimdjson;

namespace {

constexpr size_t firstCapacity = 4'096;

/// Buffers that grow to the largest message seen, up to the limit.
struct Scratch {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> indexer;
    std::unique_ptr<uint8_t[]> message;
    std::unique_ptr<uint8_t[]> text;
    size_t capacity = 0;

    /// Makes room for a message of `count` bytes. False when there is no memory.
    bool reserve(size_t count) noexcept {
        if (count <= capacity && indexer) return true;
        size_t larger = firstCapacity;
        while (larger < count) larger *= 2;
        message.reset(new (std::nothrow) uint8_t[larger + simdjson::SIMDJSON_PADDING]);
        text.reset(new (std::nothrow) uint8_t[larger + simdjson::SIMDJSON_PADDING]);
        capacity = 0;
        if (!message || !text) return false;
        const auto error = indexer
            ? indexer->set_capacity(larger)
            : simdjson::get_active_implementation()->create_dom_parser_implementation(
                  larger, 1, indexer);
        if (error) return false;
        capacity = larger;
        return true;
    }
};

csimdjson_status statusOf(simdjson::error_code error) {
    switch (error) {
    case simdjson::UTF8_ERROR: return CSIMDJSON_INVALID_UTF8;
    case simdjson::CAPACITY: case simdjson::MEMALLOC: return CSIMDJSON_TOO_LARGE;
    default: return CSIMDJSON_MALFORMED;
    }
}

}  // namespace

struct csimdjson_decoder {
    Limits limits;
    Fields fields;
    std::vector<Frame> frames;
    Scratch scratch;
    LearnedLayout layout;
    uint64_t turn = 0;
};

csimdjson_decoder *csimdjson_create(size_t message_max, size_t string_max, size_t depth_max) {
    try {
        auto decoder = std::make_unique<csimdjson_decoder>();
        decoder->limits = {message_max, string_max, depth_max};
        decoder->frames.resize(depth_max);
        return decoder->scratch.reserve(0) ? decoder.release() : nullptr;
    } catch (const std::exception &) {
        return nullptr;
    }
}

void csimdjson_destroy(csimdjson_decoder *decoder) { delete decoder; }

static const Key *declared(
    const csimdjson_decoder *decoder, int32_t parent, const char *key, size_t count) {
    const std::string padded = std::string(key, count) + std::string(8, '\0');
    const Object &object = decoder->fields.objects[static_cast<size_t>(parent)];
    const int32_t found = decoder->fields.find(
        object, KeyBytes(reinterpret_cast<const uint8_t *>(padded.data()), count));
    return found < 0 ? nullptr : &object.keys[static_cast<size_t>(found)];
}

int32_t csimdjson_add_object(
    csimdjson_decoder *decoder, int32_t parent, const char *key, size_t count) {
    try {
        if (const Key *found = declared(decoder, parent, key, count)) return found->object;
        Fields &fields = decoder->fields;
        if (fields.seen.size() == keysMax) return -1;
        fields.objects.emplace_back();
        Key &added = fields.add(parent, key, count);
        added.object = static_cast<int32_t>(fields.objects.size() - 1);
        added.firstField = static_cast<int32_t>(fields.values.size());
        return added.object;
    } catch (const std::exception &) {
        return -1;
    }
}

int32_t csimdjson_add_field(
    csimdjson_decoder *decoder, int32_t parent, const char *key, size_t count,
    csimdjson_type type) {
    try {
        Fields &fields = decoder->fields;
        if (declared(decoder, parent, key, count) || fields.seen.size() == keysMax) return -1;
        fields.values.push_back({});
        Key &added = fields.add(parent, key, count);
        added.field = added.firstField = static_cast<int32_t>(fields.values.size() - 1);
        added.type = type;
        return added.field;
    } catch (const std::exception &) {
        return -1;
    }
}

static void clear(std::vector<csimdjson_value> &values) {
    for (csimdjson_value &value : values) value.state = CSIMDJSON_ABSENT;
}

csimdjson_outcome csimdjson_decode(csimdjson_decoder *decoder, const uint8_t *bytes, size_t count) {
    if (count > decoder->limits.message) return {CSIMDJSON_TOO_LARGE, -1, -1};
    Scratch &scratch = decoder->scratch;
    if (!scratch.reserve(count)) return {CSIMDJSON_TOO_LARGE, -1, -1};
    if (count > 0) std::memcpy(scratch.message.get(), bytes, count);
    std::memset(scratch.message.get() + count, 0, simdjson::SIMDJSON_PADDING);
    const uint8_t *const message = scratch.message.get();
    std::vector<csimdjson_value> &values = decoder->fields.values;
    clear(values);
    if (decoder->layout.read(message, count, decoder->limits.string, values.data())) {
        return {CSIMDJSON_OK, -1, -1};
    }
    clear(values);
    const auto error =
        scratch.indexer->stage1(message, count, simdjson::stage1_mode::regular);
    if (error) return {statusOf(error), -1, -1};
    const uint32_t structures = scratch.indexer->n_structural_indexes;
    uint32_t *const at = scratch.indexer->structural_indexes.get();
    at[structures] = at[structures + 1] = static_cast<uint32_t>(count);
    const bool hasEscapes = std::memchr(message, '\\', count) != nullptr;
    const csimdjson_outcome outcome = Walk(
        {message, count, at, structures, hasEscapes}, decoder->limits, decoder->fields,
        decoder->frames.data(), scratch.text.get(), decoder->layout, ++decoder->turn).run();
    if (outcome.status == CSIMDJSON_OK) decoder->layout.learn(message, count);
    return outcome;
}

const csimdjson_value *csimdjson_values(const csimdjson_decoder *decoder) {
    return decoder->fields.values.data();
}

csimdjson_status csimdjson_read_int64(const uint8_t *bytes, size_t count, int64_t *value) {
    Number number;
    if (!scan(bytes, bytes + count, number) || number.end != bytes + count) {
        return CSIMDJSON_WRONG_TYPE;
    }
    return integerValue(number, *value);
}

csimdjson_status csimdjson_read_double(const uint8_t *bytes, size_t count, double *value) {
    Number number;
    if (!scan(bytes, bytes + count, number) || number.end != bytes + count) {
        return CSIMDJSON_WRONG_TYPE;
    }
    return doubleValue(number, *value);
}

int csimdjson_is_utf8(const uint8_t *bytes, size_t count) {
    return simdjson::validate_utf8(reinterpret_cast<const char *>(bytes), count);
}
