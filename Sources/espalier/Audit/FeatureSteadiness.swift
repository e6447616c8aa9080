internal import Bytes
internal import Drift
internal import Events
internal import Features
internal import Pipeline
internal import Sketches

/// How much the means of numeric features vary from window to window: what events of one window
/// have in common, their number overstates.
struct FeatureSteadiness {
    private let windowMillis: Int64
    private let features: [(name: String, slot: Int)]
    private var window: [Moments]
    private var effects: [DesignEffect]
    private var windowEnd = Int64.min

    init(plan: FeaturePlan, windowMillis: Int64) {
        self.windowMillis = windowMillis
        features = plan.features.compactMap { feature in
            guard feature.need != .skipped, let slot = feature.slot else { return nil }
            return (name: feature.name, slot: slot)
        }
        window = Array(repeating: Moments(), count: features.count)
        effects = Array(repeating: DesignEffect(), count: features.count)
    }

    /// Takes in the pipeline's newest event.
    mutating func take(_ pipeline: borrowing EventPipeline, timeMillis: Int64) {
        if timeMillis >= windowEnd {
            close()
            let start = timeMillis - ((timeMillis % windowMillis) + windowMillis) % windowMillis
            windowEnd = start + windowMillis
        }
        for place in features.indices {
            let value = pipeline.row.numbers[features[place].slot]
            if value.isFinite { window[place].insert(value) }
        }
    }

    private mutating func close() {
        for place in window.indices where window[place].count > 0 {
            effects[place].add(
                count: Double(window[place].count), mean: window[place].mean,
                variance: window[place].count > 1 ? window[place].variance : 0)
            window[place].removeAll()
        }
    }

    /// 1 for a feature that is not numeric.
    func designEffect(of feature: String) -> Double {
        features.firstIndex { $0.name == feature }.map { effects[$0].value } ?? 1
    }
}
