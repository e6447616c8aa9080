internal import JSON

/// For people.
extension PublishedDrift {
    func text(for terminal: Terminal) -> String {
        var text = terminal.style(project, .bold) + ": "
        text += windows.isEmpty ? "nothing has been compared yet\n" : headline
        if !drifting.isEmpty { text += "\n" + driftTable.text(for: terminal) }
        let causes = drifting.compactMap { feature in
            feature["cause"]?.string.map { "  \(feature["feature"]?.string ?? ""): \($0)\n" }
        }
        if !causes.isEmpty { text += "\n" + causes.joined() }
        text += "\n" + terminal.style("Alerts", .bold)
        text += alerts.isEmpty ? ": none fires\n" : "\n" + alertTable.text(for: terminal)
        if !features.isEmpty {
            text += "\n" + terminal.style("Features", .bold) + "\n"
            text += featureTable.text(for: terminal)
        }
        if unreadable > 0 { text += "\n\(Numerals.grouped(unreadable)) messages are no JSON\n" }
        return text
    }

    private var headline: String {
        let counts = windows.compactMap { $0["counts"]?["features"]?.integer }
        let count = drifting.count
        var text = count == 0 ? "no feature drifts" : "\(count) of \(counts.reduce(0, +)) drift"
        text += "\n"
        for window in windows {
            if let partition = window["partition"]?.integer { text += "partition \(partition)\n" }
            text += Self.lines(of: window)
        }
        return text
    }

    private static func lines(of window: JSONValue) -> String {
        var text = "  baseline  \(span(window["baseline"]))\n"
        text += "  window    \(span(window["window"]))\n"
        if let scores = window["scores"] {
            let (before, now) = (scores["mean"]?["baseline"], scores["mean"]?["window"])
            text += "  scores    \(scores["verdict"]?.string ?? ""), mean "
            text += "\(Numerals.fixed(before?.double, 4)) before, "
            text += "\(Numerals.fixed(now?.double, 4)) now\n"
        }
        if let quality = window["quality_drift"] { text += line(of: quality) }
        return text + (window["quality"].map(lines(_:)) ?? "")
    }

    /// The quality that labels tell of, before and now.
    private static func line(of quality: JSONValue) -> String {
        func words(_ span: String) -> String {
            "AUC \(Numerals.fixed(quality["auc"]?[span]?.double, 3)), "
                + "log loss \(Numerals.fixed(quality["logloss"]?[span]?.double, 4))"
        }
        let count = Numerals.grouped(Int64(quality["labels"]?["window"]?.double ?? 0))
        return "  labels    \(quality["verdict"]?.string ?? ""), \(words("baseline")) before, "
            + "\(words("window")) now, of \(count) that came in the window\n"
    }

    /// What the scores promise, and what came of earlier promises.
    private static func lines(_ quality: JSONValue) -> String {
        func pair(_ value: JSONValue?) -> String {
            "AUC \(Numerals.fixed(value?["auc"]?.double, 3)), "
                + "log loss \(Numerals.fixed(value?["logloss"]?.double, 4))"
        }
        var text = ""
        if let expected = quality["expected"] {
            text += "  quality   \(pair(expected)) expected from the scores alone\n"
        }
        if let judged = quality["judged"] {
            let count = Numerals.grouped(judged["predictions"]?.integer ?? 0)
            text += "  judged    \(pair(judged)) of \(count) predictions with labels"
            text += "; \(pair(judged["expected"])) was expected\n"
        }
        if let error = quality["ece"]?.double {
            text += "  calibration error \(Numerals.fixed(error, 4))\n"
        }
        if quality["loss_rose"]?.bool == true { text += "  the mean loss rose\n" }
        if quality["scores_moved"]?.bool == true { text += "  the mean score moved\n" }
        return text
    }

    private static func span(_ span: JSONValue?) -> String {
        guard let from = span?["from"]?.integer, let to = span?["to"]?.integer else { return "–" }
        return "\(CalendarTime(millis: from).text) to \(CalendarTime(millis: to).text)"
    }

    private static func short(_ value: JSONValue?) -> String {
        value?.double.map(DriftComparison.short) ?? "–"
    }

    private var driftTable: Table {
        var table = Table([
            ("feature", .left), ("by", .left), ("is", .right), ("limit", .right),
            ("mean before", .right), ("mean now", .right), ("moves margin", .right), ("", .left),
        ])
        for feature in drifting {
            let first = feature["exceeds"]?.array?.first
            table.append([
                feature["feature"]?.string ?? "", first?["measure"]?.string ?? "",
                Self.short(first?["value"]), Self.short(first?["threshold"]),
                Self.short(feature["mean"]?["baseline"]), Self.short(feature["mean"]?["window"]),
                feature["contribution"]?.double.map { Numerals.signed($0, 3) } ?? "–",
                feature["masked"]?.bool == true
                    ? "masked" : feature["filling"]?.bool == true ? "windows still fill" : "",
            ])
        }
        return table
    }

    private var alertTable: Table {
        var table = Table([
            ("alert", .left), ("severity", .left), ("since", .left), ("is", .right),
            ("limit", .right), ("cause", .left),
        ])
        for alert in alerts {
            let message = alert.message
            table.append([
                alert.name, message["severity"]?.string ?? "",
                message["start"]?.integer.map { CalendarTime(millis: $0).text } ?? "–",
                Self.short(message["value"]), Self.short(message["threshold"]),
                alert.cause ?? alert.quietedBy.map { "quiet: \($0)" } ?? "",
            ])
        }
        return table
    }

    /// Of the shortest window that has closed, or of the whole life.
    private var featureTable: Table {
        var table = Table([
            ("feature", .left), ("window", .left), ("from", .left), ("events", .right),
            ("missing", .right), ("mean", .right), ("5 %", .right), ("median", .right),
            ("95 %", .right),
        ])
        for feature in features {
            let windows = feature["windows"]?.array ?? []
            guard let shown = windows.first(where: { $0["start"] != nil }) ?? windows.first else {
                continue
            }
            let events = shown["events"]?.double ?? 0
            let missing = (shown["missing"]?.double ?? 0) / max(1, events)
            let part = feature["partition"]?.integer.map { "/\($0)" } ?? ""
            let quantiles = shown["quantiles"]
            table.append([
                (feature["feature"]?.string ?? "") + part, shown["window"]?.string ?? "",
                shown["start"]?.integer.map { CalendarTime(millis: $0).text } ?? "",
                Numerals.grouped(Int64(events)), "\(Numerals.fixed(100 * missing, 1)) %",
                Self.short(shown["mean"]), Self.short(quantiles?["0.05"]),
                Self.short(quantiles?["0.5"]), Self.short(quantiles?["0.95"]),
            ])
        }
        return table
    }
}
