internal import Model
internal import Training
internal import Worker

/// What the tasks of a service have learned by its end, and the files it goes to.
struct KeptModels {
    /// One file for the only task; one for each partition that is a task of its own.
    private let models: [(path: String, task: TaskReport)]

    init(_ path: String, of workers: Workers, _ settings: WorkerSettings) throws(Failure) {
        switch settings.tasks {
        case .single: models = workers.tasks.map { (path, $0) }
        case .perPartition:
            guard let tasks = workers.tasks(byPartitionOf: settings.eventsTopic) else {
                throw Failure(
                    .fault, "no model is written: a worker did not tell which partitions it had")
            }
            models = tasks.map { (Self.path(path, partition: $0), $1) }
        }
    }

    /// `models/card.json` as `models/card.3.json`: before the ending, if the name has one.
    static func path(_ path: String, partition: Int) -> String {
        let nameStart = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[nameStart...].lastIndex(of: "."), dot > nameStart else {
            return "\(path).\(partition)"
        }
        return "\(path[..<dot]).\(partition)\(path[dot...])"
    }

    /// Writes an artifact for every task that learns, and says where.
    func write(name: String, _ layout: FeatureLayout) throws {
        for (path, task) in models {
            guard let learner = task.learner else { continue }
            let artifact = try learner.makeArtifact(
                name: name, layout: layout, data: .init(examples: learner.learned),
                baseline: task.learnedBaseline)
            try artifact.write(to: path)
            Terminal.error.write("model \(artifact.version) in \(path)\n")
        }
    }
}
