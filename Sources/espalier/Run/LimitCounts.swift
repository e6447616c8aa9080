internal import Features
internal import JSON
internal import Pipeline
internal import Training

/// What pipelines did at their limits, where nothing failed but something is left out: of state, of
/// what is learned, of what is watched.
struct LimitCounts: Equatable {
    /// One limit, or one kind of record that there is no place for.
    enum Kind: String, CaseIterable {
        case entitiesEvicted, entitiesExpired, eventsDropped, lateEvents
        case unlabelledEvicted, repeatedEvents, vectorsOversized
        case examplesRefused, examplesLeftOut
        case alertsUnwatched, windowsSkipped

        /// As people read it, after the count.
        var words: String {
            switch self {
            case .entitiesEvicted: "entities evicted"
            case .entitiesExpired: "idle entities forgotten"
            case .eventsDropped: "events dropped from windows"
            case .lateEvents: "events late but in time"
            case .unlabelledEvicted: "events let go unlabelled"
            case .repeatedEvents: "events of a repeated id"
            case .vectorsOversized: "events too large to wait for labels"
            case .examplesRefused: "labels refused by the loss"
            case .examplesLeftOut: "examples left out"
            case .alertsUnwatched: "troubles not watched"
            case .windowsSkipped: "windows not compared"
            }
        }
    }

    private var counts: [Kind: UInt64] = [:]

    init() {}

    init(_ status: PipelineStatus) {
        let found: [(Kind, UInt64)] = [
            (.entitiesEvicted, status.features.entitiesEvicted),
            (.entitiesExpired, status.features.entitiesExpired),
            (.eventsDropped, status.features.eventsDropped),
            (.lateEvents, status.features.lateEvents),
            (.unlabelledEvicted, UInt64(clamping: status.labels.evicted)),
            (.repeatedEvents, UInt64(clamping: status.labels.repeatedEvents)),
            (.vectorsOversized, UInt64(clamping: status.labels.oversized)),
            (.examplesRefused, UInt64(clamping: status.refused)),
            (.examplesLeftOut, UInt64(clamping: status.examplesLeftOut)),
            (.alertsUnwatched, status.alertsUnwatched),
            (.windowsSkipped, status.windowsSkipped),
        ]
        for (kind, count) in found where count > 0 { counts[kind] = count }
    }

    subscript(kind: Kind) -> UInt64 { counts[kind] ?? 0 }

    mutating func add(_ other: LimitCounts) {
        counts.merge(other.counts, uniquingKeysWith: +)
    }

    /// Those that are not 0, each in a few words.
    var parts: [String] {
        Kind.allCases.filter { self[$0] > 0 }.map { "\(Numerals.grouped(self[$0])) \($0.words)" }
    }

    /// All of them, for programs.
    var document: JSONValue {
        var document = JSONObject()
        for kind in Kind.allCases {
            document.append(kind.rawValue, .integer(Int64(clamping: self[kind])))
        }
        return .object(document)
    }
}
