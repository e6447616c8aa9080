public import Bytes
public import Model

/// A model's weights in as few bytes as they need, for devices and caches: a frame of kind
/// `packedModel`, version 1, numbers little-endian, texts counted. What weighs nothing is left out.
///
///     | form u8 | name | digest of the exact model | loss | bound f64 | intercept f64 |
///     | lambda f64 | alpha f64 | n u32 | n × feature |
///     feature: | name | definition | 0 u8 | mean f64 | scale f64 | weight |
///              | name | definition | bits u8 | n u32 | n × bucket u32 | n × weight |
///     weight:  form 1: f32 · form 2: f16 · form 3: i16, in 1/8192
///
/// An infinite bound cuts nothing. 100,000 buckets take 0.6 MB in 16 bits, 2.5 MB as a document.
public enum PackedModel {
    static let frameVersion: UInt16 = 1
    static let textBytesMax = 4_096

    /// Appends a model whose weights `QuantizedModel` rounded to the form; others lose what the
    /// form does not hold.
    ///
    /// - Parameter exact: the digest of the model that was rounded.
    public static func write(
        _ content: ModelContent, as form: QuantizedModel.Form, exact: String,
        to writer: inout ByteWriter
    ) {
        let features = content.features.filter(\.isWeighed)
        writer.appendFrame(.packedModel, version: frameVersion) { payload in
            payload.append(fixed: form.code)
            payload.append(counted: content.name)
            payload.append(counted: exact)
            payload.append(counted: content.loss.rawValue)
            payload.append(fixed: content.bound)
            payload.append(fixed: content.intercept)
            payload.append(fixed: content.objective.lambda)
            payload.append(fixed: content.objective.alpha)
            payload.append(fixed: UInt32(features.count))
            for feature in features { write(feature, as: form, to: &payload) }
        }
    }

    private static func write(
        _ feature: ModelContent.Feature, as form: QuantizedModel.Form,
        to payload: inout ByteWriter
    ) {
        payload.append(counted: feature.name)
        payload.append(counted: feature.definition)
        switch feature.weights {
        case .numeric(let weight, let scaling):
            payload.append(fixed: UInt8(0))
            payload.append(fixed: scaling.mean)
            payload.append(fixed: scaling.scale)
            payload.append(weight, as: form)
        case .category(let bits, let entries):
            let weighed = entries.filter { $0.weight != 0 }
            payload.append(fixed: UInt8(bits))
            payload.append(fixed: UInt32(weighed.count))
            for entry in weighed { payload.append(fixed: UInt32(entry.bucket)) }
            for entry in weighed { payload.append(entry.weight, as: form) }
        }
    }

    /// Reads what `write` wrote: the rounded model, and the digest of the exact one.
    ///
    /// - Throws: `FormatError`, whatever the bytes are.
    public static func content(
        parsing bytes: RawSpan
    ) throws(FormatError) -> (rounded: ModelContent, exact: String) {
        let frame = try Frame(bytes, kind: .packedModel, newestVersion: frameVersion)
        guard frame.byteCount == bytes.byteCount else {
            throw .trailing(at: frame.byteCount, count: bytes.byteCount - frame.byteCount)
        }
        var reader = ByteReader(frame.payload)
        let code = try reader.readUInt8()
        guard let form = QuantizedModel.Form.allCases.first(where: { $0.code == code }) else {
            throw .invalid(field: "form", at: 0)
        }
        let name = try reader.readText("name", bytesMax: textBytesMax)
        let exact = try reader.readText("digest", bytesMax: 64)
        guard let loss = Loss(rawValue: try reader.readText("loss", bytesMax: 32)) else {
            throw .invalid(field: "loss", at: reader.offset)
        }
        let bound = try reader.readDouble()
        guard bound > 0 else { throw .invalid(field: "bound", at: reader.offset) }
        let intercept = try reader.readFinite("intercept")
        let objective = ModelContent.Objective(
            lambda: try reader.readFinite("lambda"), alpha: try reader.readFinite("alpha"))
        var content = ModelContent(
            name: name, loss: loss, objective: objective, intercept: intercept, features: [],
            data: .init(examples: 0),
            solver: .init(name: "packed", parameters: ["weightBits": Double(form.bits)]))
        content.bound = bound
        for _ in 0..<(try reader.readUInt32()) {
            content.features.append(try feature(&reader, form))
        }
        try reader.end()
        return (content, exact)
    }

    @_lifetime(reader: copy reader)
    private static func feature(
        _ reader: inout ByteReader, _ form: QuantizedModel.Form
    ) throws(FormatError) -> ModelContent.Feature {
        let name = try reader.readText("feature", bytesMax: textBytesMax)
        let definition = try reader.readText("definition", bytesMax: textBytesMax)
        let bits = Int(try reader.readUInt8())
        guard bits > 0 else {
            let mean = try reader.readFinite("mean")
            let scaling = Standardization(mean: mean, scale: try reader.readFinite("scale"))
            let weight = try reader.readWeight(form)
            return .init(
                name: name, definition: definition, weights: .numeric(weight: weight, scaling))
        }
        let start = reader.offset
        let count = Int(try reader.readUInt32())
        guard count <= reader.remaining / (4 + form.bits / 8) else {
            throw .invalid(field: "entries", at: start)
        }
        var entries: [ModelContent.BucketWeight] = []
        entries.reserveCapacity(count)
        for _ in 0..<count {
            entries.append(.init(bucket: Int(try reader.readUInt32()), weight: 0))
        }
        for place in 0..<count { entries[place].weight = try reader.readWeight(form) }
        return .init(
            name: name, definition: definition, weights: .category(bits: bits, entries: entries))
    }
}

extension QuantizedModel.Form {
    /// In frames; a number, once given, keeps its meaning.
    var code: UInt8 {
        switch self {
        case .float32: 1
        case .float16: 2
        case .fixed: 3
        }
    }

    static let fixedParts = 8_192.0
}

extension ByteWriter {
    fileprivate mutating func append(_ weight: Double, as form: QuantizedModel.Form) {
        switch form {
        case .float32: append(fixed: Float(weight).bitPattern)
        case .float16: append(fixed: Float16(weight).bitPattern)
        case .fixed:
            let parts = (weight * QuantizedModel.Form.fixedParts).rounded()
            append(fixed: UInt16(bitPattern: Int16(max(-32_768, min(32_767, parts)))))
        }
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    fileprivate mutating func readWeight(
        _ form: QuantizedModel.Form
    ) throws(FormatError) -> Double {
        let start = offset
        let weight: Double
        switch form {
        case .float32: weight = Double(Float(bitPattern: try readUInt32()))
        case .float16: weight = Double(Float16(bitPattern: try readUInt16()))
        case .fixed:
            let parts = Int16(bitPattern: try readUInt16())
            weight = Double(parts) / QuantizedModel.Form.fixedParts
        }
        guard weight.isFinite else { throw .invalid(field: "weight", at: start) }
        return weight
    }
}
