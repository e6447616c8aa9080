import Model
import Testing

@testable import Training

/// The weights of selected columns without the penalty that selected them.
@Suite struct RelaxedFitTests {
    @Test(arguments: [Loss.logistic, .squared], UInt64(0)..<4)
    func aRelaxedFitIsTheUnpenalisedMinimumOfItsSupport(loss: Loss, seed: UInt64) throws {
        let problem = RandomProblem(rows: 200, columns: 12, loss: loss, seed: seed)
        let design = try problem.design()
        var settings = PathSettings(
            loss: loss, alpha: 1, lambdas: .automatic(count: 8, ratio: 0.05))
        var path = try PathSolver(design, rules: [], settings: settings)
        var selected: PathPoint?
        while let point = try path.advance() { selected = point }
        let penalised = try #require(selected)
        let support = Set(penalised.entries.map(\.column))
        try #require((1..<12).contains(support.count), "some are left out")

        settings.lambdas = .list([penalised.lambda])
        let rules = [WeightRule]().relaxed(to: support, columnCount: 12)
        var solver = try PathSolver(design, rules: rules, settings: settings)
        let relaxed = try #require(try solver.advance())
        #expect(Set(relaxed.entries.map(\.column)) == support)
        // Where nothing is penalised the slopes of the loss are zero.
        let violation = OptimalityCheck.violation(of: relaxed, problem, rules, loss, design.scaling)
        #expect(violation < 1e-8)
        let size = { (point: PathPoint) in point.entries.reduce(0) { $0 + abs($1.standardized) } }
        #expect(size(relaxed) > size(penalised), "the shrinkage is gone")
    }

    @Test func boundsHoldInARelaxedFit() {
        let rules = [WeightRule(penaltyFactor: 2, lower: 0), WeightRule()]
        let relaxed = rules.relaxed(to: [0], columnCount: 3)
        let out = WeightRule(lower: 0, upper: 0)
        #expect(relaxed == [WeightRule(penaltyFactor: 0, lower: 0), out, out])
    }
}
