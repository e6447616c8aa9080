public import Bytes

/// A learner's state as a frame of kind `ftrlProximal`, version 1; all numbers little-endian:
///
///     | α f64 | β f64 | λ1 f64 | λ2 f64 | intercept u8 | width u64 | count u64 |
///     | count × coordinate |
///     coordinate: | index u32 | touched u8 | penalty factor f64 | z f64 | n f64 |      29 bytes
///
/// Coordinates stand in ascending order; those that never learned and have the penalty factor 1 are
/// left out. Index `width` is the intercept. Weights are not stored: they follow from z and n.
extension FTRLProximal {
    static let frameVersion: UInt16 = 1
    private static let coordinateBytes = 29

    /// Appends the state; reading it back resumes bit for bit.
    public func append(to writer: inout ByteWriter) {
        let stored = coordinates.indices.filter { !coordinates[$0].isInitial }
        writer.appendFrame(.ftrlProximal, version: Self.frameVersion) { payload in
            payload.append(fixed: parameters.alpha)
            payload.append(fixed: parameters.beta)
            payload.append(fixed: parameters.l1)
            payload.append(fixed: parameters.l2)
            payload.append(fixed: UInt8(hasIntercept ? 1 : 0))
            payload.append(count: width)
            payload.append(count: stored.count)
            for index in stored {
                let coordinate = coordinates[index]
                payload.append(fixed: UInt32(index))
                payload.append(fixed: UInt8(coordinate.touched == 0 ? 0 : 1))
                payload.append(fixed: coordinate.penaltyFactor)
                payload.append(fixed: coordinate.z)
                payload.append(fixed: coordinate.n)
            }
        }
    }

    /// Reads a state that `append(to:)` wrote.
    ///
    /// - Parameter widthMax: the widest that is accepted; 32 bytes are allocated per index.
    public init(restoring frame: borrowing Frame, widthMax: Int) throws(FormatError) {
        var reader = ByteReader(frame.payload)
        let parameters = Parameters(
            alpha: try reader.readDouble(), beta: try reader.readDouble(),
            l1: try reader.readDouble(), l2: try reader.readDouble())
        guard parameters.areValid else { throw .invalid(field: "parameters", at: 0) }
        let intercept: Intercept = try reader.readFlag("intercept") ? .unpenalised : .none
        let width = try reader.readCount("width", max: widthMax)
        self.init(width: width, parameters: parameters, intercept: intercept)
        let count = try reader.readCount("count", itemBytes: Self.coordinateBytes)
        var next = 0
        for _ in 0..<count {
            let start = reader.offset
            let index = Int(try reader.readUInt32())
            guard index >= next, index <= width else {
                throw .invalid(field: "index", at: start)
            }
            next = index + 1
            try restore(index, from: &reader)
        }
        try reader.end()
    }

    private mutating func restore(
        _ index: Int, from reader: inout ByteReader
    ) throws(FormatError) {
        let start = reader.offset
        let isTouched = try reader.readFlag("touched")
        let penaltyFactor = try reader.readFinite("penalty factor")
        let coordinate = Coordinate(
            z: try reader.readFinite("z"), n: try reader.readFinite("n"),
            penaltyFactor: penaltyFactor, touched: isTouched ? 1 : 0)
        guard coordinate.n >= 0, coordinate.penaltyFactor >= 0 else {
            throw .invalid(field: "coordinate", at: start)
        }
        coordinates[index] = coordinate
        if isTouched { touched.append(UInt32(index)) }
    }
}

extension FTRLProximal.Coordinate {
    fileprivate var isInitial: Bool { z == 0 && n == 0 && penaltyFactor == 1 && touched == 0 }
}
