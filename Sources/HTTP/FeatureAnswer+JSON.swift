internal import Bytes
internal import JSON
internal import Pipeline

extension FeatureAnswer {
    /// The body of the response (`schemas/http.openapi.json`, `Answer`).
    ///
    /// - Parameters:
    ///   - features: places of those asked for, in the order of the values.
    ///   - names: of all declared features, as JSON.
    func json(_ features: [Int], names: [[UInt8]]) -> ByteWriter {
        var writer = ByteWriter(reservingCapacity: 64 + rows.count * (64 + features.count * 48))
        writer.append("{\"rows\":[" as StaticString)
        for (number, row) in rows.enumerated() {
            if number > 0 { writer.append(",") }
            writer.append("{\"known\":" as StaticString)
            writer.append(row.isKnown ? "true" : "false")
            writer.append(",\"time\":" as StaticString)
            writer.append(decimal: row.timeMillis)
            writer.append(",\"features\":{" as StaticString)
            for place in features.indices {
                if place > 0 { writer.append(UInt8(ascii: ",")) }
                let name = names[features[place]]
                unsafe writer.append(name.span.bytes)
                writer.append(UInt8(ascii: ":"))
                writer.append(number: row.values[place])
            }
            writer.append("}}" as StaticString)
        }
        writer.append("]" as StaticString)
        if !skipped.isEmpty {
            writer.append(",\"notComputed\":[" as StaticString)
            for (number, place) in skipped.sorted().enumerated() {
                if number > 0 { writer.append(",") }
                let name = names[place]
                unsafe writer.append(name.span.bytes)
            }
            writer.append("]" as StaticString)
        }
        writer.append("}" as StaticString)
        return writer
    }
}
