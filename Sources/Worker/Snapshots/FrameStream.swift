internal import Bytes
internal import Pipeline
internal import Storage

/// The frames of a file, one after another, in a buffer that holds the present one.
struct FrameStream: ~Copyable {
    let path: String
    private var reader: FileReader
    private var buffer: [UInt8] = []
    private var used = 0

    private static let pieceBytes = 1 << 20

    init(_ path: String) throws(SnapshotError) {
        self.path = path
        do throws(StorageError) { reader = try FileReader(path: path) } catch {
            throw .storage(error)
        }
    }

    /// Reads until a whole frame is here; false at the end of the file.
    mutating func fill() throws(SnapshotError) -> Bool {
        buffer.removeFirst(used)
        used = 0
        while try !isWhole() {
            do throws(StorageError) {
                if try reader.read(Self.pieceBytes, into: &buffer) == 0 { return !buffer.isEmpty }
            } catch { throw .storage(error) }
        }
        return true
    }

    /// Whether a whole frame is here; what cannot become one by reading on is no frame.
    private func isWhole() throws(SnapshotError) -> Bool {
        do throws(FormatError) {
            if !buffer.isEmpty { _ = try Frame.kind(of: unsafe buffer.span.bytes) }
            _ = try Frame.byteCount(of: unsafe buffer.span.bytes)
            return true
        } catch {
            guard case .truncated(_, let needed, _) = error, needed <= Self.frameBytesMax else {
                throw .format(path: path, error)
            }
            return false
        }
    }

    /// No frame that we write is near it: rows come in pieces, statistics are bounded.
    private static let frameBytesMax = 1 << 30

    mutating func takeHead() throws(SnapshotError) -> SnapshotHead {
        do throws(FormatError) {
            let head = try SnapshotHead(unsafe buffer.span.bytes)
            let length = try Frame.byteCount(of: unsafe buffer.span.bytes)
            used = length
            return head
        } catch { throw .format(path: path, error) }
    }

    /// The newest time in the state whose head the present frame is.
    func readClock() throws(SnapshotError) -> Int64 {
        do throws(FormatError) {
            return try PipelineHead.clock(of: unsafe buffer.span.bytes)
        } catch { throw .format(path: path, error) }
    }

    /// Passes over the present frame, once it has proved to be whole.
    private mutating func skipFrame() throws(SnapshotError) {
        do throws(FormatError) {
            let kind = try Frame.kind(of: unsafe buffer.span.bytes)
            let length = try Frame(
                unsafe buffer.span.bytes, kind: kind, newestVersion: .max
            ).byteCount
            used = length
        } catch { throw .format(path: path, error) }
    }

    /// Reads a file to its end, and finds every frame whole.
    static func verify(_ path: String) throws(SnapshotError) {
        var frames = try FrameStream(path)
        while try frames.fill() { try frames.skipFrame() }
    }

    mutating func takeFrame(into restoration: inout PipelineRestoration) throws(SnapshotError) {
        do throws(FormatError) {
            let length = try restoration.take(unsafe buffer.span.bytes)
            used = length
        } catch { throw .format(path: path, error) }
    }
}
