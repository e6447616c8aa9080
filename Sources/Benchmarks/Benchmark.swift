import ArgumentParser

/// The benchmarks, in the order in which they run.
enum Benchmark: String, CaseIterable, ExpressibleByArgument {
    case step, stages, windows, score, learn, train, decode, expressions, statistics, demand, drift
    case lookup, snapshot, product, worker, latency

    var title: String {
        switch self {
        case .step: "step: JSON in, prediction JSON out; handbook project, one thread"
        case .stages: "stages: the parts of a step, each alone over the same records"
        case .windows: "windows: memory of the handbook project's state"
        case .score: "score: margin of a vector with 50 weighted entries"
        case .learn: "learn: examples of 12 features"
        case .train: "train: a path of coordinate descent, duality gap at most 1e-6"
        case .decode: "decode: one payment"
        case .expressions: "expressions: one evaluation"
        case .statistics: "statistics: every feature of every event"
        case .demand: "demand: 500 features, 40 of them weighed"
        case .drift: "drift: a window of 500 features"
        case .lookup: "lookup: features of an entity between two events"
        case .snapshot: "snapshot: 1,000,000 entities, while events go on; restore and replay"
        case .product: "product: whole commands on whole files"
        case .worker: "worker: broker to broker, against a consume-and-produce loop in C"
        case .latency: "latency: at 5,000 events/s"
        }
    }
}
