internal import Training

/// What the options ask of single features' weights, and of the choice among λ.
extension FitRun {
    /// Why no λ of any path was chosen where folds judge them, the run being at its end.
    var choiceFailure: Failure? {
        let judged = paths.compactMap { path in path.validation.map { (path, $0) } }
        guard !judged.isEmpty, paths.allSatisfy({ $0.chosen == nil }) else { return nil }
        let amounts = judged.compactMap { path, validation in
            command.choose.leastFound(
                validation.summary { $0.loss }, nonZeroCounts: path.points.map(\.nonZeroCount),
                costs: path.costs)
        }
        return command.choose.failure(leastFound: amounts.min())
    }

    static func rules(
        _ table: NumericTable, _ command: FitCommand
    ) throws(Failure) -> [WeightRule] {
        var rules = [WeightRule](repeating: WeightRule(), count: table.names.count)
        for option in command.penalty {
            let (name, text) = try assignment(option, "--penalty", expected: "feature=factor")
            guard let factor = Double(text), factor >= 0, factor.isFinite else {
                throw Failure(.usage, "--penalty: found \(option); expected a factor of 0 or more")
            }
            rules[try table.column(of: name, option: "--penalty")].penaltyFactor = factor
        }
        for option in command.bounds {
            let (column, bounds) = try bounds(option, table)
            (rules[column].lower, rules[column].upper) = bounds
        }
        for (group, option) in command.group.enumerated() {
            for column in try columns(option, table) {
                guard rules[column].group == nil else {
                    throw Failure(
                        .usage,
                        "--group: found \(table.names[column]) in \(option) and before; expected"
                            + " groups that share no feature")
                }
                rules[column].group = group
            }
        }
        return rules
    }

    private static func bounds(
        _ option: String, _ table: NumericTable
    ) throws(Failure) -> (column: Int, bounds: (lower: Double, upper: Double)) {
        let expected = "feature=low..high with low ≤ 0 ≤ high, either of them or both"
        let (name, text) = try assignment(option, "--bounds", expected: expected)
        let column = try table.column(of: name, option: "--bounds")
        guard let dots = text.firstRange(of: "..") else {
            throw Failure(.usage, "--bounds: found \(option); expected \(expected)")
        }
        let (before, after) = (text[..<dots.lowerBound], text[dots.upperBound...])
        guard let low = before.isEmpty ? -.infinity : Double(before),
            let high = after.isEmpty ? .infinity : Double(after), low <= 0, high >= 0
        else {
            throw Failure(.usage, "--bounds: found \(option); expected \(expected)")
        }
        return (column, (low, high))
    }

    /// The features that a group names: `first..last` in the table's order, `prefix*`, or names
    /// with commas between them.
    private static func columns(
        _ option: String, _ table: NumericTable
    ) throws(Failure) -> [Int] {
        var columns: [Int] = []
        if let dots = option.firstRange(of: "..") {
            let first = try table.column(
                of: String(option[..<dots.lowerBound]), option: "--group")
            let last = try table.column(of: String(option[dots.upperBound...]), option: "--group")
            if first <= last { columns = Array(first...last) }
        } else if option.hasSuffix("*") {
            columns = table.names.indices.filter { table.names[$0].hasPrefix(option.dropLast()) }
        } else {
            for name in option.split(separator: ",") {
                columns.append(try table.column(of: String(name), option: "--group"))
            }
        }
        guard columns.count > 1 else {
            throw Failure(
                .usage,
                "--group: found \(option), which names \(columns.count) features; expected two or"
                    + " more")
        }
        return columns
    }

    private static func assignment(
        _ option: String, _ name: String, expected: String
    ) throws(Failure) -> (name: String, text: Substring) {
        guard let equals = option.lastIndex(of: "="), equals > option.startIndex else {
            throw Failure(.usage, "\(name): found \(option); expected \(expected)")
        }
        return (String(option[..<equals]), option[option.index(after: equals)...])
    }
}
