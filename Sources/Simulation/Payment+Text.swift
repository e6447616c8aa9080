public import Bytes

// All texts are known to need no escape, in JSON and in CSV.
extension Payment {
    /// The names of the fields, in the order of `appendCSV`.
    public static let csvHeader = fields.map(\.rawValue).joined(separator: ",")

    /// Made once: `allCases` is a new array at every call.
    private static let fields = PaymentField.allCases

    /// Appends the payment as one JSON object, without the fields that are missing.
    public func appendJSON(to writer: inout ByteWriter) {
        var separator = UInt8(ascii: "{")
        for field in Self.fields where !missing.contains(field) {
            writer.append(separator)
            writer.append(Self.jsonKey(field))
            appendValue(field, quote: UInt8(ascii: "\""), to: &writer)
            separator = UInt8(ascii: ",")
        }
        if separator == UInt8(ascii: "{") { writer.append(separator) }
        writer.append(UInt8(ascii: "}"))
    }

    /// Appends the payment as a line of CSV without its end; a missing field is empty.
    public func appendCSV(to writer: inout ByteWriter) {
        for field in Self.fields {
            if field != .transactionId { writer.append(UInt8(ascii: ",")) }
            if !missing.contains(field) { appendValue(field, quote: nil, to: &writer) }
        }
    }

    private static func jsonKey(_ field: PaymentField) -> StaticString {
        switch field {
        case .transactionId: "\"transaction_id\":"
        case .timestamp: "\"timestamp\":"
        case .customerId: "\"customer_id\":"
        case .terminalId: "\"terminal_id\":"
        case .amount: "\"amount\":"
        case .merchantCategory: "\"merchant_category\":"
        case .channel: "\"channel\":"
        case .device: "\"device\":"
        case .customerLatitude: "\"customer_lat\":"
        case .customerLongitude: "\"customer_lon\":"
        case .terminalLatitude: "\"terminal_lat\":"
        case .terminalLongitude: "\"terminal_lon\":"
        }
    }

    private func appendValue(_ field: PaymentField, quote: UInt8?, to writer: inout ByteWriter) {
        switch field {
        case .transactionId: writer.append(decimal: id)
        case .timestamp: writer.append(decimal: timeMillis)
        case .customerId: writer.append(decimal: Int64(customer))
        case .terminalId: writer.append(decimal: Int64(terminal))
        case .amount: writer.append(shortest: amount)
        case .merchantCategory: Self.append(merchantCategory.text, quote, to: &writer)
        case .channel: Self.append(channel.text, quote, to: &writer)
        case .device: Self.append(device.text, quote, to: &writer)
        case .customerLatitude: writer.append(shortest: customerPosition.latitude)
        case .customerLongitude: writer.append(shortest: customerPosition.longitude)
        case .terminalLatitude: writer.append(shortest: terminalPosition.latitude)
        case .terminalLongitude: writer.append(shortest: terminalPosition.longitude)
        }
    }

    private static func append(_ text: StaticString, _ quote: UInt8?, to writer: inout ByteWriter) {
        if let quote { writer.append(quote) }
        writer.append(text)
        if let quote { writer.append(quote) }
    }

    /// Appends the message cut short (never whole, never empty), or as often up to 64 bytes of
    /// garbage that begin with one that UTF-8 never has.
    func appendCorrupt(_ format: SimulatedRecord.Format, to writer: inout ByteWriter) {
        var random = SeededRandom(seed: corruptionSeed ?? 0)
        if random.happens(0.5) {
            var whole = ByteWriter(reservingCapacity: 512)
            if format == .json { appendJSON(to: &whole) } else { appendCSV(to: &whole) }
            writer.append(whole.bytes.extracting(0..<1 + random.index(below: whole.count - 1)))
        } else {
            writer.append(0xff)
            for _ in 0..<random.index(below: 64) {
                let byte = UInt8(random.next() >> 56)
                // A line end would make two records in a file.
                writer.append(byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") ? 0 : byte)
            }
        }
    }
}

extension FraudLabel {
    /// The names of the fields, in the order of `appendCSV`.
    public static let csvHeader = "transaction_id,timestamp,customer_id,fraud,fraud_scenario"

    /// Appends the label as one JSON object; `timestamp` is when it became known.
    public func appendJSON(to writer: inout ByteWriter) {
        writer.append("{\"transaction_id\":" as StaticString)
        writer.append(decimal: payment)
        writer.append(",\"timestamp\":" as StaticString)
        writer.append(decimal: timeMillis)
        writer.append(",\"customer_id\":" as StaticString)
        writer.append(decimal: Int64(customer))
        writer.append(",\"fraud\":" as StaticString)
        writer.append(decimal: isFraud ? 1 : 0)
        writer.append(",\"fraud_scenario\":" as StaticString)
        writer.append(decimal: Int64(scenario.rawValue))
        writer.append(UInt8(ascii: "}"))
    }

    /// Appends the label as a line of CSV without its end.
    public func appendCSV(to writer: inout ByteWriter) {
        let values = [
            payment, timeMillis, Int64(customer), isFraud ? 1 : 0, Int64(scenario.rawValue),
        ]
        for (column, value) in values.enumerated() {
            if column > 0 { writer.append(UInt8(ascii: ",")) }
            writer.append(decimal: value)
        }
    }
}
