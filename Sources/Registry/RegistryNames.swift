/// Which names a registry takes: they become parts of references, paths and metrics.
enum RegistryNames {
    static let bytesMax = 128
    private static let expectation =
        "1 to \(bytesMax) letters, digits, \".\", \"_\" or \"-\", a letter or digit first"

    static func check(model name: String) throws(RegistryError) {
        guard isPlain(name) else { throw .invalidName(found: name, expected: expectation) }
    }

    /// Unlike a version, an alias is no number.
    static func check(alias name: String) throws(RegistryError) {
        guard isPlain(name), ModelReference.version(name) == nil else {
            throw .invalidName(found: name, expected: expectation + ", and not a version")
        }
    }

    static func check(tag name: String) throws(RegistryError) {
        guard isPlain(name) else { throw .invalidName(found: name, expected: expectation) }
    }

    private static func isPlain(_ name: String) -> Bool {
        guard (1...bytesMax).contains(name.utf8.count), let first = name.utf8.first else {
            return false
        }
        return isAlphanumeric(first)
            && name.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
