import Events
import Features
import JSON
import Model
import Pipeline
import TestSupport
import Testing
import Training

@testable import espalier

/// Replays of small made-up files.
@Suite struct ReplayTests {
    private static let minute: Int64 = 60_000

    private func field(_ name: String, _ type: FieldType) -> FieldSchema {
        FieldSchema(name: name, path: [name], type: type)
    }

    /// Count and share of positives per user, and a text id.
    private func settings() throws -> PipelineSettings {
        let schema = EventSchema(
            fields: [field("id", .string), field("at", .int64), field("user", .int64)], id: 0,
            time: 1, required: [2])
        func feature(
            _ name: String, _ function: Aggregate.Function, _ operand: Aggregate.Operand
        ) -> FeatureDefinition {
            FeatureDefinition(
                name: name,
                kind: .aggregate(
                    Aggregate(
                        entity: "user", function: function, operand: operand,
                        windowMillis: 60 * Self.minute)))
        }
        let plan = try FeaturePlan(
            schema: schema,
            definitions: [
                feature("seen", .count, .event), feature("positives", .sum, .label),
                FeatureDefinition(name: "kind", kind: .category(fields: ["user"], bits: 4)),
            ], labelHorizonMillis: 60 * Self.minute)
        var settings = PipelineSettings(plan: plan, scoring: .learner(.init(), penaltyFactors: [:]))
        settings.labels = LabelSettings(
            schema: EventSchema(
                fields: [field("id", .string), field("y", .double)], id: 0, time: nil, required: [1]
            ),
            value: 1, maturityMillis: 60 * Self.minute, silence: .drop)
        return settings
    }

    private func event(_ id: String, _ minute: Int64, _ user: Int) -> String {
        "{\"id\":\"\(id)\",\"at\":\(minute * Self.minute),\"user\":\(user)}"
    }

    @Test func filesOfBothFormsMergeByTimeAndTiesByFile() throws {
        let scratch = try ScratchFolder()
        let first = try scratch.write(
            [event("a", 1, 1), event("d", 4, 1), event("e", 4, 2)].joined(separator: "\n"),
            to: "1.ndjson")
        let second = try scratch.write(
            "user,ignored,at,id\n1,x,120000,b\n1,\"y\n\",240000,f,\n1,x,240000,\"g,\"\"h\"\"\"\n",
            to: "2.csv")
        let third = try scratch.write(
            "at,id,user\n180000,c,1\nsoon,?,1\n", to: "3.csv")
        let replayed = try ReplayedFiles.run(
            settings(), events: [first, second, third], features: scratch.file("features.csv"))
        #expect(replayed.status.counts.events == 6)
        #expect(replayed.rejected.count == 2)
        #expect(replayed.rejected.contains("\(second):3: column_count"))
        #expect(replayed.rejected.contains("\(third):3: wrong_type (at)"))
        let lines = try scratch.lines("features.csv")
        #expect(lines[0] == "id,time,seen,positives,kind")
        let seen = lines.dropFirst().map { line in
            line.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(seen.map { $0[0] } == ["a", "b", "c", "d", "e", "\"g"])
        #expect(seen.dropLast().map { $0[2] } == ["1", "2", "3", "4", "1"])
        #expect(lines[6].hasPrefix("\"g,\"\"h\"\"\",240000,5,"))
        #expect(seen[0].last == seen[3].last && seen[0].last != seen[4].last)
    }

    /// A label at an event's very time is known to the event, one a millisecond later is not.
    @Test func labelsComeBeforeEventsOfTheirTime() throws {
        let scratch = try ScratchFolder()
        let events = try scratch.write(
            [event("a", 1, 1), event("b", 6, 1), event("c", 11, 1)].joined(separator: "\n"),
            to: "events.ndjson")
        let labels = try scratch.write("id,y\nb,1\na,1\nz,1\na,0\nc,x\n", to: "labels.csv")
        let cases = [
            (5 * Self.minute, ["0", "1", "2"]), (5 * Self.minute + 1, ["0", "0", "1"]),
        ]
        for (delay, expected) in cases {
            let replayed = try ReplayedFiles.run(
                settings(), events: [events], labels: [labels], labelsAfter: delay,
                features: scratch.file("features.csv"))
            let lines = try scratch.lines("features.csv")
            #expect(lines[0] == "id,time,seen,positives,kind,y")
            let cells = lines.dropFirst().map {
                $0.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
            }
            #expect(cells.map { $0[3] } == expected)
            #expect(cells.map { $0[5] } == ["1", "1", ""])
            #expect(replayed.status.labels.joined == 2)
            #expect(replayed.status.learned == 2)
        }
    }

    /// Labels with a time of their own and labels that are due after a delay are the same stream.
    @Test(arguments: UInt64(0)..<5) func bothFormsOfLabelsGiveTheSamePredictions(seed: UInt64)
        throws
    {
        var random = SeededGenerator(seed)
        let scratch = try ScratchFolder()
        var events: [String] = []
        var bare = "id,y\n"
        var timed: [String] = []
        var minute: Int64 = 0
        for number in 0..<2_000 {
            minute += Int64.random(in: 0...2, using: &random)
            let user = Int.random(in: 1...5, using: &random)
            events.append(event("e\(number)", minute, user))
            guard Bool.random(using: &random) else { continue }
            let label = user == 1 ? 1 : 0
            bare += "e\(number),\(label)\n"
            let due = (minute + 7) * Self.minute
            timed.append("{\"id\":\"e\(number)\",\"y\":\(label),\"known\":\(due)}")
        }
        let eventFile = try scratch.write(events.joined(separator: "\n"), to: "events.ndjson")
        _ = try ReplayedFiles.run(
            settings(), events: [eventFile], labels: [scratch.write(bare, to: "labels.csv")],
            labelsAfter: 7 * Self.minute, predictions: scratch.file("delayed.ndjson"))
        _ = try ReplayedFiles.run(
            settings(), events: [eventFile],
            labels: [scratch.write(timed.joined(separator: "\n"), to: "labels.ndjson")],
            labelTime: field("known", .int64), predictions: scratch.file("timed.ndjson"))
        let delayed = try scratch.bytes("delayed.ndjson")
        #expect(delayed.split(separator: UInt8(ascii: "\n")).count == 2_000)
        #expect(delayed == (try scratch.bytes("timed.ndjson")))
    }

    @Test func whatHappensAtLimitsIsReported() throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(
            (1...5).map { event("e\($0)", Int64($0), 1) }.joined(separator: "\n"),
            to: "events.ndjson")
        var settings = try settings()
        settings.limits.windowEventsMax = 2
        let status = try ReplayedFiles.run(settings, events: [file]).status
        let report = ReplayReport(
            project: "p", status: status, rejections: [], rejectedExamples: [], unusedLabels: 0,
            startMillis: nil, seconds: 1, inputCount: 3,
            quality: ReplayQuality(ScoredLabels(), loss: .logistic, learns: true), artifact: nil,
            alerts: nil)
        let dropped = status.features.eventsDropped
        #expect(dropped > 0)
        #expect(report.text(for: .output).contains("at limits: \(dropped) events dropped"))
        #expect(report.json["limits"]?["eventsDropped"]?.integer == Int64(dropped))
    }

    @Test func aHeaderWithoutARequiredColumnIsAnErrorOfTheData() throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write("id,at\na,1\n", to: "events.csv")
        #expect {
            try ReplayedFiles.run(settings(), events: [file])
        } throws: { error in
            error as? Failure
                == Failure(.data, "\(file):1: found no column user; expected one in the header")
        }
    }
}
