import TestSupport
import Testing

@testable import Features

private let day = EveryAggregate.day

/// Many keys and few, late events, labels before and after the end of their windows.
private let trials = [
    Trial(),
    Trial(keys: 5, labelDelayMax: 10 * day, pace: 0.02),
    Trial(keys: 3, lateShare: 0.2),
    Trial(keys: 40, lateShare: 0.05, labelDelayMax: 20 * day, pace: 0.3),
]

/// Each with a limit that is reached.
private let limitedTrials = [
    Trial(keys: 30, pace: 0.3, entitiesMax: 12),
    Trial(keys: 3, labelDelayMax: 20 * day, pace: 0.1, windowEventsMax: 17),
    Trial(keys: 3, lateShare: 0.2, pace: 0.1, windowEventsMax: 30),
    Trial(keys: 2, pace: 0.5, windowEventsMax: 1),
    Trial(keys: 60, pace: 2, idleMillis: 60 * day),
    Trial(keys: 60, lateShare: 0.1, labelDelayMax: 20 * day, pace: 2, idleMillis: 60 * day),
]

/// Windows against plain lists, over seeded streams of events, late events and labels.
struct WindowTests {
    @Test(arguments: UInt64(0)..<1, trials)
    func everyAggregateAgreesWithPlainLists(seed: UInt64, trial: Trial) throws {
        _ = try trial.run(seed: seed)
    }

    @Test(arguments: UInt64(0)..<1, limitedTrials)
    func atALimitTheyAgreeToo(seed: UInt64, trial: Trial) throws {
        try runLimited(trial, seed: seed)
    }
}

/// The same with many more rounds, which take minutes without optimisation.
@Suite(.enabled(if: isOptimized, "optimised builds only")) struct OptimisedWindowTests {
    @Test(arguments: UInt64(1)..<17, trials)
    func everyAggregateAgreesWithPlainLists(seed: UInt64, trial: Trial) throws {
        var trial = trial
        trial.events = 1_000
        _ = try trial.run(seed: seed)
    }

    @Test(arguments: UInt64(1)..<17, limitedTrials)
    func atALimitTheyAgreeToo(seed: UInt64, trial: Trial) throws {
        var trial = trial
        trial.events = 1_000
        try runLimited(trial, seed: seed)
    }
}

/// Every limit of the trial is reached, and both count the same.
private func runLimited(_ trial: Trial, seed: UInt64) throws {
    let (counts, expected) = try trial.run(seed: seed)
    #expect(counts.eventsDropped == expected.eventsDropped)
    #expect(counts.entitiesEvicted == expected.entitiesEvicted)
    #expect((counts.eventsDropped > 0) == (trial.windowEventsMax < 100))
    #expect((counts.entitiesEvicted > 0) == (trial.entitiesMax < 100))
    #expect((counts.entitiesExpired > 0) == (trial.idleMillis < 1_000 * day))
}
