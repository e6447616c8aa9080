import TestSupport
import Testing

@testable import Model

/// Artifacts of which some bytes are others: refused or read, never a trap.
@Suite struct ArtifactFuzzTests {
    @Test(arguments: UInt64(0)..<10) func damagedArtifactsNeverTrap(seed: UInt64) throws {
        var random = RandomJSON(seed)
        let artifact = try ModelArtifact(drawContent(seed))
        let text = String(decoding: artifact.bytes, as: UTF8.self)
        for _ in 0..<200 {
            let bytes = random.damage(text)
            guard let read = try? ModelArtifact(parsing: unsafe bytes.span.bytes) else { continue }
            // What is read is a model of its own, with a version of its own.
            #expect((read.version == artifact.version) == (read.bytes == artifact.bytes))
        }
    }
}
