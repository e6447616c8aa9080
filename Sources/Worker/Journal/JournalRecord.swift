public import Bytes
public import Pipeline

/// One partition that a task reads, in the terms of its project.
public struct JournalInput: Hashable, Comparable, Sendable {
    public var stream: RecordOrigin.Stream
    public var partition: Int

    public init(_ stream: RecordOrigin.Stream, _ partition: Int) {
        self.stream = stream
        self.partition = partition
    }

    /// Labels before events, then by partition: the order among records of one time.
    public static func < (a: JournalInput, b: JournalInput) -> Bool {
        (1 - a.stream.rawValue, a.partition) < (1 - b.stream.rawValue, b.partition)
    }
}

/// What a batch took from one input: the records from offset `start` up to `end`.
public struct JournalRange: Hashable, Sendable {
    public var input: JournalInput
    public var start: Int64
    /// One past the last record taken.
    public var end: Int64
    /// Records taken; fewer than offsets where a partition holds marks of transactions.
    public var count: Int64

    public init(_ input: JournalInput, start: Int64, end: Int64, count: Int64) {
        self.input = input
        self.start = start
        self.end = end
        self.count = count
    }
}

/// One turn of a task: what it took from each input. Merged anew, these ranges give the same order.
public struct JournalBatch: Hashable, Sendable {
    /// Counts a task's batches from 0, over all of its runs.
    public var number: UInt64
    /// In the order of inputs; none is empty.
    public var ranges: [JournalRange]
    /// The version of the model that scored it, where models come from outside; nil where they
    /// follow from the records.
    public var model: String?

    public init(number: UInt64, ranges: [JournalRange], model: String? = nil) {
        self.number = number
        self.ranges = ranges
        self.model = model
    }
}

/// One message of a task's journal. See `0001-journal-and-recovery` for why it is enough.
public enum JournalRecord: Hashable, Sendable {
    /// A worker begins to write. What others write behind this is void: they have lost the task and
    /// do not know it yet.
    case takeover(owner: UInt64)
    /// Batches that follow one another without a gap.
    case batches(owner: UInt64, [JournalBatch])
    /// State begins anew, empty, with the batch of this number; the inputs stand here, others at
    /// their beginning.
    case origin(number: UInt64, positions: [JournalInput: Int64])
}

/// A record as a frame of kind `journalRecord`, version 2:
///
///     | form u8 | what follows depends on the form |
///     takeover 1: | owner u64 |
///     batches 2: | owner u64 | first number | inputs n | n × (stream u8 | partition | start) |
///                | batches m | m × (ranges k | k × (input | offsets | offsets without record)) |
///                | models l | l × (batches that it scored | version, a text) |
///     origin 3: | number | inputs n | n × (stream u8 | partition | position) |
///
/// Numbers without a width are varints. A range begins where the input's last one in the same
/// record ended, the first at `start`: a batch that took from two inputs costs about nine bytes.
/// Models are there where they come from outside, each for a run of batches; version 1 had none.
extension JournalRecord {
    static let version: UInt16 = 2
    private static let modelBytesMax = 256
    private static let partitionMax = Int64(Int32.max)

    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(.journalRecord, version: Self.version) { payload in
            switch self {
            case .takeover(let owner):
                payload.append(fixed: UInt8(1))
                payload.append(fixed: owner)
            case .batches(let owner, let batches):
                payload.append(fixed: UInt8(2))
                payload.append(fixed: owner)
                Self.append(batches, to: &payload)
            case .origin(let number, let positions):
                payload.append(fixed: UInt8(3))
                payload.append(varint: number)
                Self.append(positions, to: &payload)
            }
        }
    }

    private static func append(_ batches: [JournalBatch], to payload: inout ByteWriter) {
        var positions: [JournalInput: Int64] = [:]
        for range in batches.lazy.flatMap(\.ranges) where positions[range.input] == nil {
            positions[range.input] = range.start
        }
        let inputs = positions.keys.sorted()
        payload.append(varint: batches.first?.number ?? 0)
        append(positions, to: &payload)
        payload.append(varint: UInt64(batches.count))
        for batch in batches {
            payload.append(varint: UInt64(batch.ranges.count))
            for range in batch.ranges {
                let index = inputs.firstIndex(of: range.input) ?? 0
                payload.append(varint: UInt64(index))
                let start = positions[range.input] ?? range.start
                payload.append(varint: range.end - start)
                payload.append(varint: range.end - start - range.count)
                positions[range.input] = range.end
            }
        }
        append(modelsOf: batches, to: &payload)
    }

    private static func append(
        modelsOf batches: [JournalBatch], to payload: inout ByteWriter
    ) {
        var runs: [(count: UInt64, model: String)] = []
        for batch in batches {
            guard let model = batch.model else { continue }
            if runs.last?.model == model {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((1, model))
            }
        }
        assert(runs.isEmpty || runs.reduce(0) { $0 + $1.count } == batches.count, "\(batches)")
        payload.append(varint: UInt64(runs.count))
        for run in runs {
            payload.append(varint: run.count)
            payload.append(counted: run.model)
        }
    }

    static func append(
        _ positions: [JournalInput: Int64], to payload: inout ByteWriter
    ) {
        payload.append(varint: UInt64(positions.count))
        for (input, position) in positions.sorted(by: { $0.key < $1.key }) {
            payload.append(fixed: UInt8(input.stream.rawValue))
            payload.append(varint: UInt64(input.partition))
            payload.append(varint: position)
        }
    }

    /// Reads a frame that `append(to:)` wrote.
    public init(_ bytes: RawSpan) throws(FormatError) {
        let frame = try Frame(bytes, kind: .journalRecord, newestVersion: Self.version)
        var reader = ByteReader(frame.payload)
        switch try reader.readUInt8() {
        case 1: self = .takeover(owner: try reader.readUInt64())
        case 2:
            let owner = try reader.readUInt64()
            var batches = try Self.readBatches(from: &reader)
            if frame.version >= 2 { try Self.readModels(of: &batches, from: &reader) }
            self = .batches(owner: owner, batches)
        case 3:
            let number = try reader.readVarint("number")
            self = .origin(number: number, positions: try Self.readPositions(from: &reader).places)
        default: throw .invalid(field: "form", at: 0)
        }
        try reader.end()
        guard frame.byteCount == bytes.byteCount else {
            throw .trailing(at: frame.byteCount, count: bytes.byteCount - frame.byteCount)
        }
    }

    static func readPositions(
        from reader: inout ByteReader
    ) throws(FormatError) -> (inputs: [JournalInput], places: [JournalInput: Int64]) {
        let count = try reader.readVarint("inputs", max: Int64(reader.remaining / 3))
        var inputs: [JournalInput] = []
        var places: [JournalInput: Int64] = [:]
        for _ in 0..<count {
            let start = reader.offset
            guard let stream = RecordOrigin.Stream(rawValue: Int(try reader.readUInt8())) else {
                throw .invalid(field: "stream", at: start)
            }
            let input = JournalInput(
                stream, Int(try reader.readVarint("partition", max: partitionMax)))
            guard inputs.last.map({ $0 < input }) ?? true else {
                throw .invalid(field: "input", at: start)
            }
            inputs.append(input)
            places[input] = try reader.readVarint("position", max: .max)
        }
        return (inputs, places)
    }

    private static func readBatches(
        from reader: inout ByteReader
    ) throws(FormatError) -> [JournalBatch] {
        let first = try reader.readVarint("number")
        var (inputs, places) = try readPositions(from: &reader)
        let count = try reader.readVarint("batches", max: Int64(reader.remaining))
        guard !first.addingReportingOverflow(UInt64(count)).overflow else {
            throw .invalid(field: "number", at: reader.offset)
        }
        var batches: [JournalBatch] = []
        for number in 0..<UInt64(count) {
            let ranges = try reader.readVarint("ranges", max: Int64(inputs.count))
            var batch = JournalBatch(number: first + number, ranges: [])
            for _ in 0..<ranges {
                let range = try readRange(inputs, &places, from: &reader)
                guard batch.ranges.last.map({ $0.input < range.input }) ?? true else {
                    throw .invalid(field: "range", at: reader.offset)
                }
                batch.ranges.append(range)
            }
            batches.append(batch)
        }
        return batches
    }

    private static func readModels(
        of batches: inout [JournalBatch], from reader: inout ByteReader
    ) throws(FormatError) {
        let start = reader.offset
        var next = 0
        for _ in 0..<(try reader.readVarint("models", max: Int64(batches.count))) {
            let count = Int(
                try reader.readVarint("batches of a model", max: Int64(batches.count - next)))
            let model = try reader.readText("model", bytesMax: modelBytesMax)
            for place in next..<next + count { batches[place].model = model }
            next += count
        }
        guard next == 0 || next == batches.count else { throw .invalid(field: "models", at: start) }
    }

    private static func readRange(
        _ inputs: [JournalInput], _ places: inout [JournalInput: Int64],
        from reader: inout ByteReader
    ) throws(FormatError) -> JournalRange {
        let at = reader.offset
        let index = Int(try reader.readVarint("input", max: .max))
        guard index < inputs.count, let start = places[inputs[index]] else {
            throw .invalid(field: "input", at: at)
        }
        let length = try reader.readVarint("offsets", max: .max - start)
        let absent = try reader.readVarint("offsets without record", max: length)
        places[inputs[index]] = start + length
        return JournalRange(
            inputs[index], start: start, end: start + length, count: length - absent)
    }
}
