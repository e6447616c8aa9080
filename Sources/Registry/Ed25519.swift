internal import Bytes
internal import Crypto

/// The public half of an Ed25519 key (RFC 8032).
public struct VerifyingKey: Equatable, Sendable {
    let raw: [UInt8]

    /// The raw key, 32 bytes.
    public var hexadecimal: String { PEMKey.hexadecimal(raw) }

    /// SHA-256 of the raw key, in hexadecimal: names the signer.
    public var name: String { ContentDigest(of: unsafe raw.span.bytes).hex }

    /// Reads a key as `openssl pkey -pubout` writes it, or 32 bytes in hexadecimal. Nil for
    /// anything else.
    public init?(_ text: String) {
        let read = PEMKey.bytes(of: text, "PUBLIC KEY", prefix: PEMKey.publicPrefix)
        guard let raw = read ?? PEMKey.hexadecimal(text, count: 32),
            (try? Curve25519.Signing.PublicKey(rawRepresentation: raw)) != nil
        else { return nil }
        self.raw = raw
    }

    fileprivate init(raw: [UInt8]) { self.raw = raw }

    func accepts(_ signature: Signature, of bytes: [UInt8]) -> Bool {
        guard let raw = PEMKey.hexadecimal(signature.hex, count: 64),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: self.raw)
        else { return false }
        return key.isValidSignature(raw, for: bytes)
    }
}

/// The private half of an Ed25519 key. It never leaves the process.
public struct SigningKey: Sendable {
    private let raw: [UInt8]
    public let verifyingKey: VerifyingKey

    /// Reads a key as `openssl genpkey -algorithm ed25519` writes it, or its 32 bytes in
    /// hexadecimal. Nil for anything else.
    public init?(_ text: String) {
        let read = PEMKey.bytes(of: text, "PRIVATE KEY", prefix: PEMKey.privatePrefix)
        guard let raw = read ?? PEMKey.hexadecimal(text, count: 32),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw)
        else { return nil }
        self.raw = raw
        verifyingKey = VerifyingKey(raw: Array(key.publicKey.rawRepresentation))
    }

    /// Signs the bytes; nil only where the system has no randomness.
    func sign(_ bytes: [UInt8]) -> Signature? {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw),
            let signature = try? key.signature(for: bytes)
        else { return nil }
        return Signature(key: verifyingKey.name, hex: PEMKey.hexadecimal(Array(signature)))
    }
}

/// Keys as text. An Ed25519 key in DER is always these bytes and then the key (RFC 8410 §7).
private enum PEMKey {
    static let publicPrefix: [UInt8] = [
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]
    static let privatePrefix: [UInt8] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ]

    static func bytes(of text: String, _ label: String, prefix: [UInt8]) -> [UInt8]? {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.isEmpty }
        guard lines.first == "-----BEGIN \(label)-----", lines.last == "-----END \(label)-----",
            lines.count > 2,
            let der = base64(lines.dropFirst().dropLast().joined()),
            der.starts(with: prefix), der.count == prefix.count + 32
        else { return nil }
        return Array(der.dropFirst(prefix.count))
    }

    private static func base64(_ text: String) -> [UInt8]? {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bytes: [UInt8] = []
        var (held, bits) = (UInt32(0), 0)
        for byte in text.utf8 where byte != UInt8(ascii: "=") {
            guard let digit = digits.firstIndex(of: byte) else { return nil }
            held = held << 6 & 0xFFFF | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: held >> UInt32(bits)))
            }
        }
        return bytes
    }

    static func hexadecimal(_ text: String, count: Int) -> [UInt8]? {
        let digits = text.filter { !$0.isWhitespace }.map(\.hexDigitValue)
        guard digits.count == 2 * count, digits.allSatisfy({ $0 != nil }) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0))
        }
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
