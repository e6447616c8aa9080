import TestSupport
import Testing

@testable import Drift

private let minute: Int64 = 60_000

private func plan(_ change: (inout AlertRule) -> Void = { _ in }) -> AlertPlan {
    var rule = AlertRule(
        name: "amount", signal: .measure(.populationStability), .above, 0.25, severity: .page)
    change(&rule)
    return AlertPlan(rules: [rule], routes: [AlertRoute(receiver: "team")])
}

private func psi(_ value: Double, _ subject: String = "amount") -> Reading {
    Reading(.measure(.populationStability), subject: subject, value)
}

extension [AlertAction] {
    fileprivate var published: [Alert] {
        compactMap { if case .publish(let alert) = $0 { alert } else { nil } }
    }

    fileprivate var notified: [AlertNotification] {
        compactMap { if case .notify(let notification) = $0 { notification } else { nil } }
    }
}

/// When alerts of a series begin and end, by the words of the rule, reading the series anew each
/// time.
private func expected(_ series: [Double], _ rule: AlertRule) -> [(time: Int, begins: Bool)] {
    var changes: [(time: Int, begins: Bool)] = []
    var fires = false
    var free = 0
    for now in series.indices {
        let holds = { (value: Double) in fires ? rule.isClear(value) : rule.isTrouble(value) }
        var since = now
        while since > free, holds(series[since - 1]) { since -= 1 }
        let wait = fires ? rule.clearForMillis : rule.forMillis
        guard holds(series[now]), Int64(now - since) * minute >= wait else { continue }
        fires.toggle()
        free = now + 1
        changes.append((now, fires))
    }
    return changes
}

struct AlertEngineTests {
    @Test(arguments: UInt64(0)..<100) func aRuleFiresAsItsWordsSay(seed: UInt64) {
        var samples = Samples(seed)
        var level = 0.0
        let series = (0..<300).map { _ in
            level = 0.8 * level + 0.25 * samples.normal()
            return level
        }
        let plan = plan {
            $0.threshold = 0.3
            $0.clear = 0.1
            $0.forMillis = Int64(seed % 4) * minute
            $0.clearForMillis = Int64(seed / 4 % 4) * minute
        }
        var engine = AlertEngine(plan, model: "m")
        var found: [(time: Int, begins: Bool)] = []
        for (time, value) in series.enumerated() {
            for alert in engine.observe([psi(value)], at: Int64(time) * minute).published {
                found.append((time, alert.state == .firing))
            }
        }
        let truth = expected(series, plan.rules[0])
        #expect(found.elementsEqual(truth) { $0 == $1 }, "seed \(seed)")
        #expect(engine.alerts.isEmpty == (truth.last?.begins != true))
    }

    @Test func theSameTroubleIsToldOnceAndAgainOnlyLater() {
        var engine = AlertEngine(plan(), model: "m")
        var sent: [Int64] = []
        for time in 0..<Int64(600) {
            let now = time * minute
            let actions = engine.observe([psi(0.5)], at: now) + engine.advance(to: now)
            #expect(actions.published.count == (time == 0 ? 1 : 0))
            sent += actions.notified.map { _ in time }
        }
        #expect(sent == [1, 241, 481])
        let end = engine.observe([psi(0)], at: 601 * minute) + engine.advance(to: 601 * minute)
        #expect(end.published.map(\.state) == [.resolved])
        #expect(end.notified.map(\.state) == [.resolved])
    }

    @Test func alertsOfOneModelComeTogether() {
        var engine = AlertEngine(plan(), model: "m")
        let readings = (0..<300).map { psi(1, "f\($0)") }
        #expect(engine.observe(readings, at: 0).published.count == 300)
        #expect(engine.advance(to: minute / 3).notified.isEmpty)
        let first = engine.advance(to: minute).notified
        #expect(first.map(\.alerts.count) == [200, 100])
        #expect(engine.advance(to: minute + 1).notified.isEmpty)
        _ = engine.observe([psi(1, "late")], at: 2 * minute)
        #expect(engine.advance(to: 5 * minute).notified.isEmpty, "an interval apart")
        #expect(engine.advance(to: 6 * minute + 1).notified.map(\.alerts.count) == [1])
    }

    /// A receiver takes what is not told again in time for over.
    @Test func everyAlertOfALargeGroupIsToldAgainWhileItIsValid() {
        var engine = AlertEngine(plan(), model: "m")
        let subjects = (0..<450).map { "f\($0)" }
        var validUntil: [String: Int64] = [:]
        for time in stride(from: Int64(0), to: 24 * 60, by: 1) {
            let now = time * minute
            _ = engine.observe(subjects.map { psi(1, $0) }, at: now)
            for notification in engine.advance(to: now).notified {
                #expect(notification.alerts.count <= 200)
                for alert in notification.alerts {
                    validUntil[alert.identity.subject] = notification.validUntilMillis
                }
            }
            guard time > 0 else { continue }
            #expect(validUntil.count == 450 && validUntil.values.allSatisfy { $0 > now })
        }
        _ = engine.observe(subjects.map { psi(0, $0) }, at: 24 * 60 * minute)
        let over = engine.advance(to: 25 * 60 * minute).notified
        #expect(over.map(\.state) == [.resolved, .resolved, .resolved])
        #expect(Set(over.flatMap(\.alerts).map(\.identity.subject)) == Set(subjects))
    }

    /// Others of the group that come and go more often than a repeat is due put none off.
    @Test func whatFiresStaysValidWhileOthersChange() {
        var engine = AlertEngine(plan(), model: "m")
        var validUntil = Int64.max
        var repeats = 0
        for time in stride(from: Int64(0), to: 48 * 60, by: 1) {
            let now = time * minute
            let other = psi(time / 60 % 2 == 0 ? 1 : 0, "other")
            _ = engine.observe([psi(1, "old"), other], at: now)
            for notification in engine.advance(to: now).notified
            where notification.alerts.contains(where: { $0.identity.subject == "old" }) {
                validUntil = notification.validUntilMillis
                repeats += 1
            }
            #expect(validUntil > now, "minute \(time)")
        }
        #expect((11...13).contains(repeats), "\(repeats)")
    }

    @Test func silencesAndMaintenanceKeepQuietAndEnd() {
        var plan = plan()
        plan.silences = [
            Silence(AlertMatch(subject: "amount"), untilMillis: 30 * minute, reason: "known")
        ]
        plan.maintenance = [MaintenanceWindow(30 * minute..<60 * minute, reason: "upgrade")]
        var engine = AlertEngine(plan, model: "m")
        var sent: [Int64] = []
        for time in 0..<Int64(100) {
            let now = time * minute
            let actions = engine.observe([psi(0.5)], at: now) + engine.advance(to: now)
            if let alert = actions.published.first { #expect(alert.quietedBy == "known") }
            sent += actions.notified.map { _ in time }
        }
        #expect(sent == [60])
    }

    @Test func whatComesAndGoesUnsentIsNobodysTrouble() {
        var engine = AlertEngine(plan(), model: "m")
        _ = engine.observe([psi(1)], at: 0)
        _ = engine.observe([psi(0)], at: 1_000)
        #expect(engine.advance(to: minute).isEmpty)
    }

    @Test func anotherModelEndsTheLastOnesAlerts() {
        var engine = AlertEngine(plan(), model: "m1")
        _ = engine.observe([psi(1)], at: 0)
        _ = engine.advance(to: minute)
        let over = engine.setModel("m2", at: 2 * minute).published
        #expect(over.map(\.state) == [.resolved] && over[0].identity.model == "m1")
        #expect(engine.setModel("m2", at: 3 * minute).isEmpty)
        let again = engine.observe([psi(1)], at: 4 * minute).published
        #expect(again.map(\.identity.model) == ["m2"])
        #expect(engine.advance(to: 9 * minute).notified.map(\.model) == ["m1", "m2"])
    }

    @Test func anAlertWithoutReadingsEnds() {
        var engine = AlertEngine(plan(), model: "m")
        _ = engine.observe([psi(1)], at: 0)
        #expect(engine.advance(to: 24 * 60 * minute).published.isEmpty)
        #expect(engine.advance(to: 24 * 60 * minute + 1).published.map(\.state) == [.resolved])
        #expect(engine.alerts.isEmpty)
    }

    @Test func smoothingForgivesASpike() {
        var engine = AlertEngine(plan { $0.smoothing = 5 }, model: "m")
        let spike = [0.1, 0.1, 0.5, 0.1, 0.1].enumerated().flatMap { time, value in
            engine.observe([psi(value)], at: Int64(time) * minute)
        }
        #expect(spike.isEmpty)
        let lasting = (5..<15).flatMap { engine.observe([psi(0.5)], at: Int64($0) * minute) }
        #expect(lasting.count == 1)
    }

    @Test func maskedDriftIsATicketAndRisesWithItsWeight() {
        var engine = AlertEngine(plan(), model: "m")
        var reading = psi(1)
        reading.severityMax = .ticket
        #expect(engine.observe([reading], at: 0).published.map(\.severity) == [.ticket])
        #expect(engine.observe([psi(1)], at: minute).published.map(\.severity) == [.page])
        #expect(engine.observe([reading], at: 2 * minute).published.isEmpty)
    }

    /// Risen to a page, it is another receiver's; the ticket's hears that it is over, once.
    @Test func aRisenAlertLeavesItsFirstReceiver() {
        var plan = plan()
        plan.routes = [
            AlertRoute(receiver: "pager", match: AlertMatch(severity: .page)),
            AlertRoute(receiver: "queue"),
        ]
        plan.pace.groupWaitMillis = 0
        var engine = AlertEngine(plan, model: "m")
        var reading = psi(1)
        reading.severityMax = .ticket
        func told(_ actions: [AlertAction]) -> [String] {
            actions.compactMap { action -> String? in
                guard case .notify(let told) = action else { return nil }
                return "\(told.receiver) \(told.state.rawValue)"
            }
        }
        _ = engine.observe([reading], at: 0)
        #expect(told(engine.advance(to: 1)) == ["queue firing"])
        _ = engine.observe([psi(1)], at: 10 * minute)
        #expect(
            told(engine.advance(to: 10 * minute)) == ["pager firing", "queue resolved"])
        _ = engine.observe([psi(0)], at: 20 * minute)
        #expect(told(engine.advance(to: 20 * minute)) == ["pager resolved"])
        #expect(told(engine.advance(to: 30 * 60 * minute)).isEmpty)
    }

    /// Nobody need hear of what rose before they were told.
    @Test func whatRoseUnseenIsThePagersAlone() {
        var plan = plan()
        plan.routes = [
            AlertRoute(receiver: "pager", match: AlertMatch(severity: .page)),
            AlertRoute(receiver: "queue"),
        ]
        var engine = AlertEngine(plan, model: "m")
        var reading = psi(1)
        reading.severityMax = .ticket
        _ = engine.observe([reading], at: 0)
        _ = engine.observe([psi(1)], at: 1)
        let told = engine.advance(to: 10 * minute).compactMap { action -> String? in
            if case .notify(let told) = action { told.receiver } else { nil }
        }
        #expect(told == ["pager"])
    }

    @Test func whatIsKeptIsBounded() {
        var plan = plan()
        plan.limits.trackedMax = 10
        var engine = AlertEngine(plan, model: "m")
        _ = engine.observe((0..<50).map { psi(1, "f\($0)") }, at: 0)
        #expect(engine.alerts.count == 10 && engine.overflowed == 40)
        #expect(engine.observe([psi(.nan, "f0"), psi(.infinity, "f1")], at: 1).isEmpty)
    }
}

struct BurnRateTests {
    private func engine(_ burns: [BurnRate] = BurnRate.workbook) -> AlertEngine {
        AlertEngine(
            AlertPlan(
                objectives: [
                    Objective(name: "answers", kind: .rejects, target: 0.999, burns: burns)
                ]), model: "m")
    }

    /// The workbook's detection time: (1 - target) / error share × long window × factor.
    @Test(arguments: [1.0, 0.1, 0.02], [0, 1, 3])
    func detectionTakesTheTimeOfTheWorkbook(share: Double, place: Int) throws {
        let burn = BurnRate.workbook[place]
        let minutes = 0.001 / share * Double(burn.longMillis / minute) * burn.factor
        var engine = engine([burn])
        // Good days fill the long window first.
        for time in 0..<Int64(4_320) {
            _ = engine.count(events: 600, bad: 0, objective: 0, at: time * minute)
        }
        #expect(engine.alerts.isEmpty)
        let begin = (0..<4_320).first { time in
            !engine.count(
                events: 600, bad: 600 * share, objective: 0, at: (4_320 + Int64(time)) * minute
            ).isEmpty
        }
        let waited = Double(try #require(begin) + 1)
        #expect(waited >= minutes - 1e-9 && waited <= minutes + 2, "\(waited), \(minutes)")
    }

    @Test func theShortWindowEndsTheAlertSoon() throws {
        var engine = engine([BurnRate.workbook[0]])
        for time in 0..<Int64(60) {
            _ = engine.count(events: 600, bad: 600, objective: 0, at: time * minute)
        }
        #expect(engine.alerts.map(\.identity.rule) == ["answers-burns-14.4x"])
        #expect(engine.alerts.map(\.severity) == [.page])
        let over = (60..<Int64(120)).first { time in
            !engine.count(events: 600, bad: 0, objective: 0, at: time * minute).isEmpty
        }
        #expect(try #require(over) <= 65)
    }

    /// A few minutes are not a quarter of an hour, and silence burns nothing.
    @Test func aPartOfTheLongWindowSaysNothing() {
        var engine = engine(BurnRate.simple)
        for time in 0..<Int64(14) {
            let actions = engine.count(events: 20, bad: 20, objective: 0, at: time * minute)
            #expect(actions.isEmpty, "minute \(time)")
        }
        // 20 events a minute are enough over the whole window.
        _ = engine.count(events: 20, bad: 20, objective: 0, at: 14 * minute)
        #expect(engine.alerts.map(\.identity.rule) == ["answers-burns-4x"])
        for time in 15..<Int64(30) {
            _ = engine.count(events: 0, bad: 0, objective: 0, at: time * minute)
        }
        #expect(engine.alerts.isEmpty)
    }

    /// Windows come seldom: an alert on them waits for the next two, and what is not known ends
    /// none.
    @Test func anAlertOutlastsItsWindow() {
        var plan = plan()
        let day = 24 * 60 * minute
        plan.pace.windowStaleMillis = 16 * day
        var engine = AlertEngine(plan, model: "m")
        _ = engine.observe([psi(1)], at: 0)
        #expect(engine.advance(to: 15 * day).published.isEmpty)
        _ = engine.observe([psi(.nan)], at: 15 * day)
        #expect(engine.advance(to: 30 * day).published.isEmpty)
        #expect(engine.alerts.first?.value == 1)
        #expect(engine.advance(to: 32 * day).published.map(\.state) == [.resolved])
    }

    @Test(arguments: UInt64(0)..<6) func spansAgreeWithAPlainList(seed: UInt64) {
        var samples = Samples(seed)
        var budget = ErrorBudget()
        var list: [(minute: Int64, events: Double, bad: Double)] = []
        var now: Int64 = 1_000
        for _ in 0..<200 {
            now += Int64(samples.uniform() * samples.uniform() * 60)
            let events = (samples.uniform() * 100).rounded()
            let bad = (events * samples.uniform()).rounded()
            budget.add(events: events, bad: bad, at: now * minute)
            list.append((now, events, bad))
            let first = list[0].minute
            for span in [Int64(5), 60, 360, 4_320] {
                let inside = list.filter { $0.minute > now - span }
                let total = inside.reduce(0) { $0 + $1.events }
                let share = total > 0 ? inside.reduce(0) { $0 + $1.bad } / total : nil
                let sums = budget.sums(overMillis: span * minute)
                #expect((sums == nil) == (now - span + 1 < first), "seed \(seed), \(span)")
                guard let sums else { continue }
                let found = sums.events > 0 ? sums.bad / sums.events : nil
                #expect(abs((found ?? -1) - (share ?? -1)) < 1e-9, "seed \(seed), \(span)")
            }
        }
    }
}
