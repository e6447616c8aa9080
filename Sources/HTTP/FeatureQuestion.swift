internal import Bytes
internal import Events
internal import Features
internal import JSON
internal import Pipeline
internal import Usage

/// Reads questions about features, in the terms of one project.
///
/// In JSON:
///
///     {"consumer": "checkout", "features": ["customer_mean_7d"],
///      "rows": [{"customer_id": 12}, {"customer_id": 13}], "time": 1522542645000}
///
/// and, for one row, as the parameters of an address:
///
///     consumer=checkout&features=customer_mean_7d,night&customer_id=12
///
/// `features` may be left out for every numeric one, `time` for that of the newest event, and
/// `consumer` by who does not mind to be counted as `anonymous`.
struct FeatureQuestion: Sendable {
    /// Rows of one question.
    static let rowsMax = 1_000
    static let anonymous = "anonymous"
    /// Years 1970 to 9999.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799_999

    private enum Key: String, CaseIterable {
        case consumer, features, rows, time
    }

    private let fields: [FieldSchema]
    private let slots: [String: Int]
    /// By name, the places of features that are numbers.
    private let places: [String: Int]
    /// Those of them that are computed by the plan as a whole, in declared order.
    private let all: [Int]
    private let names: [String]
    /// The names as JSON.
    let quotedNames: [[UInt8]]

    init(of plan: FeaturePlan) {
        fields = plan.schema.fields
        slots = Dictionary(
            fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        names = plan.features.map(\.name)
        quotedNames = names.map { name in
            var writer = ByteWriter()
            writer.append(quoted: name)
            return writer.copy()
        }
        let texts = plan.textFeatures
        let numbers = plan.features.enumerated().filter {
            $1.slot != nil && !texts.contains($1.name)
        }
        places = Dictionary(uniqueKeysWithValues: numbers.map { ($1.name, $0) })
        all = numbers.filter { $1.need != .skipped }.map(\.offset)
    }

    // MARK: JSON

    func query(parsing body: borrowing RawSpan) throws(RequestError) -> FeatureQuery {
        let document: JSONValue
        do throws(JSONParseError) { document = try JSONValue(parsing: body) } catch {
            throw .invalid("\(error)", expected: "a question in JSON")
        }
        guard let members = document.object else {
            throw .invalid("\(document)", expected: "an object with `rows`")
        }
        for key in members.keys where Key(rawValue: key) == nil {
            throw unknown(key, among: Key.allCases.map(\.rawValue))
        }
        guard let rows = document["rows"]?.array, (1...Self.rowsMax).contains(rows.count) else {
            throw .invalid(
                "\(document["rows"]?.array?.count ?? 0) `rows`", expected: "1…\(Self.rowsMax)")
        }
        var query = FeatureQuery(
            consumer: try consumer(document["consumer"]), features: all, rows: [])
        if let list = document["features"] {
            guard let names = list.array?.compactMap(\.string), names.count == list.array?.count
            else { throw .invalid("\(list)", expected: "`features` as a list of names") }
            query.features = try features(names)
        }
        if let time = document["time"] { query.timeMillis = try self.time(time.integer, "\(time)") }
        for row in rows { query.rows.append(try fields(row)) }
        return query
    }

    private func consumer(_ value: JSONValue?) throws(RequestError) -> String {
        guard let value else { return Self.anonymous }
        guard let name = value.string else {
            throw .invalid("\(value)", expected: "`consumer` as text")
        }
        return try checked(consumer: name)
    }

    private func checked(consumer name: String) throws(RequestError) -> String {
        guard (1...ReadTable.nameBytesMax).contains(name.utf8.count) else {
            throw .invalid(
                "a `consumer` of \(name.utf8.count) bytes", expected: "1…\(ReadTable.nameBytesMax)")
        }
        return name
    }

    private func fields(_ row: JSONValue) throws(RequestError) -> [FeatureQuery.Field] {
        guard let members = row.object else {
            throw .invalid("\(row)", expected: "rows as objects of fields")
        }
        var fields: [FeatureQuery.Field] = []
        for (key, value) in zip(members.keys, members.values) where value != .null {
            let slot = try slot(of: key)
            guard let known = Self.value(value, as: self.fields[slot].type) else {
                throw .invalid(
                    "\(value) in `\(key)`", expected: "its type, \(self.fields[slot].type)")
            }
            fields.append(FeatureQuery.Field(slot: slot, value: known))
        }
        return fields
    }

    private static func value(_ value: JSONValue, as type: FieldType) -> FeatureQuery.Value? {
        switch type {
        case .int64: value.integer.map { .integer($0) }
        case .double: value.double.map { .number($0) }
        case .bool: value.bool.map { .integer($0 ? 1 : 0) }
        case .string: value.string.map { .text(Array($0.utf8)) }
        }
    }

    // MARK: Parameters of an address

    func query(
        _ parameters: some Sequence<(name: String, value: String)>
    ) throws(RequestError) -> FeatureQuery {
        var query = FeatureQuery(consumer: Self.anonymous, features: all, rows: [[]])
        for (name, value) in parameters {
            switch Key(rawValue: name) {
            case .consumer: query.consumer = try checked(consumer: value)
            case .features:
                query.features = try features(value.split(separator: ",").map(String.init))
            case .time: query.timeMillis = try time(Int64(value), value)
            case .rows, .none:
                let slot = try slot(of: name)
                guard let known = Self.value(value, as: fields[slot].type) else {
                    throw .invalid(
                        "`\(value)` in `\(name)`", expected: "its type, \(fields[slot].type)")
                }
                query.rows[0].append(FeatureQuery.Field(slot: slot, value: known))
            }
        }
        return query
    }

    private static func value(_ text: String, as type: FieldType) -> FeatureQuery.Value? {
        switch type {
        case .int64: Int64(text).map { .integer($0) }
        case .double: Double(text).flatMap { $0.isFinite ? .number($0) : nil }
        case .bool: Bool(text).map { .integer($0 ? 1 : 0) }
        case .string: .text(Array(text.utf8))
        }
    }

    // MARK: Names

    private func features(_ names: [String]) throws(RequestError) -> [Int] {
        var found: [Int] = []
        found.reserveCapacity(names.count)
        for name in names {
            guard let place = places[name] else {
                guard self.names.contains(name) else { throw unknown(name, among: self.names) }
                throw .invalid(
                    "`\(name)`", expected: "features that are numbers: it is a text or a category")
            }
            found.append(place)
        }
        guard Set(found).count == found.count else {
            throw .invalid("a feature twice", expected: "each once")
        }
        return found
    }

    private func slot(of field: String) throws(RequestError) -> Int {
        guard let slot = slots[field] else { throw unknown(field, among: fields.map(\.name)) }
        return slot
    }

    private func unknown(_ name: String, among known: [String]) -> RequestError {
        let nearest = NearestName.of(name, among: known).map { " (did you mean `\($0)`?)" } ?? ""
        return .invalid(
            "unknown name `\(name)`\(nearest)",
            expected: "one of \(known.prefix(20).joined(separator: ", "))")
    }

    private func time(_ millis: Int64?, _ text: String) throws(RequestError) -> Int64 {
        guard let millis, Self.times.contains(millis) else {
            throw .invalid(
                "`time` \(text)", expected: "milliseconds since the Unix epoch, to the year 9999")
        }
        return millis
    }
}
