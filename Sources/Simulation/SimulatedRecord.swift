public import Bytes

/// One message of the payments' or the labels' topic.
public enum SimulatedRecord: Equatable, Sendable {
    /// - Parameter sentMillis: the payment's own time, or later.
    case payment(Payment, sentMillis: Int64)
    case label(FraudLabel)

    /// How a message is written.
    public enum Format: String, CaseIterable, Sendable {
        /// One object, without a line end.
        case json
        /// One line without its end; see `Payment.csvHeader` and `FraudLabel.csvHeader`.
        case csv
    }

    /// The record's timestamp: when it is sent, milliseconds of event time. Never falls.
    public var timeMillis: Int64 {
        switch self {
        case .payment(_, let sent): sent
        case .label(let label): label.timeMillis
        }
    }

    /// Appends the customer in decimal: the key of both topics.
    public func appendKey(to writer: inout ByteWriter) {
        switch self {
        case .payment(let payment, _): writer.append(decimal: Int64(payment.customer))
        case .label(let label): writer.append(decimal: Int64(label.customer))
        }
    }

    /// Appends the message.
    public func append(_ format: Format, to writer: inout ByteWriter) {
        switch (self, format) {
        case (.payment(let payment, _), .json) where payment.corruptionSeed == nil:
            payment.appendJSON(to: &writer)
        case (.payment(let payment, _), .csv) where payment.corruptionSeed == nil:
            payment.appendCSV(to: &writer)
        case (.payment(let payment, _), _): payment.appendCorrupt(format, to: &writer)
        case (.label(let label), .json): label.appendJSON(to: &writer)
        case (.label(let label), .csv): label.appendCSV(to: &writer)
        }
    }
}
