internal import Bytes
internal import Foundation
internal import Kafka
internal import Simulation
internal import Synchronization

/// Simulated payments and labels on their way into the embedded broker, from a thread of their own.
///
/// The broker keeps about 5 MB a partition, so the feed never runs further ahead of the workers
/// than `aheadMax` records.
final class DemoFeed: Sendable {
    enum Speed: Sendable {
        /// As fast as the workers go.
        case full
        /// Payments per second of wall clock.
        case paced(Double)
    }

    private static let aheadMax: UInt64 = 60_000

    private let seed: UInt64
    private let properties: ClientProperties
    private let topics: (payments: String, labels: String)
    private let used = Atomic<UInt64>(0)
    private let sent = Atomic<UInt64>(0)
    private let stopping = Atomic(false)
    private let speed = Mutex(Speed.full)
    private let outcome = Mutex<(hasEnded: Bool, failure: Failure?)>((false, nil))

    init(
        _ properties: ClientProperties, payments: String, labels: String, seed: UInt64
    ) {
        self.properties = properties
        self.seed = seed
        topics = (payments, labels)
        let thread = Thread { [self] in
            var failure: Failure?
            do { try feed() } catch { failure = Failure(error) }
            outcome.withLock { $0 = (true, failure) }
        }
        thread.name = "feed"
        thread.start()
    }

    /// Tells how many records the workers have used.
    func note(used count: UInt64) { used.store(count, ordering: .relaxed) }

    func change(to speed: Speed) { self.speed.withLock { $0 = speed } }

    var sentCount: UInt64 { sent.load(ordering: .relaxed) }
    var failure: Failure? { outcome.withLock { $0.failure } }

    /// Ends the feed and waits until what it sent is acknowledged.
    func finish() throws(Failure) {
        stopping.store(true, ordering: .relaxed)
        while !outcome.withLock({ $0.hasEnded }) { Pace.sleep(0.01) }
        if let failure { throw failure }
    }

    private func feed() throws {
        var settings = SimulationSettings()
        settings.startsWarm = true
        var simulator = try PaymentSimulator(settings, seed: seed)
        var output = try TopicOutput(properties, waiting: .seconds(30))
        let payments = try output.topic(topics.payments)
        let labels = try output.topic(topics.labels)
        var key = ByteWriter()
        var value = ByteWriter(reservingCapacity: 512)
        var pace = Pace(perSecond: nil)
        var isPaced = false
        while !stopping.load(ordering: .relaxed), let record = simulator.next() {
            if case .paced(let rate) = speed.withLock({ $0 }), !isPaced {
                isPaced = true
                pace = Pace(perSecond: rate)
            }
            let isLabel = if case .label = record { true } else { false }
            if !isLabel { wait(&pace) }
            key.removeAll()
            value.removeAll()
            record.appendKey(to: &key)
            record.append(.json, to: &value)
            try output.send(
                to: isLabel ? labels : payments, key: key, value: value,
                timestampMillis: record.timeMillis)
            sent.add(1, ordering: .relaxed)
        }
        try output.finish()
    }

    private func wait(_ pace: inout Pace) {
        let early = pace.waitForNext()
        if early > 0 { Pace.sleep(early) }
        while sentCount > used.load(ordering: .relaxed) + Self.aheadMax,
            !stopping.load(ordering: .relaxed)
        {
            Pace.sleep(0.001)
        }
    }
}
