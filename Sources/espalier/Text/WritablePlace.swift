internal import Foundation
internal import Storage

/// Places that a command will write to when its work is done: tried before it begins.
enum WritablePlace {
    /// Makes the folder if there is none.
    static func prepare(folder: String) throws(Failure) {
        let probe = "\(folder)/.writable"
        do throws(StorageError) {
            try Folder.make(folder)
            let nothing: [UInt8] = []
            try AtomicFile.write(unsafe nothing.span.bytes, to: probe)
        } catch { throw Failure(error) }
        try? FileManager.default.removeItem(atPath: probe)
    }

    /// Makes the file's folder if there is none.
    static func prepare(file: String) throws(Failure) {
        guard !FileManager.default.fileExists(atPath: "\(file)/.") else {
            throw Failure(.inputOutput, "\(file): found a folder; expected a file, or none")
        }
        guard let slash = file.lastIndex(of: "/") else { return try prepare(folder: ".") }
        try prepare(folder: slash == file.startIndex ? "/" : String(file[..<slash]))
    }
}
