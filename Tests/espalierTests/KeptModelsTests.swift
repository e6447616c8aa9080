import Testing

@testable import espalier

@Suite struct KeptModelsTests {
    @Test(arguments: [
        ("model.json", "model.3.json"), ("models/current", "models/current.3"),
        ("a.b/model", "a.b/model.3"), ("a.b/c.d.json", "a.b/c.d.3.json"),
        ("a/.hidden", "a/.hidden.3"),
    ])
    func thePartitionStandsBeforeTheEnding(path: String, expected: String) {
        #expect(KeptModels.path(path, partition: 3) == expected)
    }
}
