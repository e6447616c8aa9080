internal import Bytes
internal import Foundation
internal import Model
internal import Storage
internal import Training

/// The fits of a run that is under way or was broken off, in a file beside its output, from which
/// the same command goes on.
final class UnfinishedWork {
    /// Nil where the run has no output of its own.
    private let path: String?
    /// Nothing, where there is no such file or it is of other inputs.
    let finished: FinishedFits
    /// Since fits were kept last.
    private var watch = Stopwatch()
    private var pauseSeconds: Double
    private var isFull = false

    private static let bytesMax = 4 << 30
    /// Keeping takes at most this part of the time.
    private static let shareMax = 0.05

    /// - Parameters:
    ///   - inputs: names all that the fits depend on.
    ///   - pauseSeconds: how much work a run that is killed loses, beside the fit that it is at; 0
    ///     keeps every fit.
    init(at path: String?, inputs: String, pauseSeconds: Double = 10) throws(Failure) {
        self.path = path
        self.pauseSeconds = pauseSeconds
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
            throw Failure(
                .data, "\(path): \(error); expected the fits of an unfinished run")
        }
        guard found.inputs == inputs else {
            Terminal.error.write("\(path) is of other inputs: nothing is taken from it\n")
            return nil
        }
        Terminal.error.write("goes on behind \(found.count) fits of an unfinished run\n")
        return found
    }

    /// Keeps what is done and says so.
    func interrupted(_ finished: FinishedFits) throws -> Failure {
        let what = "interrupted; what is reported is of the λ that were done"
        guard let path else {
            return Failure(.interrupted, "\(what); with --out the same command goes on from there")
        }
        try WritablePlace.prepare(file: path)
        try Self.write(finished, to: path)
        return Failure(
            .interrupted,
            "\(what); \(finished.count) fits are kept, and the same command goes on from there")
    }

    /// Keeps what is done if that was not done of late: a run that is killed loses little.
    func keepIfDue(_ finished: () -> FinishedFits) {
        guard let path, !isFull, watch.seconds >= pauseSeconds else { return }
        let writing = Stopwatch()
        do throws(StorageError) { try Self.write(finished(), to: path) } catch {
            // The run itself may yet come to its end.
            isFull = true
            Terminal.error.write("what is done is not kept: \(error)\n")
        }
        if pauseSeconds > 0 { pauseSeconds = max(pauseSeconds, writing.seconds / Self.shareMax) }
        watch = Stopwatch()
    }

    private static func write(
        _ finished: FinishedFits, to path: String
    ) throws(StorageError) {
        var writer = ByteWriter()
        finished.append(to: &writer)
        let bytes = writer.copy()
        try AtomicFile.write(unsafe bytes.span.bytes, to: path)
    }

    /// The run came to its end.
    func remove() {
        if let path { try? FileManager.default.removeItem(atPath: path) }
    }
}
