internal import Bytes
internal import Simulation

/// A fault of the simulator as an option gives it:
///
///     KIND[:ARGUMENT…][@FROM..TO][~SHARE%]
///
/// | kind and arguments | what goes wrong |
/// |---|---|
/// | `shift:FIELD:NUMBER` | the number is moved by a constant |
/// | `missing:FIELD` | the message leaves the field out |
/// | `unit[:FACTOR]` | the amount is multiplied, by 1,000 unless said otherwise |
/// | `new-category:FIELD` | a value never seen before |
/// | `duplicate:DURATION` | the message comes again within this time |
/// | `late:DURATION` | the message comes later by up to this time |
/// | `corrupt` | the message is cut short or garbage |
/// | `rate:FACTOR` | so many payments for each one |
/// | `label-delay:DURATION` | the labels come later by this time |
///
/// FROM (included) and TO (not included) are dates or times in UTC; either may be left out.
struct FaultText {
    private let source: String
    private let kind: String
    private let arguments: [String]
    private let span: String?
    private let share: String?

    /// The fault that the text names.
    static func parse(_ source: String) throws(Failure) -> Fault {
        let text = FaultText(source)
        let kind = try text.faultKind()
        let (from, to) = try text.times()
        return Fault(kind, fromMillis: from, toMillis: to, share: try text.shareOfOne())
    }

    private init(_ source: String) {
        self.source = source
        let (head, share) = Self.split(source, at: "~")
        let (what, span) = Self.split(head, at: "@")
        let parts = what.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        kind = parts[0]
        arguments = Array(parts.dropFirst())
        self.span = span
        self.share = share
    }

    private static func split(_ text: String, at mark: Character) -> (String, String?) {
        guard let place = text.firstIndex(of: mark) else { return (text, nil) }
        return (String(text[..<place]), String(text[text.index(after: place)...]))
    }

    private func failure(found: String, expected: String) -> Failure {
        Failure(.usage, "--fault \(source): found \(found); expected \(expected)")
    }

    // MARK: Kind

    private static let kinds = [
        "shift", "missing", "unit", "new-category", "duplicate", "late", "corrupt", "rate",
        "label-delay",
    ]

    private func faultKind() throws(Failure) -> Fault.Kind {
        switch kind {
        case "shift":
            return .shift(try field(of: 2, NumberField.self), by: try number(at: 1, of: 2))
        case "missing": return .missing(try field(of: 1, PaymentField.self))
        case "unit": return arguments.isEmpty ? .unit() : .unit(factor: try number(at: 0, of: 1))
        case "new-category": return .newCategory(try field(of: 1, TextField.self))
        case "duplicate": return .duplicate(withinMillis: try duration())
        case "late": return .late(upToMillis: try duration())
        case "corrupt":
            try expectArguments(0)
            return .corrupt
        case "rate": return .rate(factor: try number(at: 0, of: 1))
        case "label-delay": return .labelDelay(byMillis: try duration())
        default:
            let nearest = NearestName.of(kind, among: Self.kinds)
            let hint = nearest.map { "; did you mean \($0)?" } ?? ""
            throw failure(
                found: "kind \"\(kind)\"", expected: Self.kinds.joined(separator: ", ") + hint)
        }
    }

    private func expectArguments(_ count: Int) throws(Failure) {
        guard arguments.count == count else {
            throw failure(found: "\(arguments.count) arguments", expected: "\(count) for \(kind)")
        }
    }

    private func field<Field: RawRepresentable & CaseIterable>(
        of count: Int, _ type: Field.Type
    ) throws(Failure) -> Field where Field.RawValue == String {
        try expectArguments(count)
        guard let field = Field(rawValue: arguments[0]) else {
            let names = Field.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure(found: "field \"\(arguments[0])\"", expected: "one of \(names)")
        }
        return field
    }

    private func number(at place: Int, of count: Int) throws(Failure) -> Double {
        try expectArguments(count)
        guard let number = Double(arguments[place]), number.isFinite else {
            throw failure(
                found: "\"\(arguments[place])\"", expected: "a number such as +50 or 1000")
        }
        return number
    }

    private func duration() throws(Failure) -> Int64 {
        try expectArguments(1)
        guard let duration = EventDuration(arguments[0]) else {
            throw failure(found: "\"\(arguments[0])\"", expected: EventDuration.expectation)
        }
        return duration.millis
    }

    // MARK: Span and share

    private func times() throws(Failure) -> (from: Int64, to: Int64) {
        guard let span else { return (.min, .max) }
        guard let dots = span.firstRange(of: "..") else {
            throw failure(found: "@\(span)", expected: "@FROM..TO, each a date or nothing")
        }
        let from = try time(span[..<dots.lowerBound]) ?? .min
        let to = try time(span[dots.upperBound...]) ?? .max
        guard from < to else {
            throw failure(found: "@\(span)", expected: "a beginning before the end")
        }
        return (from, to)
    }

    private func time(_ text: Substring) throws(Failure) -> Int64? {
        guard !text.isEmpty else { return nil }
        guard let time = CalendarTime(text) else {
            throw failure(found: "\"\(text)\"", expected: CalendarTime.expectation)
        }
        return time.millis
    }

    private func shareOfOne() throws(Failure) -> Double {
        guard let share else { return 1 }
        guard share.hasSuffix("%"), let percent = Double(share.dropLast()),
            (0...100).contains(percent)
        else { throw failure(found: "~\(share)", expected: "a share from ~0% to ~100%") }
        return percent / 100
    }
}
