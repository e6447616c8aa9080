internal import Model
internal import Project
internal import Training

extension TrainRun {
    /// Judges the chosen fit and what the gate asks.
    func report() throws -> TrainReport {
        let judged = judged()
        let segments = command.segment.flatMap { self.segments(of: $0, judged) }
        let measures = measures(judged)
        let metrics = Dictionary(
            measures.map { ($0.measure.rawValue, $0.value) }, uniquingKeysWith: { a, _ in a })
        return TrainReport(
            run: self, judged: judged, segments: segments, measures: measures,
            // What a model is compared with is not part of it: trained again it is the same.
            artifact: try artifact(
                metrics: metrics.filter { TrainMeasure(rawValue: $0.key)?.isOfChampion != true }),
            verdicts: command.gate.map { rule in
                rule.verdict(
                    metrics[rule.measure], absence: absence(of: rule.measure, judged.rivals))
            })
    }

    /// Why a measure was not taken.
    private func absence(of name: String, _ rivals: Rivals) -> String {
        guard let measure = TrainMeasure(rawValue: name) else { return "nothing of that name" }
        if measure == .suspects, !review.ranks {
            return "none taken, as no feature ranks labels that are all on one side of 0.5"
        }
        if isInterrupted { return "nothing, as the run was interrupted" }
        if chosen == nil { return "nothing, as no λ was chosen" }
        guard measure.isOfChampion else { return "nothing, as no fold judges the chosen fit" }
        return rivals.absence ?? champion.refusal
            ?? "nothing, as there is no champion to compare with"
    }

    private func measures(_ judged: Judged) -> [(measure: TrainMeasure, value: Double)] {
        var measures: [(TrainMeasure, Double?)] = []
        if chosen != nil, let final {
            let loss = mean { $0.loss }
            measures += [
                (.loss, loss.mean), (.lossError, judges.isEmpty ? nil : loss.error),
                (.weights, Double(final.nonZeroCount)),
            ]
            if project.model.loss == .logistic {
                measures += [
                    (.auc, mean { $0.rocArea }.mean),
                    (.averagePrecision, mean { $0.averagePrecision }.mean),
                    (.pooledAUC, judged.scored.rocArea),
                    (.pooledAveragePrecision, judged.scored.averagePrecision),
                    (.pooledLogLoss, judged.scored.logLoss), (.brier, judged.scored.brier),
                ]
                measures += rivalry(judged.rivals)
            }
        }
        measures += [
            (.suspects, review.ranks ? Double(review.suspects.count) : nil),
            (.earlyLabels, Double(earlyLabels.count)), (.examples, Double(design.rowCount)),
        ]
        return measures.compactMap { measure, value in
            value.flatMap { $0.isFinite ? (measure, $0) : nil }
        }
    }

    /// Of what judges the chosen λ.
    private func mean(of measure: (FoldQuality) -> Double?) -> MeanAndError {
        MeanAndError(judges.compactMap { measure($0.quality) }.filter(\.isFinite))
    }

    /// The new fit and the champion on the same examples.
    private func rivalry(_ rivals: Rivals) -> [(TrainMeasure, Double?)] {
        let (ours, champion) = (rivals.ours, rivals.champion)
        guard champion.count > 0 else { return [] }
        return [
            (.championExamples, Double(champion.count)), (.championAUC, champion.rocArea),
            (.aucBesideChampion, ours.rocArea), (.aucGain, gain(ours.rocArea, champion.rocArea)),
            (.averagePrecisionGain, gain(ours.averagePrecision, champion.averagePrecision)),
            (.logLossGain, gain(champion.logLoss, ours.logLoss)),
        ]
    }

    private func gain(_ ours: Double?, _ theirs: Double?) -> Double? {
        guard let ours, let theirs else { return nil }
        return ours - theirs
    }
}
