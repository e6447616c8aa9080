// JSON messages into numbered fields. The simdjson library (Langdale & Lemire 2019) finds the
// structure of the message and checks its UTF-8; one pass over that structure then checks the
// grammar of RFC 8259 everywhere and picks out the declared fields. A message that looks like the
// one before is read by the layout learned from that, which gives the same.
//
// No C++ exception leaves these functions. Nothing is allocated once the buffers have grown to the
// largest message seen.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct csimdjson_decoder csimdjson_decoder;

typedef enum {
    CSIMDJSON_INT64, CSIMDJSON_DOUBLE, CSIMDJSON_BOOL, CSIMDJSON_STRING
} csimdjson_type;

typedef enum { CSIMDJSON_ABSENT, CSIMDJSON_NULL, CSIMDJSON_PRESENT } csimdjson_state;

typedef enum {
    CSIMDJSON_OK, CSIMDJSON_MALFORMED, CSIMDJSON_INVALID_UTF8, CSIMDJSON_WRONG_TYPE,
    CSIMDJSON_OUT_OF_RANGE, CSIMDJSON_DUPLICATE, CSIMDJSON_TOO_LARGE, CSIMDJSON_TOO_DEEP
} csimdjson_status;

/// A declared field of the message decoded last. Text stays valid until the next decode.
typedef struct {
    csimdjson_state state;
    /// Bytes of `text`.
    uint32_t count;
    union {
        int64_t integer;
        double number;
        const uint8_t *text;
    };
} csimdjson_value;

typedef struct {
    csimdjson_status status;
    /// The field at fault, or -1.
    int32_t field;
    /// Where in the message, or -1.
    int64_t byte;
} csimdjson_outcome;

/// `message_max` and `string_max` in bytes, `depth_max` in open objects and arrays. Returns NULL
/// when there is no memory.
csimdjson_decoder *csimdjson_create(size_t message_max, size_t string_max, size_t depth_max);

void csimdjson_destroy(csimdjson_decoder *decoder);

/// The root object of the message, where every path begins.
enum { CSIMDJSON_ROOT = 0 };

/// Declares (or finds) the object under `key` of `parent`. Returns its number, or -1 when a field
/// stands there or there is no memory.
int32_t csimdjson_add_object(
    csimdjson_decoder *decoder, int32_t parent, const char *key, size_t count);

/// Declares the next field under `key` of `parent`. Returns its number (0, 1, …), or -1 when the
/// place is taken or there is no memory.
int32_t csimdjson_add_field(
    csimdjson_decoder *decoder, int32_t parent, const char *key, size_t count, csimdjson_type type);

/// Decodes one message. On success every field is in `csimdjson_values`.
csimdjson_outcome csimdjson_decode(csimdjson_decoder *decoder, const uint8_t *bytes, size_t count);

/// The declared fields, in the order of their declaration.
const csimdjson_value *csimdjson_values(const csimdjson_decoder *decoder);

/// Reads a whole text as a JSON number that is an integer of 64 bits: `12`, but also `12.0` and
/// `1.2e1`.
csimdjson_status csimdjson_read_int64(const uint8_t *bytes, size_t count, int64_t *value);

/// Reads a whole text as a JSON number. What is too small for a double is zero, what is too large
/// is out of range.
csimdjson_status csimdjson_read_double(const uint8_t *bytes, size_t count, double *value);

/// Whether the bytes are well-formed UTF-8. About 20 GB/s.
int csimdjson_is_utf8(const uint8_t *bytes, size_t count);

#ifdef __cplusplus
}
#endif
