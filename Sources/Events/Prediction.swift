/// Where a record stands in a topic.
public struct SourcePosition: Equatable, Sendable {
    /// The topic's place in the list that the writer was made with.
    public var topic: Int
    public var partition: Int32
    public var offset: Int64

    public init(topic: Int, partition: Int32, offset: Int64) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }
}

/// The numbers of one prediction message.
public struct Prediction: Equatable, Sendable {
    /// Event time, milliseconds since the Unix epoch.
    public var time: Int64
    /// The probability, or the predicted value of a regression.
    public var score: Double
    /// The linear predictor `w·x + intercept`.
    public var margin: Double
    public var source: SourcePosition

    public init(time: Int64, score: Double, margin: Double, source: SourcePosition) {
        self.time = time
        self.score = score
        self.margin = margin
        self.source = source
    }
}
