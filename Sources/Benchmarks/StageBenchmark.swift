/// Where a step's time goes.
enum StageBenchmark {
    static func measure(_ log: borrowing PaymentLog, _ scale: Scale) throws -> [Measurement] {
        let whole = try StepRun(HandbookProject.settings(), log, scale)
        var run = try StagedRun(HandbookProject.settings())
        let warm = log.warmBlocks(scale)
        for (number, block) in log.blocks.enumerated() {
            if number == warm { run.forgetTimes() }
            try run.step(log, block)
        }
        guard run.digest == whole.digest else {
            throw Disagreement(staged: run.digest, whole: whole.digest)
        }
        return rows("event", Stage.ofEvents, whole.events.median, run)
            + rows("label", Stage.ofLabels, whole.labels.median, run)
    }

    private static func rows(
        _ kind: String, _ stages: [Stage], _ whole: Double, _ run: borrowing StagedRun
    ) -> [Measurement] {
        var rows: [Measurement] = []
        var sum = 0.0
        for stage in stages {
            let cost = run.cost(of: stage)
            sum += cost
            rows.append(
                Measurement(stage.rawValue, cost, "ns", note: share(cost, whole)))
        }
        rows.append(
            Measurement("\(kind): the rest", whole - sum, "ns", note: share(whole - sum, whole)))
        rows.append(Measurement("\(kind): whole step", whole, "ns"))
        return rows
    }

    private static func share(_ part: Double, _ whole: Double) -> String {
        "\(Int((100 * part / whole).rounded())) %"
    }

    /// The stages taken one by one gave other predictions than the step.
    struct Disagreement: Error {
        let staged: UInt64
        let whole: UInt64
    }
}
