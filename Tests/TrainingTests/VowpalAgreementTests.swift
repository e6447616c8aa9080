import Model
import Sparse
import TestSupport
import Testing

@testable import Training

/// Against Vowpal Wabbit's own test data and what it printed for them (`--ftrl`).
@Suite(.enabled(if: SharedData.has("vw"), "needs ../shared/data/vw"))
struct VowpalAgreementTests {
    /// Progressive mean loss and predictions of one run over examples, squared loss as Vowpal
    /// Wabbit has it: prediction cut to the labels' range, loss (p - y)², gradient 2 (p - y).
    private func learnSquared(
        _ ftrl: inout FTRLProximal, _ examples: [VowpalText.Example]
    ) -> Double {
        var loss = 0.0
        for example in examples {
            let prediction = min(1, max(0, ftrl.margin(of: example.vector)))
            loss += (prediction - example.label) * (prediction - example.label)
            ftrl.learn(example.vector, gradient: 2 * (prediction - example.label))
        }
        return loss / Double(examples.count)
    }

    /// `--ftrl_alpha 0.01 --ftrl_beta 0 --l1 2`, one pass and ten passes.
    @Test(arguments: [
        (passes: 1, loss: 0.379717, expected: "0001_ftrl"),
        (passes: 10, loss: 0.255959, expected: "0001_ftrl_holdout_off"),
    ])
    func squaredLoss(passes: Int, loss: Double, expected: String) throws {
        let text = VowpalText(try SharedData.lines("vw/train-sets/0001.dat"))
        let examples = text.withConstant()
        var ftrl = FTRLProximal(
            width: text.constantIndex + 1,
            parameters: .init(alpha: 0.01, beta: 0, l1: 2, l2: 0), intercept: .none)
        var total = 0.0
        for _ in 0..<passes { total += learnSquared(&ftrl, examples) }
        #expect(abs(total / Double(passes) - loss) < 6e-7, "\(total / Double(passes))")

        let predictions = try numbers("vw/expected/\(expected).predict")
        #expect(predictions.count == examples.count)
        for (example, prediction) in zip(examples, predictions) {
            let ours = min(1, max(0, ftrl.margin(of: example.vector)))
            #expect(abs(ours - prediction) < 1e-5)
        }
        if passes == 10 {
            try expectSameWeights(ftrl, text, try SharedData.lines("vw/expected/ftrl.audit_regr"))
        }
    }

    /// Lines are `name:bucket:weight`; every non-zero weight has one.
    private func expectSameWeights(
        _ ftrl: FTRLProximal, _ text: VowpalText, _ lines: [Substring]
    ) throws {
        let names = text.names + ["Constant"]
        let expected = Dictionary(
            uniqueKeysWithValues: lines.map {
                let parts = $0.split(separator: ":")
                return (String(parts[0]), Double(parts[2]) ?? .nan)
            })
        let ours = names.indices.filter { ftrl.weight(at: $0) != 0 }
        #expect(expected.count == 1_121)
        #expect(Set(ours.map { names[$0] }) == Set(expected.keys))
        for index in ours {
            #expect(abs(ftrl.weight(at: index) - (expected[names[index]] ?? .nan)) < 1e-5)
        }
    }

    /// `--loss_function logistic --ftrl_alpha 0.5 --ftrl_beta 1 --l1 0.3`, one pass over 1,000
    /// documents.
    @Test func logisticLoss() throws {
        let base = "vw/expected/rcv1_small_ftrl_a0.5_b1_l1_0.3_l2_0"
        var text = VowpalText(try SharedData.lines("vw/train-sets/rcv1_small.dat.gz"))
        let trained = text.examples.count
        text.append(try SharedData.lines("vw/rcv1_small_test.data.gz"))
        let examples = text.withConstant()
        var ftrl = FTRLProximal(
            width: text.constantIndex + 1,
            parameters: .init(alpha: 0.5, beta: 1, l1: 0.3, l2: 0), intercept: .none)

        var loss = 0.0
        let progressive = try numbers("\(base).progressive.txt")
        for (example, expected) in zip(examples[..<trained], progressive) {
            let label = example.label > 0 ? 1.0 : 0
            let margin = ftrl.margin(of: example.vector)
            #expect(abs(margin - expected) < 1e-5)
            loss += Loss.logistic.value(atMargin: margin, label: label)
            let gradient = Loss.logistic.gradient(atMargin: margin, label: label)
            ftrl.learn(example.vector, gradient: gradient)
        }
        #expect(abs(loss / Double(trained) - 0.632662) < 1e-6)
        #expect(ftrl.nonZeroCount == 1_141)

        var tested = ScoredLabels()
        for (example, expected) in zip(examples[trained...], try numbers("\(base).test.txt")) {
            let margin = ftrl.margin(of: example.vector)
            #expect(abs(margin - expected) < 1e-5)
            tested.append(score: margin, label: example.label > 0 ? 1 : 0)
        }
        #expect(abs((tested.rocArea ?? 0) - 0.93156) < 5e-6)
        expectSameState(ftrl, text, try SharedData.lines("\(base).weights.txt"))
    }

    /// Lines are `name:bucket:w z n` after the header; Vowpal Wabbit's z has the paper's sign.
    private func expectSameState(_ ftrl: FTRLProximal, _ text: VowpalText, _ lines: [Substring]) {
        var indices = Dictionary(uniqueKeysWithValues: zip(text.names, text.names.indices))
        indices["Constant"] = text.constantIndex
        var compared = 0
        for line in lines {
            let parts = line.split(separator: ":")
            guard parts.count == 3, let index = indices[String(parts[0])] else { continue }
            let state = parts[2].split(separator: " ").map { Double($0) ?? .nan }
            let coordinate = ftrl.coordinates[index]
            compared += 1
            for (ours, theirs) in zip([ftrl.weight(at: index), coordinate.z, coordinate.n], state) {
                #expect(abs(ours - theirs) < 1e-5 * max(1, abs(theirs)), "\(line)")
            }
        }
        #expect(compared == lines.count { $0.contains("^") } + 1)
    }

    private func numbers(_ path: String) throws -> [Double] {
        try SharedData.lines(path).map { Double($0) ?? .nan }
    }
}
