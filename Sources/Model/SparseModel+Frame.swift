public import Bytes

/// The weights in use, as a frame of kind `sparseModel`, version 1; all numbers little-endian:
///
///     | version (text) | loss (text) | bound f64 | width u64 | intercept f64 | count u64 |
///     | count × entry |
///     entry: | index u32 | slope f64 | mean f64 | reach f64 |                            28 bytes
///
/// For snapshots of a running scorer, whose weights were published some time before the snapshot.
/// What is kept for people is the `ModelArtifact`.
extension SparseModel {
    static let frameVersion: UInt16 = 1
    private static let entryBytes = 28
    private static let versionBytesMax = 256

    /// Appends the weights; reading them back scores bit for bit the same.
    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(.sparseModel, version: Self.frameVersion) { payload in
            payload.append(counted: version)
            payload.append(counted: loss.rawValue)
            payload.append(fixed: bound)
            payload.append(count: space.width)
            payload.append(fixed: intercept)
            payload.append(count: entries.count)
            for entry in entries.sorted(by: { $0.index < $1.index }) {
                payload.append(fixed: entry.index)
                payload.append(fixed: entry.slope)
                payload.append(fixed: entry.mean)
                payload.append(fixed: entry.reach)
            }
        }
    }

    /// Reads weights that `append(to:)` wrote, from the front of `bytes`.
    ///
    /// - Throws: `FormatError.invalid` also when they are of a feature space of another width.
    public init(restoring bytes: RawSpan, space: FeatureSpace) throws(FormatError) {
        let frame = try Frame(bytes, kind: .sparseModel, newestVersion: Self.frameVersion)
        var reader = ByteReader(frame.payload)
        let version = try reader.readText("version", bytesMax: Self.versionBytesMax)
        guard let loss = Loss(rawValue: try reader.readText("loss", bytesMax: 32)) else {
            throw .invalid(field: "loss", at: reader.offset)
        }
        let bound = try reader.readDouble()
        guard bound > 0 else { throw .invalid(field: "bound", at: reader.offset) }
        guard try reader.readCount("width", max: space.width) == space.width else {
            throw .invalid(field: "width", at: reader.offset)
        }
        let intercept = try reader.readFinite("intercept")
        self.init(space: space, loss: loss, version: version, intercept: intercept, bound: bound)
        for _ in 0..<(try reader.readCount("entries", itemBytes: Self.entryBytes)) {
            try restoreEntry(from: &reader)
        }
        try reader.end()
    }

    private mutating func restoreEntry(from reader: inout ByteReader) throws(FormatError) {
        let start = reader.offset
        let index = try reader.readUInt32()
        let entry = Entry(
            slope: try reader.readFinite("slope"), mean: try reader.readFinite("mean"),
            reach: try reader.readDouble(), index: index)
        guard Int(index) < space.width, places[Int(index)] == 0, entry.reach > 0 else {
            throw .invalid(field: "entry", at: start)
        }
        entries.append(entry)
        places[Int(index)] = UInt32(entries.count)
    }
}
