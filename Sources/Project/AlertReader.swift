internal import Bytes
internal import Drift
internal import Events

/// Reads the entries of the section `alerts`, each with its faults.
struct AlertReader {
    let features: [String]
    /// Names that alerts may have.
    var rules: [String] = []

    enum RuleKey: String, CaseIterable {
        case signal, features, above, below, clear, `for`, clearFor, smoothing, severity
    }

    func rule(_ entry: YAMLNode.Entry, _ problems: inout Problems) -> AlertRule? {
        guard let section = Section<RuleKey>(entry.value, "rule `\(entry.key)`", &problems),
            let signal = signal(section, &problems)
        else { return nil }
        let sides = [RuleKey.above, .below].filter { section[$0] != nil }
        guard sides.count == 1, let node = section[sides[0]] else {
            problems.add(
                at: entry.value.position,
                found: sides.isEmpty ? "no limit" : "two limits",
                expected: "either `above` or `below`, and a number")
            return nil
        }
        let side = sides[0] == .above ? AlertRule.Side.above : .below
        guard let limit = node.number("a number", &problems),
            let severity = section.required(
                .severity, "`page` or `ticket`", &problems)?.choice(Severity.self, &problems)
        else { return nil }
        var rule = AlertRule(
            name: entry.key, signal: signal, side, limit, severity: severity)
        rule.features = subjects(section[.features], signal, &problems)
        rule.clear = clear(section[.clear], side, limit, &problems) ?? limit
        rule.forMillis = section[.for]?.duration(atLeast: 0, &problems) ?? 0
        rule.clearForMillis = section[.clearFor]?.duration(atLeast: 0, &problems) ?? 0
        rule.smoothing =
            section[.smoothing]?.number(
                "readings that the mean looks back on, 1 to 1000",
                where: { (1...1_000).contains($0) }, &problems) ?? 1
        return rule
    }

    private func signal(_ section: Section<RuleKey>, _ problems: inout Problems) -> Signal? {
        let expected = "a signal such as `drift`, `drift.psi`, `quality.auc` or `lag`"
        guard let node = section.required(.signal, expected, &problems),
            let name = node.text(expected, &problems)
        else { return nil }
        if let signal = Signal(named: name) { return signal }
        problems.add(
            at: node.position, found: "unknown signal `\(name)`", expected: expected,
            suggestion: NearestName.of(name, among: Signal.all.map(\.name)))
        return nil
    }

    private func subjects(
        _ node: YAMLNode?, _ signal: Signal, _ problems: inout Problems
    ) -> Set<String>? {
        guard let node else { return nil }
        guard signal.isPerFeature, case .list(let elements) = node.content, !elements.isEmpty
        else {
            problems.add(
                at: node.position, found: node.description,
                expected: signal.isPerFeature
                    ? "a list of features" : "no features: `\(signal.name)` is of the whole stream")
            return nil
        }
        let names = elements.compactMap { element in
            feature(element, &problems)
        }
        return Set(names)
    }

    private func feature(_ node: YAMLNode, _ problems: inout Problems) -> String? {
        guard let name = node.text("the name of a feature", &problems) else { return nil }
        if features.contains(name) { return name }
        problems.add(
            at: node.position, found: "unknown feature `\(name)`",
            expected: "one of `features`", suggestion: NearestName.of(name, among: features))
        return nil
    }

    private func clear(
        _ node: YAMLNode?, _ side: AlertRule.Side, _ limit: Double, _ problems: inout Problems
    ) -> Double? {
        node?.number(
            side == .above ? "a number of at most \(limit)" : "a number of at least \(limit)",
            where: { side == .above ? $0 <= limit : $0 >= limit }, &problems)
    }

    // MARK: Objectives

    enum ObjectiveKey: String, CaseIterable {
        case bad, above, target, burn
    }

    enum Bad: String, CaseIterable {
        case rejects, latency
    }

    enum Burn: String, CaseIterable {
        case workbook, simple
    }

    func objective(_ entry: YAMLNode.Entry, _ problems: inout Problems) -> Objective? {
        guard
            let section = Section<ObjectiveKey>(
                entry.value, "objective `\(entry.key)`", &problems),
            let bad = section.required(.bad, "`rejects` or `latency`", &problems)?
                .choice(Bad.self, &problems),
            let target = section.required(.target, "the promised share, such as 0.999", &problems)?
                .number("a share of 0 to below 1", where: { $0 >= 0 && $0 < 1 }, &problems)
        else { return nil }
        var kind = Objective.Kind.rejects
        if bad == .latency {
            guard
                let above = section.required(.above, "a duration, such as 100ms", &problems)?
                    .duration(atLeast: 1, &problems)
            else { return nil }
            kind = .latency(aboveMillis: Double(above))
        }
        let burn = section[.burn]?.choice(Burn.self, &problems)
        return Objective(
            name: entry.key, kind: kind, target: target,
            burns: burn == .simple ? BurnRate.simple : BurnRate.workbook)
    }

    // MARK: Who is told

    enum ReceiverKey: String, CaseIterable {
        case url, format
    }

    func receiver(_ entry: YAMLNode.Entry, _ problems: inout Problems) -> AlertReceiver? {
        let expected = "an address that begins with http:// or https://"
        guard let section = Section<ReceiverKey>(entry.value, "receiver `\(entry.key)`", &problems),
            let node = section.required(.url, expected, &problems),
            let url = node.text(expected, &problems)
        else { return nil }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            problems.add(at: node.position, found: node.description, expected: expected)
            return nil
        }
        let format = section[.format]?.choice(AlertReceiver.Format.self, &problems)
        return AlertReceiver(name: entry.key, url: url, format: format ?? .alertmanager)
    }

    enum RouteKey: String, CaseIterable {
        case receiver, rule, feature, severity
    }

    func route(
        _ node: YAMLNode, receivers: [String], _ problems: inout Problems
    ) -> AlertRoute? {
        guard let section = Section<RouteKey>(node, "a route", &problems),
            let receiver = section.required(.receiver, "one of `receivers`", &problems),
            let name = receiver.text("one of `receivers`", &problems)
        else { return nil }
        guard receivers.contains(name) else {
            problems.add(
                at: receiver.position, found: "unknown receiver `\(name)`",
                expected: "one of `receivers`",
                suggestion: NearestName.of(name, among: receivers))
            return nil
        }
        return AlertRoute(
            receiver: name,
            match: match(
                rule: section[.rule], feature: section[.feature], severity: section[.severity],
                &problems))
    }

    private func match(
        rule: YAMLNode?, feature: YAMLNode?, severity: YAMLNode?, _ problems: inout Problems
    ) -> AlertMatch {
        AlertMatch(
            rule: rule.flatMap { name(ofRule: $0, &problems) },
            subject: feature.flatMap { self.feature($0, &problems) },
            severity: severity?.choice(Severity.self, &problems))
    }

    private func name(ofRule node: YAMLNode, _ problems: inout Problems) -> String? {
        guard let name = node.text("the name of a rule", &problems) else { return nil }
        if rules.contains(name) { return name }
        problems.add(
            at: node.position, found: "unknown rule `\(name)`",
            expected: "one of `rules`, a burn rate of one of `objectives` such as "
                + "`NAME-burns-6x`, or without `rules` a standard rule",
            suggestion: NearestName.of(name, among: rules))
        return nil
    }

    enum SilenceKey: String, CaseIterable {
        case rule, feature, severity, until, reason
    }

    func silence(_ node: YAMLNode, _ problems: inout Problems) -> Silence? {
        guard let section = Section<SilenceKey>(node, "a silence", &problems),
            let until = section.required(.until, "when it ends", &problems)?.time(&problems),
            let reason = section.required(.reason, "why", &problems)?.text("why", &problems)
        else { return nil }
        return Silence(
            match(
                rule: section[.rule], feature: section[.feature], severity: section[.severity],
                &problems), untilMillis: until, reason: reason)
    }

    enum MaintenanceKey: String, CaseIterable {
        case from, to, reason
    }

    func maintenance(_ node: YAMLNode, _ problems: inout Problems) -> MaintenanceWindow? {
        guard let section = Section<MaintenanceKey>(node, "a span of maintenance", &problems),
            let from = section.required(.from, "when it begins", &problems)?.time(&problems),
            let end = section.required(.to, "when it ends", &problems),
            let to = end.time(&problems),
            let reason = section.required(.reason, "why", &problems)?.text("why", &problems)
        else { return nil }
        guard from < to else {
            problems.add(
                at: end.position, found: end.description, expected: "a time after `from`")
            return nil
        }
        return MaintenanceWindow(from..<to, reason: reason)
    }
}

extension YAMLNode {
    /// Milliseconds since the Unix epoch of a time with its zone.
    func time(_ problems: inout Problems) -> Int64? {
        if case .text(let text) = meaning,
            let millis = RFC3339.millis(unsafe text.utf8Span.span.bytes)
        {
            return millis
        }
        problems.add(
            at: position, found: description,
            expected: "a time with its zone, such as 2026-07-01T08:00:00Z")
        return nil
    }
}
