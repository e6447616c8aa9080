import Bytes
import Foundation
import Model
import TestSupport
import Testing

@testable import Registry

/// Nothing but what was registered is loaded, and only when it is signed where that is asked.
struct ArtifactRefusalTests {
    private func object(_ folder: RegistryFolder, _ version: RegisteredVersion) -> URL {
        URL(fileURLWithPath: "\(folder.path)/objects/\(version.digest).json")
    }

    @Test(arguments: UInt64(0)..<100) func anyChangeIsRefused(seed: UInt64) throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        let version = try registry.fill(1)[0]
        let whole = Array(try Data(contentsOf: object(folder, version)))
        var random = RandomJSON(seed)
        let damaged = random.damage(String(decoding: whole, as: UTF8.self))
        try Data(damaged).write(to: object(folder, version))
        if damaged == whole {
            #expect(try registry.artifact(of: version).bytes == whole)
        } else {
            let error = #expect(throws: RegistryError.self) { try registry.artifact(of: version) }
            guard case .artifactRefused("cards", 1, .digestMismatch) = error else {
                Issue.record("seed \(seed): \(String(describing: error))")
                return
            }
            #expect(throws: RegistryError.self) {
                try registry.point("champion", to: ModelReference("cards@1"), by: .test())
            }
            #expect(try registry.inspect().refused.map(\.version) == ["cards@1"])
        }
        #expect(try registry.fill(1)[0] == version)
        #expect(try registry.inspect().refused.isEmpty)
    }

    /// What a newer program registered stands in the list, and is refused by its format.
    @Test func aNewerFormatIsRefused() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        let text = Array(#"{"format":2,"name":"cards","weights":"in a way of its own"}"#.utf8)
        let digest = ContentDigest(of: unsafe text.span.bytes).hex
        try Data(text).write(to: URL(fileURLWithPath: "\(folder.path)/objects/\(digest).json"))
        try registry.change("cards", .test()) { _ in
            .registered(
                .init(
                    version: 1, digest: digest, byteCount: text.count, source: "newer",
                    approved: []))
        }
        let version = try #require(try registry.read().model("cards").versions.first)
        #expect(
            throws: RegistryError.artifactRefused(
                name: "cards", version: 1, .newerFormat(found: 2, newestKnown: 1))
        ) { try registry.artifact(of: version) }
    }

    @Test func anAbsentObjectIsRefused() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        let versions = try registry.fill(2)
        try FileManager.default.removeItem(at: object(folder, versions[0]))
        guard
            case .unreadableArtifact = #expect(
                throws: RegistryError.self, performing: { try registry.artifact(of: versions[0]) })
        else {
            Issue.record("another error")
            return
        }
        #expect(try registry.inspect().sound == ["cards@2"])
    }

    @Test func onlyTrustedSignaturesOpen() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        var version = try registry.fill(1)[0]
        let ours = try #require(SigningKey(String(repeating: "07", count: 32)))
        let theirs = try #require(SigningKey(String(repeating: "08", count: 32)))
        #expect(throws: RegistryError.unsigned(name: "cards", version: 1, signatures: 0)) {
            try registry.artifact(of: version, trusting: [ours.verifyingKey])
        }
        version = try registry.sign(ModelReference("cards@1"), with: theirs, by: .test())
        #expect(throws: RegistryError.unsigned(name: "cards", version: 1, signatures: 1)) {
            try registry.artifact(of: version, trusting: [ours.verifyingKey])
        }
        version = try registry.sign(ModelReference("cards@1"), with: ours, by: .test())
        #expect(
            try registry.artifact(of: version, trusting: [ours.verifyingKey]) == .numbered(1))
        let again = try registry.sign(ModelReference("cards@1"), with: ours, by: .test())
        #expect(again.signatures.count == 2)
        var forged = version
        forged.signatures[1].hex = String(repeating: "a", count: 128)
        #expect(
            throws: RegistryError.signatureInvalid(
                name: "cards", version: 1, key: ours.verifyingKey.name)
        ) { try registry.artifact(of: forged, trusting: [ours.verifyingKey]) }
    }

    /// RFC 8032 §7.1, test 2.
    @Test func publishedSignaturesAreAccepted() throws {
        let secret = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
        let key = try #require(
            VerifyingKey("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))
        let signature = Signature(
            key: key.name,
            hex: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
        #expect(key.accepts(signature, of: [0x72]))
        #expect(!key.accepts(signature, of: [0x73]))
        #expect(SigningKey(secret)?.verifyingKey == key)
    }

    private func openssl(_ arguments: [String]) -> Int32? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Keys made by OpenSSL sign here, and OpenSSL verifies the stored artifact.
    @Test func openSSLAgrees() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        let version = try registry.fill(1)[0]
        let (secret, known) = ("\(folder.path)/release.key", "\(folder.path)/release.pub")
        guard openssl(["genpkey", "-algorithm", "ed25519", "-out", secret]) == 0,
            openssl(["pkey", "-in", secret, "-pubout", "-out", known]) == 0
        else { return }
        let key = try #require(SigningKey(String(contentsOfFile: secret, encoding: .utf8)))
        #expect(
            VerifyingKey(try String(contentsOfFile: known, encoding: .utf8)) == key.verifyingKey)
        let signed = try registry.sign(ModelReference("cards@1"), with: key, by: .test())
        let hex = Array(try #require(signed.signatures.first).hex)
        let raw = stride(from: 0, to: hex.count, by: 2).compactMap {
            UInt8(String(hex[$0...$0 + 1]), radix: 16)
        }
        try Data(raw).write(to: URL(fileURLWithPath: "\(folder.path)/signature"))
        #expect(
            openssl([
                "pkeyutl", "-verify", "-pubin", "-inkey", known, "-rawin", "-in",
                object(folder, version).path, "-sigfile", "\(folder.path)/signature",
            ]) == 0)
    }

    @Test func keysOfAnotherKindAreRefused() {
        for text in ["", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "zz", "0011"] {
            #expect(VerifyingKey(text) == nil && SigningKey(text) == nil)
        }
    }
}
