internal import JSON
internal import Model
internal import Registry
internal import Sparse
internal import Storage
internal import Training

/// The scores of two models over the same rows.
struct ScoreComparison {
    private(set) var rows = 0
    private var sums = (before: 0.0, after: 0.0)
    /// |after - before| of each row, ascending.
    private var moves: [Float] = []
    /// With labels where the file has them.
    private var judged = (before: ScoredLabels(), after: ScoredLabels())
    /// Rows without a label.
    private(set) var unlabelled = 0

    /// Rows at most: 1.3 GB of memory with labels.
    static let rowsMax = 1 << 25
    private static let rowsBetweenLooks = 4_096

    /// Scores every row of a file.
    ///
    /// - Parameter label: the column of labels, if quality is to be compared.
    init(
        of path: String, _ before: ModelContent, _ after: ModelContent, label: String?
    ) throws {
        let layout = try Self.layout(before, after)
        let (first, second) = (try Self.model(before, layout), try Self.model(after, layout))
        var reader = try RecordReader(path: path, form: .csv)
        guard try reader.advance() else {
            throw Failure(.data, "\(path): found nothing; expected a header of CSV")
        }
        var progress = ProgressLine(unit: "rows")
        do throws(Failure) {
            var row = try FeatureRow(header: reader.record, for: layout, label: label)
            while rows < Self.rowsMax, try Self.advance(&reader) {
                try row.read(reader.record)
                try Self.check(row.label, before.loss)
                take(first.score(row.vector), second.score(row.vector), row.label, label != nil)
                guard rows % Self.rowsBetweenLooks == 0 else { continue }
                let fraction = reader.bytesTotal.map {
                    Double(reader.bytesRead) / Double(max(1, $0))
                }
                progress.update(count: UInt64(rows), fraction: fraction)
            }
        } catch {
            throw Failure(error.status, "\(path):\(reader.line): \(error.message)")
        }
        progress.clear()
        guard rows > 0 else {
            throw Failure(.data, "\(path): found no rows; expected at least one")
        }
        moves.sort()
    }

    /// Quality by the logistic loss is of what is true with a probability.
    private static func check(_ label: Double, _ loss: Loss) throws(Failure) {
        guard loss == .logistic, label.isFinite, !(0...1).contains(label) else { return }
        throw Failure(.data, "found the label \(label); expected 0…1 for the logistic loss")
    }

    private static func advance(_ reader: inout RecordReader) throws(Failure) -> Bool {
        do throws(StorageError) { return try reader.advance() } catch { throw Failure(error) }
    }

    private mutating func take(
        _ before: Double, _ after: Double, _ label: Double, _ hasLabels: Bool
    ) {
        rows += 1
        sums.before += before
        sums.after += after
        moves.append(Float(abs(after - before)))
        guard hasLabels else { return }
        guard label.isFinite else {
            unlabelled += 1
            return
        }
        judged.before.append(score: before, label: label)
        judged.after.append(score: after, label: label)
    }

    /// The features that either model weighs, as both know them.
    private static func layout(
        _ before: ModelContent, _ after: ModelContent
    ) throws(Failure) -> FeatureLayout {
        var features: [FeatureLayout.Feature] = []
        for feature in before.features + after.features where feature.leadingWeight != nil {
            let described = FeatureLayout.Feature(
                name: feature.name, kind: feature.described.kind, definition: "")
            guard let known = features.first(where: { $0.name == feature.name }) else {
                features.append(described)
                continue
            }
            guard known == described else {
                throw Failure(
                    .data,
                    "\(feature.name): found a number and a category of one name, or two "
                        + "categories of other sizes; expected the same in both models")
            }
        }
        guard let layout = FeatureLayout(features) else {
            throw Failure(.data, "the models' features do not fit one vector")
        }
        return layout
    }

    /// How a feature is computed does not matter here: its values are in the file.
    private static func model(
        _ content: ModelContent, _ layout: FeatureLayout
    ) throws(Failure) -> SparseModel {
        var content = content
        for place in content.features.indices { content.features[place].definition = "" }
        do throws(ArtifactError) {
            return try SparseModel(ModelArtifact(content), for: layout)
        } catch { throw Failure(.data, "\(error)") }
    }

    // MARK: What it says

    private var means: (before: Double, after: Double) {
        (sums.before / Double(rows), sums.after / Double(rows))
    }

    private func move(_ share: Double) -> Double {
        Double(moves[min(moves.count - 1, Int(share * Double(moves.count)))])
    }

    func text(_ path: String) -> String {
        var text = "  on \(Numerals.grouped(rows)) rows of \(path): mean score "
        text += "\(Numerals.significant(means.before, 4)) → \(Numerals.significant(means.after, 4))"
        text += "\n  a score moves by \(Numerals.significant(move(0.5))) (median), "
        text += "\(Numerals.significant(move(0.99))) (99 %), "
        text += "\(Numerals.significant(move(1))) at most\n"
        let measures = measures.filter { $0.before != nil }
        if !measures.isEmpty {
            text +=
                "  "
                + measures.map {
                    "\($0.name) \(Numerals.significant($0.before ?? .nan, 5)) → "
                        + Numerals.significant($0.after ?? .nan, 5)
                }.joined(separator: ", ")
            text +=
                unlabelled > 0 ? ", \(Numerals.grouped(unlabelled)) rows without a label\n" : "\n"
        }
        return text
    }

    private var measures: [(name: String, before: Double?, after: Double?)] {
        let (before, after) = judged
        guard before.count > 0 else { return [] }
        return [
            ("log loss", before.logLoss, after.logLoss), ("AUC", before.rocArea, after.rocArea),
            ("AP", before.averagePrecision, after.averagePrecision),
        ]
    }

    var document: JSONValue {
        var object: JSONObject = [
            "rows": .integer(Int64(rows)), "meanScoreBefore": .optional(means.before),
            "meanScoreAfter": .optional(means.after), "medianMove": .optional(move(0.5)),
            "p99Move": .optional(move(0.99)), "largestMove": .optional(move(1)),
        ]
        for (name, before, after) in measures {
            object[name.replacing(" ", with: "_").lowercased()] = .object([
                "before": .optional(before), "after": .optional(after),
            ])
        }
        return .object(object)
    }
}
