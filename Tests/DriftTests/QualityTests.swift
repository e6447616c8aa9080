import TestSupport
import Testing

@testable import Drift

struct QualityTests {
    private func scores(_ seed: UInt64, _ count: Int) -> [Double] {
        var samples = Samples(seed)
        return (0..<count).map { _ in
            let p = samples.uniform() * samples.uniform()
            return seed % 2 == 0 ? (p * 20).rounded() / 20 : p
        }
    }

    /// Every pair of a positive and a negative, each as probable as its score says.
    @Test(arguments: UInt64(0)..<10) func theExpectedAreaCountsPairs(seed: UInt64) throws {
        let p = scores(seed, 200)
        var (won, all) = (0.0, 0.0)
        for i in p.indices {
            for j in p.indices {
                let chance = p[i] * (1 - p[j])
                all += chance
                won += p[i] > p[j] ? chance : p[i] == p[j] ? chance / 2 : 0
            }
        }
        let quality = try #require(ExpectedQuality(scores: Distribution(exactly: p)))
        #expect(abs(try #require(quality.rocArea) - won / all) < 1e-12)
        #expect(abs(quality.prevalence - p.reduce(0, +) / 200) < 1e-12)
    }

    /// Labels drawn by calibrated scores have the quality that the scores promised.
    @Test(arguments: UInt64(0)..<4) func labelsKeepThePromise(seed: UInt64) throws {
        var samples = Samples(seed + 100)
        let p = scores(seed, 20_000)
        let labels = p.map { samples.uniform() < $0 ? 1.0 : 0 }
        var reliability = Reliability()
        var rank: [(p: Double, label: Double)] = []
        for (p, label) in zip(p, labels) {
            reliability.add(score: p, label: label)
            rank.append((p, label))
        }
        rank.sort { $0.p < $1.p }
        var (pairs, below) = (0.0, 0.0)
        var place = 0
        while place < rank.count {
            var end = place
            while end < rank.count, rank[end].p == rank[place].p { end += 1 }
            let positives = rank[place..<end].reduce(0) { $0 + $1.label }
            let negatives = Double(end - place) - positives
            pairs += positives * (below + negatives / 2)
            below += negatives
            place = end
        }
        let area = pairs / (below * (20_000 - below))
        let quality = try #require(ExpectedQuality(scores: Distribution(exactly: p)))
        #expect(abs(try #require(quality.rocArea) - area) < 0.015)
        #expect(try #require(reliability.calibrationError) < 0.02)
    }

    @Test func calibrationErrorIsTheWeightedGap() throws {
        var reliability = Reliability(bins: 2)
        reliability.add(score: 0.25, label: 1)
        reliability.add(score: 0.25, label: 0)
        reliability.add(score: 1, label: 1, weight: 2)
        reliability.add(score: .nan, label: 1)
        reliability.add(score: 2, label: 1)
        #expect(reliability.count == 4)
        #expect(abs(try #require(reliability.calibrationError) - 0.125) < 1e-15)
        var twice = reliability
        twice.merge(reliability)
        #expect(twice.count == 8 && twice.calibrationError == reliability.calibrationError)
        #expect(Reliability().calibrationError == nil)
        #expect(ExpectedQuality(scores: .empty) == nil)
    }
}
