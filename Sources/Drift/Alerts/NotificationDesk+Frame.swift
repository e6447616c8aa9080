internal import Bytes

/// What receivers know and are still to be told:
///
///     | groups n u64 | n × (receiver text | model text | due i64 | sent? i64 |
///     |   told all? i64, not in version 1 |
///     |   alerts m u64 | m × (alert | has changed u8 | is known u8)) |
extension NotificationDesk {
    func append(to writer: inout ByteWriter) {
        writer.append(count: groups.count)
        for (key, group) in groups.sorted(by: { $0.key < $1.key }) {
            writer.append(counted: key.receiver)
            writer.append(counted: key.model)
            writer.append(fixed: group.dueMillis)
            writer.append(optional: group.sentMillis)
            writer.append(optional: group.toldAllMillis)
            writer.append(count: group.alerts.count)
            for (identity, alert) in group.alerts.sorted(by: { $0.key < $1.key }) {
                alert.append(to: &writer)
                writer.append(fixed: UInt8(group.changed.contains(identity) ? 1 : 0))
                writer.append(fixed: UInt8(group.known.contains(identity) ? 1 : 0))
            }
        }
    }

    /// Receivers to which nothing is routed any more are told nothing.
    mutating func restore(
        from reader: inout ByteReader, version: UInt16
    ) throws(FormatError) {
        let receivers = Set(plan.routes.map(\.receiver))
        for _ in 0..<(try reader.readCount("groups", itemBytes: 8)) {
            let key = GroupKey(
                receiver: try reader.readText("receiver", bytesMax: Alert.textBytesMax),
                model: try reader.readText("model", bytesMax: Alert.textBytesMax))
            var group = Group(dueMillis: try reader.readMoment("due"))
            group.sentMillis = try reader.readOptionalMoment("sent")
            group.toldAllMillis =
                version > 1 ? try reader.readOptionalMoment("told all") : group.sentMillis
            for _ in 0..<(try reader.readCount("alerts", itemBytes: 8)) {
                let alert = try Alert(from: &reader)
                group.alerts[alert.identity] = alert
                if try reader.readFlag("has changed") { group.changed.insert(alert.identity) }
                if try reader.readFlag("is known") { group.known.insert(alert.identity) }
            }
            if receivers.contains(key.receiver) { groups[key] = group }
        }
    }
}
