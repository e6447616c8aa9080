internal import JSON
internal import Kafka

/// Predictions as any reader of their topic finds them.
enum PublishedPredictions {
    private static let patience = Duration.seconds(10)

    /// The predictions with the highest scores among those the topic still holds.
    static func highest(
        _ count: Int, of topic: String, _ properties: ClientProperties
    ) throws -> [JSONValue] {
        var best: [(score: Double, prediction: JSONValue)] = []
        var scan = try TopicScan(topic, properties, within: patience)
        try scan.forEach { _, batch, index throws(Failure) in
            guard let payload = batch.payload(index) else { return }
            let prediction: JSONValue
            do throws(JSONParseError) { prediction = try JSONValue(parsing: payload) } catch {
                throw Failure(.data, "\(topic): \(error)")
            }
            guard let score = prediction["score"]?.double else { return }
            best.append((score, prediction))
            best.sort { $0.score > $1.score }
            if best.count > count { best.removeLast() }
        }
        return best.map(\.prediction)
    }
}
