/// One figure of a benchmark, and what it should be.
struct Measurement {
    /// What the value must reach, or must not exceed.
    enum Bar {
        case atLeast(Double)
        case atMost(Double)

        var limit: Double {
            switch self {
            case .atLeast(let limit), .atMost(let limit): limit
            }
        }
    }

    let name: String
    let value: Double
    let unit: String
    var bar: Bar?
    /// What the figure is about, or what it was computed from.
    var note = ""

    init(_ name: String, _ value: Double, _ unit: String, _ bar: Bar? = nil, note: String = "") {
        self.name = name
        self.value = value
        self.unit = unit
        self.bar = bar
        self.note = note
    }

    /// Nil where there is no bar.
    var isMet: Bool? {
        switch bar {
        case .atLeast(let limit): value >= limit
        case .atMost(let limit): value <= limit
        case nil: nil
        }
    }
}
