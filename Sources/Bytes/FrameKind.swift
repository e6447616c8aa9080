/// What a frame holds. A number, once given, keeps its meaning for ever.
public enum FrameKind: UInt16, CaseIterable, Sendable {
    case ftrlProximal = 1
    case onlineLearner = 2
    case sparseModel = 3
    case pendingLabels = 4
    case moments = 16
    case quantileSketch = 17
    case distinctSketch = 18
    case frequentItems = 19
    case featureSummary = 20
    case statisticsTable = 21
    case usageTable = 22
    case driftMonitor = 23
    case alertEngine = 24
    case pipelineHead = 50
    case pipelineTail = 51
    case entityRows = 52
    case pendingEntries = 53
    case categoryBuckets = 54
    case journalRecord = 55
    case snapshotHead = 56
    case snapshotManifest = 57
    case pipelineWatch = 58
    case learnedExamples = 59
    case registryEntry = 40
    case packedModel = 41
    case finishedFits = 42
}
