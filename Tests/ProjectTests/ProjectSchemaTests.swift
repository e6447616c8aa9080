import Drift
import Events
import Foundation
import Model
import TestSupport
import Testing

@testable import Project

/// The schema and the reader say the same.
@Suite struct ProjectSchemaTests {
    private static let schemaPath = "\(SharedData.packageRoot)/schemas/project.schema.json"
    private static let python =
        ProcessInfo.processInfo.environment["ESPALIER_PYTHON"] ?? "python3"
    private static let hasValidator = run(["-c", "import jsonschema"], input: Data()) != nil

    /// Runs Python and gives what it prints, or nil when it fails.
    private static func run(_ arguments: [String], input: Data) -> Data? {
        let process = Process()
        let source = Pipe()
        let result = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python] + arguments
        process.standardInput = source
        process.standardOutput = result
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        try? source.fileHandleForWriting.write(contentsOf: input)
        try? source.fileHandleForWriting.close()
        let output = result.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? output : nil
    }

    /// Which of the files the schema accepts, by a third party's validator.
    private func accepted(_ sources: [String]) throws -> [Bool] {
        let program = """
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            json.dump([validator.is_valid(file) for file in json.load(sys.stdin)], sys.stdout)
            """
        let files = try sources.map { source in
            var problems = Problems()
            return plain(try #require(YAMLDocument(Array(source.utf8), &problems)).root)
        }
        let json = try JSONSerialization.data(withJSONObject: files)
        let output = try #require(Self.run(["-c", program, Self.schemaPath], input: json))
        return try JSONDecoder().decode([Bool].self, from: output)
    }

    private func plain(_ node: YAMLNode) -> Any {
        switch node.content {
        case .list(let elements): return elements.map(plain)
        case .map(let entries):
            return Dictionary(uniqueKeysWithValues: entries.map { ($0.key, plain($0.value)) })
        case .scalar:
            switch node.meaning {
            case .bool(let bool): return bool
            case .number(let number): return Int(exactly: number) ?? number
            case .text(let text): return text
            default: return NSNull()
            }
        }
    }

    @Test(.enabled(if: hasValidator, "needs Python with jsonschema"))
    func examplesAreValid() throws {
        let folder = "\(SharedData.packageRoot)/schemas/examples"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("project-") }
        #expect(names.count >= 2)
        let sources = try names.map {
            try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
        }
        #expect(try accepted(sources) == names.map { _ in true })
        for (name, source) in zip(names, sources) {
            #expect(ProjectSource.faults(source) == [], "\(name)")
        }
    }

    /// What is wrong in form is refused by both; both take the form that is right.
    @Test(.enabled(if: hasValidator, "needs Python with jsonschema"))
    func formIsJudgedAlike() throws {
        let features: [(source: String, isRight: Bool)] = [
            ("f: amount", true), ("f: 1", true), ("f: {value: amount}", true), ("f:", false),
            ("f: {valu: amount}", false), ("f: {}", false), ("f: [amount]", false),
            ("f: {value: amount, window: 1d}", false), ("time: amount", false),
            ("label: amount", false), ("1f: amount", false), ("a.b: amount", true),
            ("f: {entity: customer, aggregate: count}", true),
            ("f: {entity: customer, aggregate: count, window: 1w}", false),
            ("f: {entity: customer, aggregate: count, window: 0d}", false),
            ("f: {entity: customer, aggregate: counts}", false),
            ("f: {aggregate: count}", false), ("f: {entity: customer}", false),
            ("f: {entity: customer, aggregate: sum}", false),
            ("f: {entity: customer, aggregate: sum, of: amount}", true),
            ("f: {entity: customer, aggregate: count, delay: 1d}", false),
            ("f: {entity: customer, aggregate: count, delay: 1d, window: 1d}", true),
            ("f: {entity: customer, aggregate: first, of: amount}", false),
            ("f: {entity: customer, aggregate: mean, of: label}", false),
            ("f: {entity: customer, aggregate: mean, of: label, window: 1d}", true),
            ("f: {entity: customer, aggregate: decayedCount}", false),
            ("f: {entity: customer, aggregate: decayedCount, halfLife: 1h}", true),
            ("f: {entity: customer, aggregate: decayedCount, halfLife: 1h, window: 1d}", false),
            ("f: {entity: customer, aggregate: count, halfLife: 1h}", false),
            ("f: {entity: customer, aggregate: count, n: 1}", false),
            ("f: {entity: customer, aggregate: lag, of: amount, n: 0}", false),
            ("f: {entity: customer, aggregate: timeSinceLast, of: amount}", false),
            ("f: {entity: customer, aggregate: timeSinceLast, current: true}", false),
            ("f: {entity: customer, aggregate: count, otherwise: none}", false),
            ("f: {category: merchant}", true), ("f: {category: merchant, bits: 25}", false),
            ("f: {cross: [merchant]}", false), ("f: {cross: [merchant, online]}", true),
            ("f: {cross: [merchant, merchant]}", false),
            ("f: {value: amount, lock: keep}", true), ("f: {value: amount, lock: hold}", false),
            ("f: {category: merchant, lock: forbid, sensitive: true}", true),
            ("f: {entity: customer, aggregate: count, sign: positive, penalty: 0.5}", true),
            ("f: {value: amount, sign: plus}", false), ("f: {value: amount, penalty: -1}", false),
            ("f: {value: amount, lock: keep, penalty: 1}", false),
            ("f: {value: amount, lock: forbid, sign: positive}", false), ("f: {lock: keep}", false),
            ("f: {category: merchant, group: shop}", true),
            ("f: {value: amount, group: ''}", false),
            ("f: {value: amount, group: a, penalty: 2}", false),
            ("f: {cross: [merchant, online], group: a, lock: keep}", false),
            ("f: {entity: customer, aggregate: count, group: a, sign: negative}", false),
        ]
        let sources = features.map { ProjectSource.file(features: $0.source) }
        let accepted = try accepted(sources)
        for (index, feature) in features.enumerated() {
            #expect(accepted[index] == feature.isRight, "schema: \(feature.source)")
            let faults = ProjectSource.faults(sources[index])
            #expect(faults.isEmpty == feature.isRight, "reader: \(feature.source) \(faults)")
        }
    }

    @Test func keysAreThoseOfTheReader() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Self.schemaPath))
        let schema = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        let definitions = try #require(schema["$defs"] as? [String: Any])
        func keys(_ path: String...) -> [String] {
            var node: Any? = path.first.map { $0 == "" ? schema : definitions[$0] as Any }
            for step in path.dropFirst() {
                node = Int(step).map { (node as? [Any])?[$0] } ?? (node as? [String: Any])?[step]
            }
            return ((node as? [String: Any])?["properties"] as? [String: Any])?.keys.sorted() ?? []
        }
        func names<Key: CaseIterable & RawRepresentable>(_ type: Key.Type) -> [String]
        where Key.RawValue == String { Key.allCases.map(\.rawValue).sorted() }

        #expect(keys("") == names(ProjectFile.Key.self))
        #expect(keys("events") == names(EventSource.Key.self))
        #expect(keys("time", "oneOf", "1") == names(TimeDeclaration.Key.self))
        #expect(keys("field", "oneOf", "1") == names(FieldList.Key.self))
        #expect(keys("labels") == names(LabelSource.Key.self))
        #expect(keys("model") == names(ModelSettings.Key.self))
        #expect(keys("registry", "oneOf", "1") == names(RegistrySettings.Key.self))
        #expect(keys("learning") == names(LearningSettings.Key.self))
        #expect(keys("limits") == names(ProjectLimits.Key.self))
        #expect(keys("output") == names(OutputSettings.Key.self))
        #expect(keys("delivery") == names(DeliverySettings.Key.self))
        #expect(keys("output", "properties", "topics") == names(OutputTopic.self))
        #expect(keys("drift") == names(DriftSettings.Key.self))
        #expect(keys("drift", "properties", "thresholds") == names(DriftMeasure.self))
        #expect(keys("alerts") == names(AlertSettings.Key.self))
        #expect(keys("alerts", "properties", "pace") == names(AlertSettings.PaceKey.self))
        #expect(keys("rule") == names(AlertReader.RuleKey.self))
        #expect(keys("objective") == names(AlertReader.ObjectiveKey.self))
        #expect(keys("receiver") == names(AlertReader.ReceiverKey.self))
        func items(_ list: String) -> [String] { keys("alerts", "properties", list, "items") }
        #expect(items("routes") == names(AlertReader.RouteKey.self))
        #expect(items("silences") == names(AlertReader.SilenceKey.self))
        #expect(items("maintenance") == names(AlertReader.MaintenanceKey.self))
        let featureKeys =
            keys("aggregate") + keys("feature", "anyOf", "1")
            + keys("feature", "anyOf", "3") + keys("feature", "anyOf", "4")
        #expect(Set(featureKeys).sorted() == names(DeclaredFeature.Key.self))

        func choices(_ path: String...) -> [String] {
            var node: Any? = definitions[path[0]]
            for step in path.dropFirst() {
                node = Int(step).map { (node as? [Any])?[$0] } ?? (node as? [String: Any])?[step]
            }
            return ((node as? [String: Any])?["enum"] as? [String])?.sorted() ?? []
        }
        #expect(choices("fieldType") == names(FieldType.self))
        #expect(choices("events", "properties", "format") == names(MessageFormat.self))
        #expect(
            choices("time", "oneOf", "1", "properties", "unit") == names(TimeUnit.self))
        #expect(choices("labels", "properties", "silence") == names(LabelSource.Silence.self))
        #expect(choices("aggregate", "properties", "aggregate") == names(AggregateShape.self))
        #expect(choices("model", "properties", "loss") == names(Loss.self))
        #expect(choices("rule", "properties", "signal") == Signal.all.map(\.name).sorted())
        #expect(choices("severity") == names(Severity.self))
    }
}
