internal import Bytes
internal import Foundation
internal import Model
internal import Storage
internal import Training

/// The fits of an interrupted run, in a file beside its output, from which the same command goes
/// on.
struct UnfinishedWork {
    /// Nil where the run has no output of its own.
    private let path: String?
    /// Nothing, where there is no such file or it is of other inputs.
    let finished: FinishedFits

    private static let bytesMax = 4 << 30

    /// - Parameter inputs: names all that the fits depend on.
    init(at path: String?, inputs: String) throws(Failure) {
        self.path = path
        finished =
            try path.flatMap { path throws(Failure) in
                try Self.read(path, inputs: inputs)
            } ?? FinishedFits(inputs: inputs)
    }

    private static func read(_ path: String, inputs: String) throws(Failure) -> FinishedFits? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try WholeFile.read(path, bytesMax: bytesMax)
        } catch { throw Failure(error) }
        let found: FinishedFits
        do throws(FormatError) {
            found = try FinishedFits(restoring: unsafe bytes.span.bytes)
        } catch {
            throw Failure(.data, "\(path): \(error); expected the fits of an interrupted run")
        }
        guard found.inputs == inputs else {
            Terminal.error.write("\(path) is of other inputs: nothing is taken from it\n")
            return nil
        }
        Terminal.error.write("goes on behind \(found.count) fits of an interrupted run\n")
        return found
    }

    /// Keeps what is done and says so.
    func interrupted(_ finished: FinishedFits) throws -> Failure {
        let what = "interrupted; what is reported is of the λ that were done"
        guard let path else {
            return Failure(.interrupted, "\(what); with --out the same command goes on from there")
        }
        var writer = ByteWriter()
        finished.append(to: &writer)
        let bytes = writer.copy()
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(),
            withIntermediateDirectories: true)
        try AtomicFile.write(unsafe bytes.span.bytes, to: path)
        return Failure(
            .interrupted,
            "\(what); \(finished.count) fits are kept, and the same command goes on from there")
    }

    /// The run came to its end.
    func remove() {
        if let path { try? FileManager.default.removeItem(atPath: path) }
    }
}
