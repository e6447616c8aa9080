internal import JSON
internal import Training
internal import Worker

/// How good the newest judged predictions of all tasks are, over the window that the tasks keep.
struct Quality: Sendable {
    private let judged: ScoredLabels

    init(_ tasks: [TaskReport]) {
        judged = ScoredLabels(
            scores: tasks.flatMap(\.judged.scores), labels: tasks.flatMap(\.judged.labels))
    }

    /// Predictions that were judged.
    var count: Int { judged.count }
    var rocArea: Double? { judged.rocArea }
    var averagePrecision: Double? { judged.averagePrecision }
    var logLoss: Double? { judged.logLoss }

    /// A few words; nil before both kinds of labels were seen.
    var text: String? {
        guard let auc = judged.rocArea else { return nil }
        let precision = Numerals.fixed(judged.averagePrecision, 3)
        return
            "AUC \(Numerals.fixed(auc, 3)) · AP \(precision) of \(Numerals.grouped(judged.count))"
    }

    /// With the calibration by decile: what was said, and what came true.
    var document: JSONValue {
        var document = JSONObject()
        document.append("examples", .integer(Int64(judged.count)))
        document.append("auc", .optional(judged.rocArea))
        document.append("averagePrecision", .optional(judged.averagePrecision))
        document.append("logLoss", .optional(judged.logLoss))
        let deciles = judged.calibration().map { bin -> JSONValue in
            var decile = JSONObject()
            decile.append("count", .integer(Int64(bin.count)))
            decile.append("meanScore", .optional(bin.meanScore))
            decile.append("meanLabel", .optional(bin.meanLabel))
            return .object(decile)
        }
        document.append("calibration", .array(deciles))
        return .object(document)
    }
}
