import Features
import Kafka
import Project
import Testing
import Training
import Worker

@testable import espalier

/// A budget bounds what the file leaves open, keeps what it gives, and refuses what does not fit.
@Suite struct MemoryBudgetTests {
    private func project(_ limits: String, key: String = "") throws -> ProjectFile {
        let text = """
            project: cards
            events:
              topic: payments
              id: id
              \(key)
              time: {field: time, unit: ms}
              fields: {id: int64, time: int64, customer: int64, amount: double}
            labels: {topic: frauds, id: id, value: fraud, maturity: 1h}
            features:
              count: {entity: customer, aggregate: count, window: 9s}
              mean: {entity: customer, aggregate: mean, of: amount, window: 20s}
            model: {loss: logistic}
            limits: {\(limits)}
            """
        return try ProjectFile(Array(text.utf8))
    }

    private func bounded(
        _ limits: String, partitions: Int = 6, key: String = ""
    ) throws -> ProjectLimits {
        let project = try project(limits, key: key)
        let plan = try project.plan()
        let budget = try #require(MemoryBudget(project, plan, partitions: partitions))
        return try budget.bounded().limits
    }

    @Test func limitsFollowFromTheBudget() throws {
        let small = try bounded("memory: 512MiB")
        let large = try bounded("memory: 2GiB")
        #expect(small.features.entitiesMax < large.features.entitiesMax)
        #expect(small.features.retainedEventsMax == 50 * small.features.entitiesMax)
        #expect(small.pending.pendingMax < 1_000_000 && small.pending.vectorBytesMax < 512 << 20)
        // A row of 6 + 2 + 2 words, 8 bytes and one column an event.
        let bytes = small.features.entitiesMax * 80 + small.features.retainedEventsMax * 18
        #expect(bytes < 512 << 20)
        let huge = try bounded("memory: 1TiB")
        #expect(huge.features.entitiesMax == 1_000_000 && huge.pending.pendingMax == 1_000_000)
    }

    /// Each partition is a task of its own and has its part, however many run in one process.
    @Test func tasksShareEvenly() throws {
        let one = try bounded("memory: 1GiB", partitions: 4)
        let each = try bounded("memory: 1GiB", partitions: 4, key: "key: customer")
        #expect(each.features.entitiesMax < one.features.entitiesMax / 3)
    }

    @Test func whatTheFileGivesStays() throws {
        let limits = try bounded("memory: 1GiB, entitiesMax: 5000")
        #expect(limits.features.entitiesMax == 5_000)
        #expect(limits.features.retainedEventsMax > 10_000_000)
        let other = try bounded("memory: 1GiB, retainedEventsMax: 100000, pendingMax: 77")
        #expect(other.features.entitiesMax == 1_000_000 && other.pending.pendingMax == 77)
    }

    /// The clients' queues keep within their shares, and the file's own words go first.
    @Test func queuesAreBounded() throws {
        let project = try project("memory: 1GiB")
        let plan = try project.plan()
        let budget = try #require(MemoryBudget(project, plan, partitions: 4, workers: 2))
        var settings = project.workerSettings(plan)
        settings.consumer.set("queued.min.messages", "7")
        budget.bound(&settings)
        func consumer(_ name: String) -> Int? {
            settings.consumer.value(of: name).flatMap { Int($0) }
        }
        func producer(_ name: String) -> Int? {
            settings.producer.value(of: name).flatMap { Int($0) }
        }
        #expect(consumer("queued.min.messages") == 7)
        #expect(consumer("queued.max.messages.kbytes") == 1_024 * 128 / 8 / 4)
        // Unpacked, 64 times that.
        #expect(consumer("max.partition.fetch.bytes") == 64 << 10)
        #expect(producer("queue.buffering.max.kbytes") == 1_024 * 128 / 2 / 4)
        #expect(producer("queue.buffering.max.messages") == 32_768)
        #expect(settings.outstandingMax == 16_384 && settings.heldBytesMax == 16 << 20)
        #expect(settings.batchBytesMax == 8 << 20)
    }

    /// What is refused says what would not be.
    @Test(arguments: [("", 1), ("key: customer", 6)])
    func theLeastBudgetIsAccepted(key: String, partitions: Int) throws {
        let project = try project("memory: 1GiB", key: key)
        let budget = try #require(
            MemoryBudget(project, try project.plan(), partitions: partitions))
        let least = budget.leastBytes >> 20
        let limits = try bounded("memory: \(least + 1)MiB", partitions: partitions, key: key)
        #expect(limits.features.entitiesMax > 1_000 && limits.pending.pendingMax > 1_000)
        #expect(throws: Failure.self) {
            try bounded("memory: \(least - 1)MiB", partitions: partitions, key: key)
        }
    }

    @Test func whatDoesNotFitIsRefused() throws {
        for (limits, words) in [
            ("memory: 1GiB, entitiesMax: 100000000", "entitiesMax"),
            ("memory: 1GiB, pendingBytesMax: 2000000000", "pendingBytesMax"),
            ("memory: 1GiB, retainedEventsMax: 900000000", "retainedEventsMax"),
            ("memory: 130MiB", "expected at least"),
        ] {
            let failure = #expect(throws: Failure.self) { try bounded(limits) }
            #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
        }
        #expect(throws: ProjectErrors.self) { try project("memory: 12") }
        #expect(throws: ProjectErrors.self) { try project("memory: 1MiB") }
    }

    /// Features with long names would make a prediction that no broker takes.
    @Test func predictionsMustFitAMessage() throws {
        let long = String(repeating: "n", count: 120)
        func settings(_ count: Int, _ output: String) throws {
            let features = (0..<count).map { "  \(long)\($0): {value: amount}\n" }.joined()
            let text = """
                project: cards
                events: {topic: payments, id: id, fields: {id: int64, amount: double}}
                features:
                \(features)model: {loss: logistic}
                output: {features: \(output)}
                """
            _ = try ProjectFile(Array(text.utf8)).pipelineSettings()
        }
        try settings(5_500, "true")
        try settings(6_500, "false")
        let failure = try #require(throws: Failure.self) { try settings(6_500, "true") }
        #expect("\(failure)".contains("output.features: found 6500 features"))
    }
}
