import Simulation

/// How much a run measures.
enum Scale: String {
    case full
    /// Enough to see that every benchmark works; its figures mean little.
    case quick

    private static let seed: UInt64 = 7

    func simulator() throws -> PaymentSimulator {
        var settings = SimulationSettings()
        settings.startsWarm = true
        switch self {
        case .full: settings.days = 60
        case .quick:
            settings.days = 12
            settings.customers = 300
            settings.terminals = 600
        }
        return try PaymentSimulator(settings, seed: Self.seed)
    }

    /// Part of the payments that fill the windows before anything is measured: the longest window
    /// and its delay, 37 days.
    var warmShare: Double { 0.65 }

    /// Repetitions of a small loop.
    var repetitions: Int {
        switch self {
        case .full: 200
        case .quick: 3
        }
    }

    /// Rounds of the worker against the reference loop.
    var rounds: Int {
        switch self {
        case .full: 7
        case .quick: 1
        }
    }

    /// Events of a worker's round: what the embedded broker keeps of six partitions.
    var workerEvents: Int {
        switch self {
        case .full: 84_000
        case .quick: 6_000
        }
    }

    /// Events of a worker's round on a broker that keeps them all.
    var guaranteeEvents: Int {
        switch self {
        case .full: 500_000
        case .quick: 6_000
        }
    }

    /// Customers that a snapshot holds.
    var snapshotEntities: Int {
        switch self {
        case .full: 1_000_000
        case .quick: 20_000
        }
    }

    var latencySeconds: Double {
        switch self {
        case .full: 5
        case .quick: 0.5
        }
    }
}
