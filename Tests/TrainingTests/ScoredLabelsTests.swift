import TestSupport
import Testing

@testable import Training

private func draw(_ seed: UInt64, levels: Int) -> ScoredLabels {
    var random = SeededGenerator(seed)
    var scored = ScoredLabels()
    for _ in 0..<150 {
        scored.append(
            score: Double(Int.random(in: 0...levels, using: &random)) / Double(levels),
            label: Int.random(in: 0..<4, using: &random) == 0 ? 1 : 0,
            weight: Double.random(in: 0.5...3, using: &random))
    }
    return scored
}

struct ScoredLabelsTests {
    /// Every pair of a positive and a negative.
    @Test(arguments: UInt64(0)..<20, [3, 40, 1 << 40])
    func theAreaIsTheShareOfPairsInOrder(seed: UInt64, levels: Int) throws {
        let scored = draw(seed, levels: levels)
        var (won, all) = (0.0, 0.0)
        for i in 0..<scored.count where scored.labels[i] == 1 {
            for j in 0..<scored.count where scored.labels[j] == 0 {
                let weight = scored.weights[i] * scored.weights[j]
                all += weight
                if scored.scores[i] > scored.scores[j] { won += weight }
                if scored.scores[i] == scored.scores[j] { won += weight / 2 }
            }
        }
        #expect(abs(try #require(scored.rocArea) - won / all) < 1e-12)
    }

    /// Precision and recall counted anew at every threshold.
    @Test(arguments: UInt64(0)..<20, [3, 40, 1 << 40])
    func averagePrecisionSumsOverThresholds(seed: UInt64, levels: Int) throws {
        let scored = draw(seed, levels: levels)
        func weight(_ keep: (Int) -> Bool) -> Double {
            (0..<scored.count).filter(keep).reduce(0) { $0 + scored.weights[$1] }
        }
        let positives = weight { scored.labels[$0] == 1 }
        var (area, recall) = (0.0, 0.0)
        for threshold in Set(scored.scores).sorted(by: >) {
            let named = weight { scored.scores[$0] >= threshold }
            let hits = weight { scored.scores[$0] >= threshold && scored.labels[$0] == 1 }
            area += (hits / positives - recall) * (hits / named)
            recall = hits / positives
        }
        #expect(abs(try #require(scored.averagePrecision) - area) < 1e-12)
    }

    /// Golden numbers of scikit-learn 1.9.1:
    ///
    ///     y = [0, 0, 1, 1, 0, 1, 0, 1, 0, 0]; s = [.1, .4, .35, .8, .4, .4, .05, .9, .2, .7]
    ///     roc_auc_score(y, s), average_precision_score(y, s)
    ///     log_loss(y, s), brier_score_loss(y, s)
    @Test func agreesWithScikitLearn() throws {
        let scored = ScoredLabels(
            scores: [0.1, 0.4, 0.35, 0.8, 0.4, 0.4, 0.05, 0.9, 0.2, 0.7],
            labels: [0, 0, 1, 1, 0, 1, 0, 1, 0, 0])
        #expect(abs(try #require(scored.rocArea) - 0.7916666666666667) < 1e-12)
        #expect(abs(try #require(scored.averagePrecision) - 0.7678571428571428) < 1e-12)
        #expect(abs(try #require(scored.logLoss) - 0.4900038336562373) < 1e-12)
        #expect(abs(try #require(scored.brier) - 0.1695) < 1e-12)
    }

    @Test func withoutOneOfTheClassesThereIsNoRanking() {
        #expect(ScoredLabels().rocArea == nil && ScoredLabels().logLoss == nil)
        #expect(ScoredLabels(scores: [0.5], labels: [0]).averagePrecision == nil)
        #expect(ScoredLabels(scores: [0.5, 0.1], labels: [1, 1]).rocArea == nil)
        #expect(ScoredLabels(scores: [1], labels: [0]).logLoss?.isFinite == true)
    }

    @Test func calibrationCountsEveryPredictionOnce() {
        let scored = ScoredLabels(
            scores: (0..<25).map { Double($0) / 25 }.reversed(),
            labels: (0..<25).map { $0 < 5 ? 1 : 0 })
        let bins = scored.calibration()
        #expect(bins.map(\.count).reduce(0, +) == 25)
        #expect(bins.count == 10)
        #expect(bins.map(\.meanScore) == bins.map(\.meanScore).sorted())
        #expect(bins.last?.meanLabel == 1 && bins.first?.meanLabel == 0)
        #expect(ScoredLabels(scores: [0.5], labels: [1]).calibration().count == 1)
    }

    @Test func precisionAmongTheTopCountsEntitiesPerDay() {
        var top = TopPrecision()
        for (day, entity, score, label) in [
            (1, 1, 0.9, 0.0), (1, 1, 0.2, 1), (1, 2, 0.8, 0), (1, 3, 0.1, 1),
            (2, 1, 0.9, 1), (2, 2, 0.5, 1), (2, 3, 0.4, 0),
        ] {
            top.append(day: Int64(day), entity: UInt64(entity), score: score, label: label)
        }
        #expect(top.precision(atTop: 2) == (0.5 + 0.5) / 2)
        #expect(top.precision(atTop: 2, found: .stay) == (0.5 + 1) / 2)
        #expect(top.precision(atTop: 10) == (0.2 + 0.1) / 2)
        #expect(TopPrecision().precision(atTop: 1) == nil)
    }

    @Test func progressiveValidationKeepsTheNewest() {
        var validation = ProgressiveValidation(windowExamples: 10)
        for k in 0..<37 {
            validation.append(
                score: Double(k), label: Double(k % 2), loss: 0.5)
        }
        validation.append(score: .nan, label: 1, loss: 0)
        #expect(validation.count == 37 && validation.positiveCount == 18)
        #expect(validation.meanLoss == 0.5)
        #expect(validation.window().scores.sorted() == (27..<37).map { Double($0) })
    }
}
