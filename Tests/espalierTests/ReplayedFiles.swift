import Events
import Foundation
import Features
import Model
import Pipeline
import Storage
import TestSupport

@testable import espalier

/// A folder that goes away with its owner.
final class ScratchFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "espalier-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    func lines(_ name: String) throws -> [Substring] {
        String(decoding: try bytes(name), as: UTF8.self).split(separator: "\n")
    }
}

/// What a replay of files leaves behind.
struct ReplayedFiles {
    var status = PipelineStatus()
    var rejected: [String] = []

    /// Replays events, each file in its own form, with labels due `labelsAfter` milliseconds later.
    static func run(
        _ settings: PipelineSettings, events: [String], labels: [String] = [],
        labelsAfter: Int64? = nil, labelTime: FieldSchema? = nil, predictions: String? = nil,
        features: String? = nil
    ) throws -> ReplayedFiles {
        let schema = settings.plan.schema
        let time = (schema.fields[schema.time ?? 0], schema.timeUnit)
        let eventFiles = try events.enumerated().map {
            try ReplayFile(
                $1, stream: .events, number: $0, format: nil, schema: schema, time: time,
                limits: DecodeLimits())
        }
        var labelFiles: [ReplayFile] = []
        var table: LabelTable?
        if let labelSettings = settings.labels {
            if let labelsAfter {
                var labelTable = LabelTable(delayMillis: labelsAfter)
                for path in labels {
                    try labelTable.read(
                        path, format: nil, settings: labelSettings, loss: .logistic,
                        limits: DecodeLimits())
                }
                table = labelTable
            } else {
                labelFiles = try labels.enumerated().map {
                    try ReplayFile(
                        $1, stream: .labels, number: $0, format: nil, schema: labelSettings.schema,
                        time: labelTime.map { ($0, .ms) }, limits: DecodeLimits())
                }
            }
        }
        let outputs = try ReplayOutputs(
            ReplayDestinations(predictions: predictions, features: features), settings: settings,
            isLabelled: table != nil)
        var replay = try Replay(
            settings, events: eventFiles, labels: labelFiles, delayed: table?.labels,
            outputs: outputs)
        var progress = ProgressLine(unit: "events", isQuiet: true)
        try replay.run(&progress)
        return ReplayedFiles(status: replay.pipeline.status, rejected: replay.outputs.rejected)
    }
}
