import Glibc

/// Data for tests that is not part of the repository: `$ESPALIER_SHARED`, else `../shared` beside
/// it.
public enum SharedData {
    /// The folder that the data stands in.
    public static var root: String {
        if let given = unsafe getenv("ESPALIER_SHARED") { return unsafe String(cString: given) }
        return "\(packageRoot)/../shared"
    }

    /// The path of a file of the data, or nil where it is absent.
    public static func path(_ name: String) -> String? {
        let path = "\(root)/data/\(name)"
        return unsafe access(path, R_OK) == 0 ? path : nil
    }

    /// The folder of `Package.swift`.
    public static var packageRoot: String {
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
            .joined(separator: "/")
    }
}
