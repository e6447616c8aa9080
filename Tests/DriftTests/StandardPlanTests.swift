import Testing

@testable import Drift

/// What is watched where a project does not say.
struct StandardPlanTests {
    private let minute: Int64 = 60_000

    /// Feeds one signal, minute by minute, and notes when each rule begins and ends.
    private func fired(
        _ signal: Signal, _ values: [Double], plan: AlertPlan = .standard()
    ) -> [String: [Int]] {
        var engine = AlertEngine(plan, model: "m")
        var fired: [String: [Int]] = [:]
        for (number, value) in values.enumerated() {
            let actions = engine.observe([Reading(signal, value)], at: Int64(number) * minute)
            for case .publish(let alert) in actions {
                fired[alert.identity.rule, default: []].append(number)
            }
        }
        return fired
    }

    @Test(arguments: [
        (Signal.lag, 5_000.0, [String]()), (.lag, 50_000, ["lag"]),
        (.lag, 500_000, ["falls-behind", "lag"]),
    ])
    func aLagThatLastsIsTold(signal: Signal, value: Double, rules: [String]) {
        // A restart that catches up within a quarter of an hour is nobody's trouble.
        let blip = Array(repeating: value, count: 15) + Array(repeating: 0, count: 5)
        #expect(fired(signal, blip).isEmpty)
        let lasting = Array(repeating: value, count: 40) + Array(repeating: 0, count: 5)
        let found = fired(signal, lasting)
        #expect(found.keys.sorted() == rules)
        for times in found.values { #expect(times == [15, 40]) }
    }

    @Test func predictionsThatComeLateAreTold() {
        let times = Array(repeating: 20_000.0, count: 30) + Array(repeating: 3_000, count: 10)
        let found = fired(.latency, times + Array(repeating: 20, count: 5))
        #expect(found == ["predictions-late": [10, 30], "predictions-slow": [10, 40]])
        #expect(fired(.latency, Array(repeating: 400, count: 60)).isEmpty)
    }

    @Test func silenceOfTheProducersIsTold() {
        let hour = 60 * Double(minute)
        let silence = (0..<120).map { Double($0) * Double(minute) } + [0]
        #expect(fired(.staleness, silence) == ["no-events": [66, 120]])
        #expect(fired(.staleness, Array(repeating: hour / 2, count: 60)).isEmpty)
    }

    @Test func rejectsAreToldOnceTheyAreMany() {
        #expect(fired(.rejects, [0, 0.008, 0, 0.009]).isEmpty)
        let many = Array(repeating: 0.2, count: 5)
        let found = fired(.rejects, [0] + many + Array(repeating: 0, count: 20))
        #expect(found["rejects"]?.count == 2)
    }

    /// By the policy's thresholds, of which one may be none.
    @Test func qualityIsToldByThePolicy() {
        var policy = DriftPolicy()
        policy.thresholds[.rocArea] = 0.1
        policy.thresholds[.logLoss] = nil
        let plan = AlertPlan.standard(policy: policy)
        #expect(fired(.qualityMeasure(.rocArea), [0, 0.08], plan: plan).isEmpty)
        #expect(fired(.qualityMeasure(.rocArea), [0, 0.12], plan: plan) == ["ranks-worse": [1]])
        #expect(fired(.qualityMeasure(.logLoss), [0, 9], plan: plan).isEmpty)
        #expect(fired(.qualityMeasure(.calibration), [0.6]) == ["calibration-off": [0]])
        #expect(fired(.qualityDrift, [2, 4]) == ["quality-breaks": [1]])
    }

    /// Every matter of the runbooks but what is a decision of the project's: cost, sparsity.
    @Test func everyMatterIsWatched() {
        let plan = AlertPlan.standard(maturityMillis: 1)
        let watched = Set(plan.rules.map(\.signal.runbook))
        #expect(Set(plan.rules.map(\.name)).count == plan.rules.count)
        #expect(
            watched == [
                .drift, .scoreDrift, .scalingMismatch, .quality, .latency, .lag, .rejects,
            ])
    }
}
