public import ArgumentParser
internal import JSON
public import Worker

extension EventBound: ExpressibleByArgument {
    /// `offset:n`, or a time in UTC.
    public init?(argument: String) {
        if argument.hasPrefix("offset:") {
            guard let offset = Int64(argument.dropFirst(7)), offset >= 0 else { return nil }
            self = .offset(offset)
        } else {
            guard let time = CalendarTime(argument) else { return nil }
            self = .time(time.millis)
        }
    }
}

/// Which predictions are verified: by the time of their event, or its offset.
struct VerifiedRange {
    var from: EventBound?
    var to: EventBound?

    func contains(_ receipt: Receipt) -> Bool {
        let isBefore = from.map { Self.isBelow(receipt, $0) } ?? false
        return !isBefore && (to.map { Self.isBelow(receipt, $0) } ?? true)
    }

    private static func isBelow(_ receipt: Receipt, _ bound: EventBound) -> Bool {
        switch bound {
        case .time(let millis): receipt.timeMillis < millis
        case .offset(let offset): receipt.place.offset < offset
        }
    }
}

/// What `espalier verify` found.
struct VerifyReport {
    let range: VerifiedRange
    var receipts = Receipts()
    /// Whether the topic still holds its first message.
    var isTopicWhole = true
    var difference: Difference?
    /// By task, the first batch that was stepped again, where a snapshot took the place of what the
    /// log no longer holds.
    var snapshots: [Int: UInt64] = [:]

    /// Two messages of one event that should be one.
    struct Difference {
        var place: EventPlace
        var published: String
        var derived: String
        var features: JSONValue?

        /// The first byte in which they differ.
        var byte: Int {
            zip(published.utf8, derived.utf8).enumerated().first { $1.0 != $1.1 }?.offset
                ?? min(published.utf8.count, derived.utf8.count)
        }
    }

    init(range: VerifiedRange) { self.range = range }

    private func count(_ verdict: Receipts.Verdict) -> Int { receipts.counts[verdict] ?? 0 }

    /// What retention has taken away is not missing.
    var isGood: Bool {
        count(.differs) == 0 && count(.unknown) == 0 && (receipts.missing == 0 || !isTopicWhole)
    }

    /// What is wrong, in a few words.
    var summary: String {
        let faults = [
            (count(.differs), "differ"), (isTopicWhole ? receipts.missing : 0, "are missing"),
            (count(.unknown), "belong to no batch"),
        ]
        return faults.filter { $0.0 > 0 }.map { "\(Numerals.grouped($0.0)) \($0.1)" }
            .joined(separator: ", ")
    }

    var text: String {
        var lines = [
            "\(Numerals.grouped(receipts.derived)) predictions derived again: "
                + "\(Numerals.grouped(count(.matched))) stand in the topic bit for bit"
        ]
        for (task, batch) in snapshots.sorted(by: { $0.key < $1.key }) {
            lines.append(
                "  task \(task) from a snapshot on, batch \(Numerals.grouped(Int(batch))) the "
                    + "first behind it: the log before is gone")
        }
        if count(.repeated) > 0 {
            lines.append("  \(Numerals.grouped(count(.repeated))) repeats with the same bytes")
        }
        if receipts.missing > 0 {
            let first = receipts.firstMissing.map { ", the first of event \($0)" } ?? ""
            let why = isTopicWhole ? "are not in the topic" : "are no longer in the topic"
            lines.append("  \(Numerals.grouped(receipts.missing)) \(why)\(first)")
        }
        if count(.unknown) > 0 {
            lines.append(
                "  \(Numerals.grouped(count(.unknown))) in the topic are of events that no batch "
                    + "of the journal holds")
        }
        if let difference {
            lines += [
                "  \(Numerals.grouped(count(.differs))) differ, the first of event "
                    + "\(difference.place), at byte \(difference.byte)",
                "    published: \(difference.published)", "    derived:   \(difference.derived)",
            ]
            if let features = difference.features {
                lines.append("    features:  \(features.line.dropLast())")
            }
        }
        lines.append(isGood ? "verified" : "not verified")
        return lines.joined(separator: "\n") + "\n"
    }

    var document: JSONValue {
        var object: JSONObject = [
            "verified": .bool(isGood), "derived": .integer(Int64(receipts.derived)),
            "matched": .integer(Int64(count(.matched))),
            "repeated": .integer(Int64(count(.repeated))),
            "differing": .integer(Int64(count(.differs))),
            "missing": .integer(Int64(receipts.missing)),
            "unknown": .integer(Int64(count(.unknown))), "topic_whole": .bool(isTopicWhole),
        ]
        if !snapshots.isEmpty {
            object["snapshots"] = .array(
                snapshots.sorted { $0.key < $1.key }.map { task, batch in
                    .object(["task": .integer(Int64(task)), "batch": .integer(Int64(batch))])
                })
        }
        if let difference {
            object["first_difference"] = .object([
                "partition": .integer(Int64(difference.place.partition)),
                "offset": .integer(difference.place.offset),
                "byte": .integer(Int64(difference.byte)),
                "published": .string(difference.published),
                "derived": .string(difference.derived),
                "features": difference.features ?? .null,
            ])
        }
        return .object(object)
    }
}
