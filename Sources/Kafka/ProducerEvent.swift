/// What happened to a producer.
public enum ProducerEvent: Sendable, Equatable {
    /// A sealed batch has nothing outstanding any more.
    case settled(BatchDelivery)
    case error(KafkaError)
}
