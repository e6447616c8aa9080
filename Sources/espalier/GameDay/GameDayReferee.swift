internal import Simulation

/// Decides of every alert of a scene whether it tells of the fault or came for nothing.
struct GameDayReferee {
    private(set) var outcome: GameDay.Outcome
    /// Before that, windows fill and the baseline is made.
    private let judgesFrom: Int64
    private let faultBegins: Int64
    private var firing: Set<PublishedAlert.Identity> = []
    private var events = 0
    private var day: Int64 = -1

    /// - Parameters:
    ///   - judgesFrom: event time, milliseconds, before which alerts are of no interest.
    ///   - faultBegins: event time, milliseconds.
    init(_ outcome: GameDay.Outcome, judgesFrom: Int64, faultBegins: Int64) {
        self.outcome = outcome
        self.judgesFrom = judgesFrom
        self.faultBegins = faultBegins
    }

    mutating func count(_ record: SimulatedRecord) {
        if case .label = record { return }
        if record.timeMillis >= faultBegins { events += 1 }
    }

    /// Takes what was published up to a time of the events.
    mutating func note(_ published: GameDayPublished, at millis: Int64) {
        for window in published.windows where window.endMillis > judgesFrom {
            if window.endMillis <= faultBegins { outcome.featureWindows += window.judged }
        }
        for alert in published.alerts {
            guard alert.isFiring else {
                firing.remove(alert.identity)
                continue
            }
            if firing.insert(alert.identity).inserted { judge(alert, at: millis) }
        }
    }

    private mutating func judge(_ alert: PublishedAlert, at millis: Int64) {
        // A window that closes at the beginning is all clean.
        guard (alert.windowEnd ?? millis) > faultBegins else {
            if millis >= judgesFrom { outcome.falseAlarms.append(alert) }
            return
        }
        guard outcome.scene.signals.contains(alert.signal) else { return }
        let today = millis / GameDay.dayMillis
        guard outcome.alert.map({ day == today && isBetter(alert, than: $0) }) ?? true else {
            return
        }
        outcome.alert = alert
        outcome.events = events
        outcome.windows = Int((millis - faultBegins + GameDay.dayMillis - 1) / GameDay.dayMillis)
        day = today
    }

    /// Of alerts of one day that which names the feature.
    private func isBetter(_ alert: PublishedAlert, than other: PublishedAlert) -> Bool {
        other.feature != outcome.scene.feature && alert.feature == outcome.scene.feature
    }
}
