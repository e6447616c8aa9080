internal import Glibc

/// Directories, as far as stores of files need them.
public enum Folder {
    /// Makes the directory and those above it, as far as they are missing.
    public static func make(_ path: String) throws(StorageError) {
        var built = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            built += built.isEmpty || built.hasSuffix("/") ? "\(part)" : "/\(part)"
            guard unsafe mkdir(built, 0o755) == 0 || errno == EEXIST || errno == EISDIR else {
                throw .system(path: built, call: "mkdir", code: errno)
            }
        }
        try synchronize(containing: path)
    }

    /// The names in a directory, ascending; nothing of what is in them.
    public static func names(in path: String) throws(StorageError) -> [String] {
        guard let listing = unsafe opendir(path) else {
            throw .system(path: path, call: "opendir", code: errno)
        }
        defer { unsafe closedir(listing) }
        var names: [String] = []
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file; one that is not there is none to remove.
    public static func remove(_ path: String) throws(StorageError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw .system(path: path, call: "unlink", code: errno)
        }
    }

    /// Waits until names made or changed beside `path` are on the disk.
    static func synchronize(containing path: String) throws(StorageError) {
        var above = path
        while above.count > 1, above.hasSuffix("/") { above.removeLast() }
        guard let slash = above.lastIndex(of: "/") else {
            return try FileDescriptor(directory: ".").synchronize()
        }
        let folder = slash == above.startIndex ? "/" : String(above[..<slash])
        try FileDescriptor(directory: folder).synchronize()
    }
}
