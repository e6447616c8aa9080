/// A project file that scores payments, and the names of its topics.
struct ServiceProject {
    /// Its inputs begin with this, and so do its outputs unless they are another run's.
    var inputs = ""
    var name = "cards"
    /// The section `model`.
    var model = "{loss: logistic, reasons: 3}"
    /// The section `delivery`; `FOLDER` stands for the fixture's folder.
    var delivery = "{}"
    /// The section `limits`.
    var limits = "{}"
    /// Entities besides customer and terminal, each with a feature: `entity0`, `entity1` and so on.
    var moreEntities = 0
    /// Whether every feature belongs to the customer, by whom records are spread over partitions:
    /// one task for each partition.
    var isSpread = false

    var events: String { "\(inputs)payments" }
    var labels: String { "\(inputs)frauds" }
    var predictions: String { "\(name).predictions" }

    /// Every topic, as the mock broker takes them: `name:partitions`.
    func topics(partitions: Int) -> [String] {
        [
            "\(events):\(partitions)", "\(labels):\(partitions)", "\(predictions):2",
            "\(name).dead-letter", "\(name).control", "\(name).journal:\(partitions)",
            "\(name).snapshots:\(partitions)",
        ]
    }

    private var moreFields: String {
        (0..<moreEntities).map { ", entity\($0): int64" }.joined()
    }

    private var moreFeatures: String {
        (0..<moreEntities).map {
            "\n  count\($0): {entity: entity\($0), aggregate: count, window: 9s}"
        }.joined()
    }

    func text(_ bootstrap: String, folder: String) -> String {
        """
        project: \(name)
        kafka:
          bootstrap.servers: \(bootstrap)
          fetch.wait.max.ms: 20
          session.timeout.ms: 6000
          heartbeat.interval.ms: 200
          reconnect.backoff.ms: 20
        events:
          topic: \(events)
          id: id
          \(isSpread ? "key: customer" : "")
          time: {field: time, unit: ms}
          fields:
            {id: string, time: int64, customer: int64, terminal: int64, amount: double,
             channel: string\(moreFields)}
        labels: {topic: \(labels), id: id, value: fraud, maturity: 1h}
        features:
          amount_value: {value: amount}
          count: {entity: customer, aggregate: count, window: 9s}
          mean: {entity: customer, aggregate: mean, of: amount, window: 20s}
          risk:
            {entity: \(isSpread ? "customer" : "terminal"), aggregate: mean, of: label, window: 60s,
             otherwise: 0}
          channels: {category: channel}\(moreFeatures)
        model: \(model)
        delivery: \(delivery.replacing("FOLDER", with: folder))
        limits: \(limits)
        """
    }
}
