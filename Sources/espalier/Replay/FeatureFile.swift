internal import Bytes
internal import Events
internal import Features
internal import Model
internal import Pipeline
internal import Sparse
internal import Storage

/// The features of every event as they stood at its time: a training set without the future in it.
///
/// CSV: the event's id, its time in milliseconds, then every input of the model at full precision;
/// what is missing is empty, a category is its bucket. Where each event's label is known, it is the
/// last column, under its own name.
struct FeatureFile: ~Copyable {
    private var file: FileWriter
    private var line = ByteWriter(reservingCapacity: 1_024)
    private let plan: FeaturePlan
    private let idSlot: Int
    private let idIsText: Bool
    private var buckets: [Int?]
    /// What labels are, where events come with theirs.
    private let labels: LabelSettings?

    init(path: String, plan: FeaturePlan, labels: LabelSettings?) throws(Failure) {
        var header = ["id", "time"] + plan.inputs
        if let labels {
            let name = labels.schema.fields[labels.value].name
            header.append(header.contains(name) ? "label" : name)
        }
        let file = try Self.open(path, header: header)
        self.labels = labels
        self.file = file
        self.plan = plan
        idSlot = plan.schema.id
        idIsText = plan.schema.fields[plan.schema.id].type == .string
        buckets = Array(repeating: nil, count: plan.inputs.count)
    }

    private static func open(_ path: String, header: [String]) throws(Failure) -> FileWriter {
        var line = ByteWriter(reservingCapacity: 1_024)
        for (column, name) in header.enumerated() {
            if column > 0 { line.append(UInt8(ascii: ",")) }
            line.append(cell: name)
        }
        line.append(UInt8(ascii: "\n"))
        do throws(StorageError) {
            var file = try FileWriter(path: path)
            try file.append(line)
            return file
        } catch { throw Failure(error) }
    }

    /// Appends the pipeline's newest event, and its label, if it has one.
    mutating func append(
        _ pipeline: borrowing EventPipeline, timeMillis: Int64, label: Label?
    ) throws(Failure) {
        line.removeAll()
        if idIsText {
            line.append(cell: pipeline.row.textBytes(pipeline.row.texts[idSlot]))
        } else {
            line.append(decimal: pipeline.row.integers[idSlot])
        }
        line.append(UInt8(ascii: ","))
        line.append(decimal: timeMillis)
        let numericCount = plan.space.numericCount
        for input in 0..<numericCount {
            line.append(UInt8(ascii: ","))
            let value = plan.value(ofInput: input, in: pipeline.row)
            if value.isFinite { line.append(shortest: value) }
        }
        if numericCount < plan.inputs.count { appendBuckets(pipeline.vector.indices) }
        append(label)
        try endLine()
    }

    /// Silence is a negative or nothing, as the project says.
    private mutating func append(_ label: Label?) {
        guard let labels else { return }
        line.append(UInt8(ascii: ","))
        if let value = label?.value ?? (labels.silence == .negative ? 0 : nil) {
            line.append(shortest: value)
        }
    }

    private mutating func appendBuckets(_ indices: [UInt32]) {
        let numericCount = plan.space.numericCount
        for input in numericCount..<buckets.count { buckets[input] = nil }
        for index in indices where Int(index) >= numericCount {
            let input = plan.input(of: index)
            buckets[input] = Int(index) - plan.indices(ofInput: input).lowerBound
        }
        for input in numericCount..<buckets.count {
            line.append(UInt8(ascii: ","))
            if let bucket = buckets[input] { line.append(decimal: Int64(bucket)) }
        }
    }

    private mutating func endLine() throws(Failure) {
        line.append(UInt8(ascii: "\n"))
        do throws(StorageError) { try file.append(line) } catch { throw Failure(error) }
    }

    mutating func finish() throws(Failure) {
        do throws(StorageError) { try file.finish() } catch { throw Failure(error) }
    }
}
