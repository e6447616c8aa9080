internal import Bytes
internal import Kafka
internal import Simulation
internal import Storage

/// Where simulated records go.
protocol PaymentOutput: ~Copyable {
    mutating func write(_ record: SimulatedRecord) throws(Failure)
    /// Lets everything written so far be seen, where that does not happen by itself.
    mutating func flush() throws(Failure)
    mutating func finish() throws(Failure)
}

/// Payments and labels in two files, or payments alone.
struct PaymentFiles: PaymentOutput, ~Copyable {
    private var payments: FileWriter
    private let format: SimulatedRecord.Format
    private var labels: FileWriter?
    private let labelFormat: SimulatedRecord.Format
    private var line = ByteWriter(reservingCapacity: 1_024)

    init(
        payments: String, labels: String?, format: RecordFormat?
    ) throws(StorageError) {
        let forced = format.map { SimulatedRecord.Format($0) }
        self.format = forced ?? SimulatedRecord.Format(RecordFormat(path: payments))
        labelFormat = forced ?? SimulatedRecord.Format(RecordFormat(path: labels ?? ""))
        let isCSV = (payments: self.format == .csv, labels: labelFormat == .csv)
        let paymentFile = try Self.file(payments, header: isCSV.payments ? Payment.csvHeader : nil)
        let labelFile = try Self.labelFile(
            labels, header: isCSV.labels ? FraudLabel.csvHeader : nil)
        self.payments = paymentFile
        self.labels = labelFile
    }

    private static func file(_ path: String, header: String?) throws(StorageError) -> FileWriter {
        var file = try FileWriter(path: path)
        guard let header else { return file }
        var line = ByteWriter(reservingCapacity: header.utf8.count + 1)
        line.append(header)
        line.append(UInt8(ascii: "\n"))
        try file.append(line)
        return file
    }

    private static func labelFile(
        _ path: String?, header: String?
    ) throws(StorageError) -> FileWriter? {
        guard let path else { return nil }
        return try file(path, header: header)
    }

    mutating func write(_ record: SimulatedRecord) throws(Failure) {
        line.removeAll()
        do throws(StorageError) {
            switch record {
            case .payment:
                record.append(format, to: &line)
                line.append(UInt8(ascii: "\n"))
                try payments.append(line)
            case .label:
                record.append(labelFormat, to: &line)
                line.append(UInt8(ascii: "\n"))
                try labels?.append(line)
            }
        } catch { throw Failure(error) }
    }

    mutating func flush() throws(Failure) {
        do throws(StorageError) {
            try payments.flush()
            try labels?.flush()
        } catch { throw Failure(error) }
    }

    mutating func finish() throws(Failure) {
        do throws(StorageError) {
            try payments.finish()
            try labels?.finish()
        } catch { throw Failure(error) }
    }
}

/// Payments and labels in two topics, keyed by customer, as JSON.
struct PaymentTopics: PaymentOutput, ~Copyable {
    private var output: TopicOutput
    private let payments: TopicHandle
    private let labels: TopicHandle?
    private var key = ByteWriter(reservingCapacity: 32)
    private var value = ByteWriter(reservingCapacity: 1_024)

    init(_ output: consuming TopicOutput, payments: String, labels: String?) throws(KafkaError) {
        var labelTopic: TopicHandle?
        var output = output
        let paymentTopic = try output.topic(payments)
        if let labels { labelTopic = try output.topic(labels) }
        self.payments = paymentTopic
        self.labels = labelTopic
        self.output = output
    }

    mutating func write(_ record: SimulatedRecord) throws(Failure) {
        var topic: TopicHandle? = payments
        if case .label = record { topic = labels }
        guard let topic else { return }
        key.removeAll()
        value.removeAll()
        record.appendKey(to: &key)
        record.append(.json, to: &value)
        try output.send(to: topic, key: key, value: value, timestampMillis: record.timeMillis)
    }

    mutating func flush() {}

    mutating func finish() throws(Failure) { try output.finish() }
}

extension SimulatedRecord.Format {
    fileprivate init(_ format: RecordFormat) { self = format == .csv ? .csv : .json }
}

extension FileWriter {
    mutating func append(_ text: borrowing ByteWriter) throws(StorageError) {
        try append(text.bytes)
    }
}
