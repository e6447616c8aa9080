internal import Bytes

/// As a part of a frame: `| count u64 | count × (weight f64 | mean f64 | squares f64) |`.
extension OnlineScaler {
    private static let momentsBytes = 24

    func append(to payload: inout ByteWriter) {
        payload.append(count: moments.count)
        for moments in moments {
            payload.append(fixed: moments.weight)
            payload.append(fixed: moments.mean)
            payload.append(fixed: moments.squares)
        }
    }

    init(restoring reader: inout ByteReader) throws(FormatError) {
        let count = try reader.readCount("scalers", itemBytes: Self.momentsBytes)
        self.init(numericCount: count)
        for index in 0..<count {
            let start = reader.offset
            let read = Moments(
                weight: try reader.readFinite("weight"), mean: try reader.readFinite("mean"),
                squares: try reader.readFinite("squares"))
            guard read.weight >= 0, read.squares >= 0 else {
                throw .invalid(field: "moments", at: start)
            }
            moments[index] = read
        }
    }
}
