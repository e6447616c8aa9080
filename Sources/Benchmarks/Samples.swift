/// Costs of one thing, measured block by block. The median leaves out what disturbed single blocks.
struct Samples {
    private var values: [Double] = []

    /// Adds the cost per item of a block; a block without items tells nothing.
    mutating func append(_ total: Double, over count: Int) {
        if count > 0 { values.append(total / Double(count)) }
    }

    /// 0 without samples.
    var median: Double { values.isEmpty ? 0 : values.sorted()[values.count / 2] }
}
