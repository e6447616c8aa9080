internal import Bytes
internal import CSimdJSON

/// Owns the C decoder with the declared fields and its buffers.
@safe struct JSONFields: ~Copyable {
    private let handle: OpaquePointer

    init(limits: DecodeLimits) throws(SchemaError) {
        let handle = unsafe csimdjson_create(
            limits.messageBytesMax, limits.stringBytesMax, limits.depthMax)
        guard let handle = unsafe handle else { throw .tooManyFields }
        unsafe self.handle = handle
    }

    deinit { unsafe csimdjson_destroy(handle) }

    /// Declares the next field; fields are declared in slot order.
    func declare(_ field: FieldSchema, slot: Int) throws(SchemaError) {
        var parent = Int32(CSIMDJSON_ROOT)
        for key in field.path.dropLast() {
            parent = unsafe csimdjson_add_object(handle, parent, key, key.utf8.count)
            guard parent >= 0 else { throw .pathConflict(field: slot) }
        }
        let key = field.path[field.path.count - 1]
        let added = unsafe csimdjson_add_field(
            handle, parent, key, key.utf8.count, field.type.code)
        guard added >= 0 else { throw .pathConflict(field: slot) }
    }

    func decode(_ payload: borrowing RawSpan) throws(DecodeError) {
        let outcome = unsafe payload.withUnsafeBytes {
            unsafe csimdjson_decode(
                handle, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
        guard outcome.status == CSIMDJSON_OK else { throw DecodeError(outcome) }
    }

    /// What the last message held; its text is valid until the next one.
    subscript(slot: Int) -> csimdjson_value {
        unsafe csimdjson_values(handle)[slot]
    }

    /// The text of a string field that is present.
    func text(of slot: Int) -> UnsafeRawBufferPointer {
        let value = unsafe self[slot]
        return unsafe UnsafeRawBufferPointer(start: value.text, count: Int(value.count))
    }
}

extension FieldType {
    fileprivate var code: csimdjson_type {
        switch self {
        case .int64: CSIMDJSON_INT64
        case .double: CSIMDJSON_DOUBLE
        case .bool: CSIMDJSON_BOOL
        case .string: CSIMDJSON_STRING
        }
    }
}

extension DecodeError {
    fileprivate init(_ outcome: csimdjson_outcome) {
        self.init(
            Reason(outcome.status), field: outcome.field < 0 ? nil : Int(outcome.field),
            at: outcome.byte < 0 ? .unknown : .byte(Int(outcome.byte)))
    }
}

extension DecodeError.Reason {
    init(_ status: csimdjson_status) {
        switch status {
        case CSIMDJSON_INVALID_UTF8: self = .invalidUTF8
        case CSIMDJSON_WRONG_TYPE: self = .wrongType
        case CSIMDJSON_OUT_OF_RANGE: self = .outOfRange
        case CSIMDJSON_DUPLICATE: self = .duplicateField
        case CSIMDJSON_TOO_LARGE: self = .tooLarge
        case CSIMDJSON_TOO_DEEP: self = .tooDeep
        default: self = .malformedJSON
        }
    }
}
