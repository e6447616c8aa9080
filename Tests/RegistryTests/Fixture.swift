import Foundation
import Model
import Registry
import TestSupport

/// A registry in a folder of its own, removed with the value.
final class RegistryFolder {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func registry() throws -> ModelRegistry { try ModelRegistry(creating: path) }

    var log: [UInt8] {
        get throws { Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/log"))) }
    }

    func writeLog(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/log"))
    }
}

extension Attribution {
    static func test(_ why: String = "a test", at timeMillis: Int64 = 1_700_000_000_000) -> Self {
        Attribution(who: "tester", why: why, timeMillis: timeMillis)
    }
}

extension ModelContent {
    /// A model that differs from others by its number.
    static func numbered(_ number: Int, name: String = "cards") -> ModelContent {
        var content = ModelContent(
            name: name, loss: .logistic, objective: .init(lambda: 0.001, alpha: 1),
            intercept: -2 - Double(number) / 1_000,
            features: [
                .init(
                    name: "amount", definition: "d1",
                    weights: .numeric(weight: 1.5, Standardization(mean: 50, scale: 40))),
                .init(
                    name: "night", definition: "d2",
                    weights: .numeric(
                        weight: -0.25 + Double(number), Standardization(mean: 0.2, scale: 0.4))),
                .init(
                    name: "merchant", definition: "d3",
                    weights: .category(
                        bits: 4, entries: [.init(bucket: 3, weight: 0.5)])),
            ],
            data: .init(digest: "abc", examples: 1_000),
            solver: .init(name: "test", parameters: [:])
        )
        content.metrics = ["rocArea": 0.87]
        return content
    }
}

extension ModelArtifact {
    static func numbered(_ number: Int, name: String = "cards") throws -> ModelArtifact {
        try ModelArtifact(.numbered(number, name: name))
    }
}

extension ModelRegistry {
    /// Registers so many models of one name.
    @discardableResult
    func fill(_ count: Int, name: String = "cards") throws -> [RegisteredVersion] {
        try (1...count).map {
            try register(.numbered($0, name: name), source: "test", by: .test())
        }
    }
}

/// Runs a body that blocks on a thread of its own.
func onOwnThread(_ body: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}
