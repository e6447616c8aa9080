public import JSON

/// Where alerts point to.
public struct AlertLinks: Equatable, Sendable {
    public var project: String
    /// Where the project's file is: what commands are given.
    public var file: String
    /// The topic or URL where predictions go: what the alert is about.
    public var endpoint: String
    /// The page `Runbooks`.
    public var runbooks: String
    /// The partition whose task tells, where each has one of its own.
    public var partition: Int?

    /// The published documentation.
    public static let published = "https://espalier.dev/documentation/drift/runbooks"

    /// - Parameter file: nil for one that is called as the project.
    public init(
        project: String, file: String? = nil, endpoint: String, runbooks: String = Self.published
    ) {
        self.project = project
        self.file = file ?? "\(project).yaml"
        self.endpoint = endpoint
        self.runbooks = runbooks
    }
}

extension Alert {
    /// The message of `schemas/alert.schema.json`.
    public func json(_ links: AlertLinks) -> JSONValue {
        var object: JSONObject = [
            "rule": .string(identity.rule),
            "feature": identity.subject.isEmpty ? .null : .string(identity.subject),
            "model": .string(identity.model),
            "partition": links.partition.map { .integer(Int64($0)) } ?? .null,
            "project": .string(links.project), "endpoint": .string(links.endpoint),
            "state": .string(state.rawValue),
            "severity": .string(severity.rawValue), "signal": .string(signal),
            "value": .finite(value), "threshold": .finite(threshold),
            "baseline": baseline.map { .finite($0) } ?? .null,
            "window": DriftSubject.span(window),
            "cause": cause.map { .string($0) } ?? .null,
            "runbook": .string("\(links.runbooks)#\(runbook.rawValue)"),
            "command": .string(command(links)), "start": .integer(startMillis),
            "end": endMillis.map { .integer($0) } ?? .null,
        ]
        if let quietedBy { object["quieted_by"] = .string(quietedBy) }
        return .object(object)
    }

    /// The command that shows more.
    func command(_ links: AlertLinks) -> String {
        let file = Self.quoted(links.file)
        switch runbook {
        case .drift, .scoreDrift, .scalingMismatch, .quality:
            let feature = identity.subject.isEmpty ? "" : " --feature \(identity.subject)"
            return "espalier drift \(file)\(feature)"
        case .rejects: return "espalier dead-letters \(file) list"
        case .overSparsification: return "espalier audit \(file)"
        case .latency, .lag, .errorBudget, .rollback: return "espalier check \(file)"
        }
    }

    /// As a shell takes it for one word.
    private static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }
}

extension AlertNotification {
    /// The body of Prometheus Alertmanager's `POST /api/v2/alerts`: an array of its alerts. What is
    /// over has an `endsAt` in the past, which resolves it there; what fires one in the future.
    ///
    /// - Parameter text: RFC 3339 of milliseconds.
    public func alertmanagerJSON(
        _ links: AlertLinks, time text: (Int64) -> String
    ) -> JSONValue {
        .array(
            alerts.map { alert in
                var labels: JSONObject = [
                    "alertname": .string(alert.identity.rule),
                    "severity": .string(alert.severity.rawValue),
                    "project": .string(links.project), "endpoint": .string(links.endpoint),
                    "model": .string(alert.identity.model), "signal": .string(alert.signal),
                ]
                if !alert.identity.subject.isEmpty {
                    labels["feature"] = .string(alert.identity.subject)
                }
                if let partition { labels["partition"] = .string("\(partition)") }
                var object: JSONObject = [
                    "labels": .object(labels),
                    "annotations": .object(alert.annotations(links, time: text)),
                    "startsAt": .string(text(alert.startMillis)),
                    "generatorURL": .string("\(links.runbooks)#\(alert.runbook.rawValue)"),
                ]
                object["endsAt"] = .string(text(alert.endMillis ?? validUntilMillis))
                return .object(object)
            })
    }
}

extension Alert {
    /// What is measured, and what to do, in words.
    var summary: String {
        let subject = identity.subject.isEmpty ? signal : "\(signal) of \(identity.subject)"
        // A burn rate has the signal of its objective, and is a multiple itself.
        let unit = runbook == .errorBudget ? "" : Signal(named: signal)?.unit ?? ""
        return "\(subject) is \(value.threeDecimals)\(unit); "
            + "the limit is \(threshold.threeDecimals)"
    }

    fileprivate func annotations(
        _ links: AlertLinks, time text: (Int64) -> String
    ) -> JSONObject {
        var object: JSONObject = [
            "summary": .string(summary), "command": .string(command(links)),
            "runbook_url": .string("\(links.runbooks)#\(runbook.rawValue)"),
            "value": .string("\(value)"), "threshold": .string("\(threshold)"),
        ]
        if let baseline { object["baseline"] = .string("\(baseline)") }
        if let cause { object["cause"] = .string(cause) }
        if let window {
            object["window"] = .string("\(text(window.lowerBound))/\(text(window.upperBound))")
        }
        return object
    }
}
