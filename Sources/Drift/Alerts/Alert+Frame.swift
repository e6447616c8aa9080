internal import Bytes

/// An alert as it is stored; flags say what is there, all numbers little-endian:
///
///     | rule, subject, model, signal, runbook: texts | is over u8 | pages u8 |
///     | value f64 | threshold f64 | baseline? f64 | window? 2 × i64 | cause? text | start i64 |
///     | end? i64 | quieted by? text |
extension Alert {
    static let textBytesMax = 65_536

    func append(to writer: inout ByteWriter) {
        for text in [identity.rule, identity.subject, identity.model, signal, runbook.rawValue] {
            writer.append(counted: text)
        }
        writer.append(fixed: UInt8(state == .resolved ? 1 : 0))
        writer.append(fixed: UInt8(severity == .page ? 1 : 0))
        writer.append(fixed: value)
        writer.append(fixed: threshold)
        writer.append(optional: baseline)
        writer.append(optional: window)
        writer.append(optional: cause)
        writer.append(fixed: startMillis)
        writer.append(optional: endMillis)
        writer.append(optional: quietedBy)
    }

    init(from reader: inout ByteReader) throws(FormatError) {
        identity = Identity(
            rule: try reader.readText("rule", bytesMax: Self.textBytesMax),
            subject: try reader.readText("subject", bytesMax: Self.textBytesMax),
            model: try reader.readText("model", bytesMax: Self.textBytesMax))
        signal = try reader.readText("signal", bytesMax: Self.textBytesMax)
        let start = reader.offset
        let page = try reader.readText("runbook", bytesMax: Self.textBytesMax)
        guard let runbook = Runbook(rawValue: page) else {
            throw .invalid(field: "runbook", at: start)
        }
        self.runbook = runbook
        state = try reader.readFlag("is over") ? .resolved : .firing
        severity = try reader.readFlag("pages") ? .page : .ticket
        value = try reader.readDouble()
        threshold = try reader.readDouble()
        baseline = try reader.readOptionalDouble("baseline")
        window = try reader.readOptionalSpan("window")
        cause = try reader.readOptionalText("cause", bytesMax: Self.textBytesMax)
        startMillis = try reader.readMoment("start")
        endMillis = try reader.readOptionalMoment("end")
        quietedBy = try reader.readOptionalText("quieted by", bytesMax: Self.textBytesMax)
    }
}
