extension ModelContent {
    /// The first thing that no artifact may hold.
    func validate() throws(ArtifactError) {
        try finite(intercept, "intercept")
        try number(objective.lambda, "objective.lambda", in: 0...Double.greatestFiniteMagnitude)
        try number(objective.alpha, "objective.alpha", in: 0...1)
        guard bound > 0 else {
            throw .invalid(path: "bound", found: "\(bound)", expected: "a positive number")
        }
        try validateFeatures()
        try validateData()
        for (name, value) in metrics { try finite(value, "metrics.\(name)") }
        for (name, value) in solver.parameters { try finite(value, "training.parameters.\(name)") }
        if let baseline { try validate(baseline) }
    }

    private func validate(_ baseline: ModelBaseline) throws(ArtifactError) {
        let names = Set(features.map(\.name))
        for (name, column) in baseline.features.sorted(by: { $0.key < $1.key }) {
            guard names.contains(name) else {
                throw .invalid(
                    path: "baseline.features", found: "\"\(name)\"",
                    expected: "the name of a feature")
            }
            try validate(column, "baseline.features.\(name)")
        }
        try validate(baseline.scores, "baseline.scores")
        if let window = baseline.window { try finite(window.events, "baseline.window.events") }
    }

    private func validate(
        _ column: ModelBaseline.Column, _ path: String
    ) throws(ArtifactError) {
        try finite(column.designEffect, "\(path).designEffect")
        if let distinct = column.distinct {
            try finite(distinct.estimate, "\(path).distinct.values")
        }
        guard case .numeric(let numbers?) = column.values else { return }
        try finite(numbers.mean, "\(path).values.mean")
        try finite(numbers.variance, "\(path).values.variance")
        for step in numbers.steps { try finite(step.value, "\(path).values.steps") }
        let weight = numbers.steps.reduce(0) { $0 + $1.weight }
        guard weight <= Double(column.events) else {
            throw .invalid(
                path: "\(path).values.steps", found: "\(weight) examples",
                expected: "\(column.events) at most")
        }
    }

    private func validateFeatures() throws(ArtifactError) {
        var names: Set<String> = []
        for (place, feature) in features.enumerated() {
            let path = "features[\(place)]"
            guard names.insert(feature.name).inserted else {
                throw .duplicateFeature(name: feature.name)
            }
            try number(
                feature.penaltyFactor, "\(path).penaltyFactor",
                in: 0...Double.greatestFiniteMagnitude)
            switch feature.weights {
            case .numeric(let weight, let scaling):
                try finite(weight, "\(path).weight")
                try finite(scaling.mean, "\(path).mean")
                try number(scaling.scale, "\(path).scale", in: 0...Double.greatestFiniteMagnitude)
            case .category(let bits, let entries):
                try validate(entries, bits: bits, path)
            }
        }
        for (place, lock) in locks.enumerated() where !names.contains(lock) {
            throw .invalid(
                path: "locks[\(place)]", found: "\"\(lock)\"", expected: "the name of a feature")
        }
    }

    private func validate(
        _ entries: [BucketWeight], bits: Int, _ path: String
    ) throws(ArtifactError) {
        guard (1...FeatureSpace.bitsMax).contains(bits) else {
            throw .invalid(
                path: "\(path).bits", found: "\(bits)", expected: "1…\(FeatureSpace.bitsMax)")
        }
        var next = 0
        for (place, entry) in entries.enumerated() {
            guard (next..<1 << bits).contains(entry.bucket) else {
                throw .invalid(
                    path: "\(path).entries[\(place)][0]", found: "\(entry.bucket)",
                    expected: "ascending buckets below \(1 << bits)")
            }
            next = entry.bucket + 1
            try finite(entry.weight, "\(path).entries[\(place)][1]")
        }
    }

    private func validateData() throws(ArtifactError) {
        guard data.examples >= 0 else {
            throw .invalid(
                path: "data.examples", found: "\(data.examples)", expected: "0 or more")
        }
        for (place, range) in data.ranges.enumerated() {
            let path = "data.ranges[\(place)]"
            guard range.partition >= 0 else {
                throw .invalid(
                    path: "\(path).partition", found: "\(range.partition)", expected: "0 or more")
            }
            guard range.from >= 0, range.to >= range.from else {
                throw .invalid(
                    path: path, found: "\(range.from)..<\(range.to)",
                    expected: "offsets from 0, not descending")
            }
        }
    }

    private func finite(_ value: Double, _ path: String) throws(ArtifactError) {
        guard value.isFinite else {
            throw .invalid(path: path, found: "\(value)", expected: "a finite number")
        }
    }

    private func number(
        _ value: Double, _ path: String, in range: ClosedRange<Double>
    ) throws(ArtifactError) {
        try finite(value, path)
        guard range.contains(value) else {
            let limits =
                range.upperBound == .greatestFiniteMagnitude
                ? "\(range.lowerBound) or more" : "\(range.lowerBound)…\(range.upperBound)"
            throw .invalid(path: path, found: "\(value)", expected: limits)
        }
    }
}
