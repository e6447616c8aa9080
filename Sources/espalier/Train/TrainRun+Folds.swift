internal import Bytes
internal import Model
internal import Project
internal import Training

extension TrainRun {
    /// The folds that the command asks for.
    static func splits(
        _ project: ProjectFile, _ set: TrainingSet, _ command: TrainCommand
    ) throws(Failure) -> [Split] {
        var random = SeededRandom(seed: command.seed)
        if command.randomFolds {
            return Split.random(
                labels: set.table.examples.labels, count: command.folds, using: &random)
        }
        if let entities = set.entities?.groups {
            let found = Set(entities).count
            guard found >= command.folds else {
                throw Failure(
                    .data, "--entity: found \(found) of them; expected as many as folds at least")
            }
            return Split.grouped(entities, count: command.folds, using: &random)
        }
        let gap = gapMillis(project, command)
        let splits = Split.blocked(times: set.table.times, count: command.folds, gapMillis: gap)
        guard !splits.isEmpty else {
            throw Failure(
                .data,
                "found no block of time with examples before it; expected a history longer"
                    + " than \(EventDuration.text(gap)), or a smaller --gap")
        }
        return splits
    }

    /// Whether folds are blocks of time, each judged by what came before.
    var isBlocked: Bool { !command.randomFolds && command.entity == nil }
    var gapMillis: Int64 { Self.gapMillis(project, command) }

    /// Time left out before a block.
    private static func gapMillis(_ project: ProjectFile, _ command: TrainCommand) -> Int64 {
        command.gap?.millis ?? project.labels?.maturityMillis ?? 0
    }

    /// Names the examples and all that the fits depend on.
    var inputs: String {
        var writer = ByteWriter()
        writer.append(given.digest)
        writer.append("\n\(settings)")
        for (column, rule) in rules.enumerated() where rule != WeightRule() {
            writer.append("\n\(column) \(rule)")
        }
        for split in splits {
            writer.append(count: split.training.count)
            for row in split.test { writer.append(count: row) }
        }
        return ContentDigest(of: writer.bytes).hex
    }
}
