import Pipeline
import Testing

@testable import espalier

@Suite struct DelayedLabelsTests {
    @Test func labelsThatWaitAreBounded() throws {
        var labels = DelayedLabels(delayMillis: 1_000, labelsMax: 2)
        let label = Label(1)
        try labels.insert(label, for: 1)
        try labels.insert(label, for: 2)
        try labels.insert(label, for: 2)
        #expect(labels.duplicates == 1)
        #expect {
            try labels.insert(label, for: 3)
        } throws: { error in
            (error as? Failure)?.status == .data
        }
        labels.await(key: 1, eventMillis: 5)
        try labels.insert(label, for: 3)
        #expect(labels.unusedCount == 2)
    }
}
