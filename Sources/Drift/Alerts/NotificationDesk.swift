/// Holds what receivers are to be told, in groups, until it is time to.
struct NotificationDesk: Sendable {
    struct GroupKey: Hashable, Comparable {
        var receiver: String
        var model: String

        static func < (a: GroupKey, b: GroupKey) -> Bool {
            (a.receiver, a.model) < (b.receiver, b.model)
        }
    }

    struct Group: Equatable {
        var alerts: [Alert.Identity: Alert] = [:]
        /// Those that changed since they were sent.
        var changed: Set<Alert.Identity> = []
        /// Those that the receiver knows to be firing.
        var known: Set<Alert.Identity> = []
        var dueMillis: Int64
        var sentMillis: Int64?
        /// When the receiver was last told of all that fires, or first of anything.
        var toldAllMillis: Int64?
    }

    let plan: AlertPlan
    var groups: [GroupKey: Group] = [:]

    init(_ plan: AlertPlan) { self.plan = plan }

    /// The reason why nobody is told of an alert now; nil if they are.
    func quiet(_ alert: Alert, at now: Int64) -> String? {
        let window = plan.maintenance.first { $0.span.contains(now) }
        let silence = plan.silences.first { now < $0.untilMillis && $0.match.covers(alert) }
        return window?.reason ?? silence?.reason
    }

    private func key(of alert: Alert) -> GroupKey? {
        plan.routes.first { $0.match.covers(alert) }.map {
            GroupKey(receiver: $0.receiver, model: alert.identity.model)
        }
    }

    /// An alert that began, rose or ended.
    mutating func put(_ alert: Alert, at now: Int64) {
        let key = key(of: alert)
        for other in groups.keys where other != key { giveUp(alert, at: now, in: other) }
        guard let key else { return }
        put(alert, at: now, in: key)
    }

    private mutating func put(_ alert: Alert, at now: Int64, in key: GroupKey) {
        let pace = plan.pace
        var group = groups[key] ?? Group(dueMillis: now + pace.groupWaitMillis)
        if group.changed.isEmpty, let sent = group.sentMillis {
            group.dueMillis = max(now, sent + pace.groupIntervalMillis)
        }
        group.alerts[alert.identity] = alert
        group.changed.insert(alert.identity)
        groups[key] = group
    }

    /// A risen severity may lead to another receiver: for the last one it is over, if it knows.
    private mutating func giveUp(_ alert: Alert, at now: Int64, in key: GroupKey) {
        guard var left = groups[key]?.alerts[alert.identity] else { return }
        guard groups[key]?.known.contains(alert.identity) == true else {
            groups[key]?.alerts[alert.identity] = nil
            groups[key]?.changed.remove(alert.identity)
            return
        }
        guard left.state == .firing else { return }
        left.state = .resolved
        left.endMillis = now
        put(left, at: now, in: key)
    }

    /// New numbers of an alert that is known already.
    mutating func refresh(_ alert: Alert) {
        guard let key = key(of: alert), groups[key]?.alerts[alert.identity] != nil else { return }
        groups[key]?.alerts[alert.identity] = alert
    }

    /// What is to be sent now, by receiver and model.
    mutating func due(at now: Int64) -> [AlertNotification] {
        groups.keys.sorted().flatMap { key -> [AlertNotification] in
            guard var group = groups[key] else { return [] }
            let notifications = send(&group, key, now)
            groups[key] = group.alerts.isEmpty ? nil : group
            return notifications
        }
    }

    private func send(
        _ group: inout Group, _ key: GroupKey, _ now: Int64
    ) -> [AlertNotification] {
        // Changes in between are told alone, and make none of the others valid for longer.
        let isRepeat = group.toldAllMillis.map { now >= $0 + plan.pace.repeatMillis } ?? false
        guard now >= group.dueMillis, !group.changed.isEmpty || isRepeat else { return [] }
        let sendable = group.alerts.values.filter { quiet($0, at: now) == nil }
            .filter { isRepeat || group.changed.contains($0.identity) }
            // What began and ended unseen is nobody's trouble.
            .filter { $0.state == .firing || group.known.contains($0.identity) }
            .sorted { $0.identity < $1.identity }
        let sent = Set(sendable.map(\.identity))
        for identity in group.alerts.keys where group.alerts[identity]?.state == .resolved {
            if sent.contains(identity) || !group.known.contains(identity) {
                group.alerts[identity] = nil
                group.changed.remove(identity)
                group.known.remove(identity)
            }
        }
        for alert in sendable where alert.state == .firing {
            group.changed.remove(alert.identity)
            group.known.insert(alert.identity)
        }
        guard !sendable.isEmpty else { return [] }
        group.sentMillis = now
        if isRepeat || group.toldAllMillis == nil { group.toldAllMillis = now }
        let step = max(1, plan.limits.notificationAlertsMax)
        return stride(from: 0, to: sendable.count, by: step).map { first in
            AlertNotification(
                receiver: key.receiver, model: key.model,
                alerts: Array(sendable[first..<min(first + step, sendable.count)]),
                validUntilMillis: now + plan.pace.repeatMillis + 2 * plan.pace.groupIntervalMillis)
        }
    }
}
