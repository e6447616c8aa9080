internal import Bytes

/// Pieces of text prepared once and appended by number.
struct Fragments: Sendable {
    private let bytes: [UInt8]
    private let ends: [Int]

    init(_ names: [String], write: (String, inout ByteWriter) -> Void) {
        var writer = ByteWriter()
        var ends = [0]
        for name in names {
            write(name, &writer)
            ends.append(writer.count)
        }
        bytes = writer.copy()
        self.ends = ends
    }

    func append(_ number: Int, to writer: inout ByteWriter) {
        writer.append(unsafe bytes.span.bytes.extracting(ends[number]..<ends[number + 1]))
    }
}
