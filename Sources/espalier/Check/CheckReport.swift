internal import Events
internal import Features
internal import Foundation
internal import JSON
internal import Model
internal import Pipeline
internal import Project

/// A project's compiled plan: fields, the features made of them, the model that reads those.
struct CheckReport {
    let project: ProjectFile
    let plan: FeaturePlan
    /// Why an input is computed, where only those are that someone asks for: the model that gives
    /// it a weight, or its readers.
    private var askers: [String: [String]] = [:]
    /// The model that asks; nil where all inputs are computed.
    private var scorer: String?

    init(_ project: ProjectFile) throws(Failure) {
        self.project = project
        let whole = try project.plan()
        let settings = try project.scoringSettings(whole)
        plan = settings.computing(also: []).plan
        guard let demand = settings.demand, case .model(let model) = settings.scoring else {
            return
        }
        scorer = model.version
        for input in whole.inputs(weighedBy: model) { askers[input] = ["weighed"] }
        for (reader, inputs) in demand.readers.sorted(by: { $0.key < $1.key }) {
            for input in inputs { askers[input, default: []].append(reader) }
        }
    }

    private var computedCount: Int { plan.features.count { $0.need != .skipped } }

    // MARK: For people

    func text(for terminal: Terminal) -> String {
        func title(_ text: String) -> String { terminal.style(text, .bold) }
        var text = "\(title(project.name)) is fine\n\n"
        text += title("Fields") + " of topic \(project.events.topic)"
        text += project.labels.map { ", labels from \($0.topic)\n" } ?? ", no labels\n"
        text += fieldTable.text(for: terminal, indent: 2)
        let skipped = plan.features.count - computedCount
        text += "\n" + title("Features") + ", \(computedCount) computed"
        text += skipped > 0 ? ", \(skipped) skipped\n" : "\n"
        text += featureTable.text(for: terminal, indent: 2)
        text += "\n" + title("Model") + ": \(modelText)\n"
        text += entitiesText
        return text
    }

    private var fieldTable: Table {
        var table = Table([("field", .left), ("type", .left), ("used as", .left)])
        for (slot, field) in plan.schema.fields.enumerated() {
            table.append([field.name, field.type.rawValue, roles(of: slot).joined(separator: ", ")])
        }
        return table
    }

    /// What the field at a slot is to the stream itself.
    private func roles(of slot: Int) -> [String] {
        var roles: [String] = []
        if slot == plan.schema.id { roles.append("id") }
        if slot == plan.schema.time { roles.append("time in \(plan.schema.timeUnit.rawValue)") }
        if slot == project.events.key { roles.append("key") }
        if plan.entities.contains(plan.schema.fields[slot].name) { roles.append("entity") }
        return roles
    }

    private var featureTable: Table {
        var table = Table([("feature", .left), ("why", .left), ("how", .left)])
        for feature in plan.features {
            table.append([feature.name, why(feature), feature.definition.kind.text])
        }
        return table
    }

    private func why(_ feature: FeaturePlan.Feature) -> String {
        let quarantine = project.masked.contains(feature.name) ? "quarantined" : ""
        switch feature.need {
        case .input: return askers[feature.name]?.joined(separator: ", ") ?? "input"
        case .neededBy(let names):
            return (quarantine.isEmpty ? "" : quarantine + ", ")
                + "for \(names.joined(separator: ", "))"
        case .skipped where !quarantine.isEmpty: return quarantine
        case .skipped where plan.inputs.contains(feature.name):
            return "skipped: no weight, no reader"
        case .skipped: return "skipped: nobody needs it"
        }
    }

    private var modelText: String {
        let followed = project.model.registry.map { "follows \($0.name)@\($0.alias)" }
        let learning =
            project.model.learning.isEnabled
            ? "learns from labels" : followed ?? "scores only"
        let numeric = plan.space.numericCount
        let buckets = plan.space.width - numeric
        var text = "\(project.model.loss.rawValue), \(learning), \(numeric) numeric inputs"
        if buckets > 0 {
            text += " and \(Numerals.grouped(buckets)) buckets of "
            text += "\(plan.inputs.count - numeric) categories"
        }
        if project.model.compute == .weighed, scorer == nil {
            text += "; all are computed until there is a model"
        } else if let scorer {
            text += "; computed on demand of model \(scorer.prefix(12)) and readers"
        }
        return text
    }

    private var entitiesText: String {
        guard !plan.entities.isEmpty else { return "" }
        let key = plan.schema.fields[project.events.key].name
        guard !project.isSpreadByKey(plan) else {
            return "Every entity is the declared key \(key): each partition is a task of its own\n"
        }
        let entities = plan.entities.joined(separator: ", ")
        return "Entities (\(entities)) are not all the declared key: all partitions are one task\n"
    }

    // MARK: For scripts

    var json: JSONValue {
        .object([
            "project": .string(project.name), "events_topic": .string(project.events.topic),
            "labels_topic": project.labels.map { .string($0.topic) } ?? .null,
            "fields": .array(plan.schema.fields.enumerated().map(field)),
            "features": .array(plan.features.map(feature)),
            "model": .object([
                "loss": .string(project.model.loss.rawValue),
                "learns": .bool(project.model.learning.isEnabled),
                "follows": project.model.registry.map { .string("\($0.name)@\($0.alias)") }
                    ?? .null,
                "inputs": .array(plan.inputs.map { .string($0) }),
                "width": .integer(Int64(plan.space.width)),
            ]),
            "entities": .array(plan.entities.map { .string($0) }),
            "spread_by_key": .bool(project.isSpreadByKey(plan)),
        ])
    }

    private func field(_ slot: Int, _ field: FieldSchema) -> JSONValue {
        .object([
            "name": .string(field.name), "path": .string(field.path.joined(separator: ".")),
            "type": .string(field.type.rawValue),
            "roles": .array(roles(of: slot).map { .string($0) }),
        ])
    }

    private func feature(_ feature: FeaturePlan.Feature) -> JSONValue {
        var object: JSONObject = ["name": .string(feature.name)]
        switch feature.need {
        case .input:
            object["need"] = .string("input")
            if let askers = askers[feature.name] {
                object["asked_by"] = .array(askers.map { .string($0) })
            }
        case .neededBy(let names):
            object["need"] = .string("needed")
            object["needed_by"] = .array(names.map { .string($0) })
        case .skipped: object["need"] = .string("skipped")
        }
        if project.masked.contains(feature.name) { object["quarantined"] = .bool(true) }
        object["definition"] = .string(feature.definition.kind.text)
        return .object(object)
    }
}

extension ProjectFile {
    /// Whether the model's place has been made; before the first training it has not.
    fileprivate var hasModel: Bool {
        guard let place = model.registry?.path ?? model.path else { return false }
        return FileManager.default.fileExists(atPath: place)
    }
}
