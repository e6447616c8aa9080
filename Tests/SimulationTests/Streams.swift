import Bytes
import Simulation

/// The message of a record as bytes.
func message(_ record: SimulatedRecord, _ format: SimulatedRecord.Format = .json) -> [UInt8] {
    var writer = ByteWriter()
    record.append(format, to: &writer)
    return writer.copy()
}

/// A hash over all messages, keys and times of a stream, in order.
func digest(_ simulator: PaymentSimulator) -> UInt64 {
    var digest: UInt64 = 0
    var writer = ByteWriter()
    for record in simulator {
        writer.removeAll()
        record.append(.json, to: &writer)
        record.append(.csv, to: &writer)
        record.appendKey(to: &writer)
        writer.append(decimal: record.timeMillis)
        digest = StableHash.of(writer.bytes, seed: digest)
    }
    return digest
}

/// A small population over a few days.
func smallSettings(days: Int = 3) -> SimulationSettings {
    var settings = SimulationSettings()
    settings.customers = 300
    settings.terminals = 600
    settings.radius = 10
    settings.days = days
    settings.labelDelayMillis = 86_400_000
    settings.startsWarm = true
    return settings
}

/// The payments of a stream with the times at which they are sent, in order.
func sentPayments(_ simulator: PaymentSimulator) -> [(payment: Payment, sentMillis: Int64)] {
    simulator.compactMap {
        guard case .payment(let payment, let sent) = $0 else { return nil }
        return (payment, sent)
    }
}

/// The labels of a stream, in order.
func labels(_ simulator: PaymentSimulator) -> [FraudLabel] {
    simulator.compactMap {
        guard case .label(let label) = $0 else { return nil }
        return label
    }
}
