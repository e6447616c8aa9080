import Foundation

/// Whole commands on whole files: what they hold in memory, and how long they take.
enum ProductBenchmark {
    private static let mebibyte = 1_048_576.0
    /// Of the sparse table, its rows and features' names included.
    private static let sparseMebibytesMax = 2_048.0
    private static let handbookSecondsMax = 60.0
    private static let peakRatioMax = 1.5

    static func measure(_ scale: Scale) throws -> [Measurement] {
        try dense(scale) + sparse(scale) + handbook(scale)
    }

    /// Memory at most, over 8 bytes for each row and feature.
    private static func dense(_ scale: Scale) throws -> [Measurement] {
        let folder = try ScratchFolder()
        let rows = scale == .full ? 25_000 : 1_000
        try GeneratedTable.writeDense(rows, to: folder.path("table.csv"))
        try GeneratedTable.writeDense(100, to: folder.path("small.csv"))
        let data = Double(8 * rows * GeneratedTable.denseColumns)
        let name = "fit, \(rows) × \(GeneratedTable.denseColumns)"
        return try [[], ["--folds", "5"]].map { folds in
            func run(_ table: String) throws -> ProductRun {
                try ProductRun(
                    ["fit", folder.path(table), "--label", "y", "--lambdas", "20"]
                        + ["--out", folder.path("path.json")] + folds,
                    report: folder.path("path.json"))
            }
            let (whole, program) = (try run("table.csv"), try run("small.csv"))
            return Measurement(
                "\(name)\(folds.isEmpty ? "" : ", 5 folds"): peak / data",
                (whole.peakBytes - program.peakBytes) / data, "",
                scale == .full ? .atMost(peakRatioMax) : nil,
                note: "\(MeasurementTable.number(whole.seconds)) s; data are 8 bytes a number")
        }
    }

    /// Hashed features, svmlight.
    private static func sparse(_ scale: Scale) throws -> [Measurement] {
        let folder = try ScratchFolder()
        let rows = scale == .full ? 100_000 : 1_000
        try GeneratedTable.writeSparse(rows, to: folder.path("table.svm"))
        let run = try ProductRun(
            ["fit", folder.path("table.svm"), "--lambdas", "20", "--lambda-ratio", "0.1"]
                + ["--gap-alone", "--tolerance", "1e-6", "--out", folder.path("path.json")],
            report: folder.path("path.json"))
        let name = "fit, \(rows) × \(GeneratedTable.sparseColumns), sparse"
        return [
            Measurement(
                "\(name): peak", run.peakBytes / mebibyte, "MiB", .atMost(sparseMebibytesMax),
                note: "\(GeneratedTable.sparseEntries) non-zeros a row"),
            Measurement(
                "\(name): 20 λ", run.seconds, "s",
                note: "gap at most 1e-6, reading included"),
        ]
    }

    private static let project = "schemas/examples/project-card-fraud.yaml"
    private static let data = "../shared/data/handbook"

    /// Four and a half months of payments: replayed, a path of 40 λ, five blocks of time, report.
    private static func handbook(_ scale: Scale) throws -> [Measurement] {
        guard scale == .full else { return [] }
        guard FileManager.default.fileExists(atPath: "\(data)/transactions.csv.gz") else {
            print("train, handbook: not measured, as there is no \(data)")
            return []
        }
        let folder = try ScratchFolder()
        let run = try ProductRun(
            ["train", project, "--events", "\(data)/transactions.csv.gz"]
                + ["--labels", "\(data)/labels.csv.gz", "--labels-after", "7d"]
                + ["--out", folder.path("model")], report: folder.path("model/report.json"))
        return [
            Measurement(
                "train, handbook: 1.3 million payments to a report", run.seconds, "s",
                .atMost(handbookSecondsMax),
                note: "\(MeasurementTable.number(run.peakBytes / mebibyte)) MiB at most")
        ]
    }
}
