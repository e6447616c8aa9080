/// Columns that get weights together or not at all, such as those of one field's categories: their
/// penalty is of the length of their weights, `√k ‖w‖₂` for k columns (Yuan & Lin 2006, "Model
/// selection and estimation in regression with grouped variables").
///
/// k counts the columns that may get a weight; one alone is penalised as without a group.
struct ColumnGroups: Sendable {
    private var members: [[Int]] = []
    private var placeByColumn: [Int: (group: Int, isFirst: Bool)] = [:]

    var isEmpty: Bool { members.isEmpty }

    /// - Parameter columns: those that may get a weight, ascending.
    init(_ rules: [WeightRule], among columns: [Int]) throws(DescentError) {
        var byName: [Int: [Int]] = [:]
        for column in columns {
            if let group = rules[column].group { byName[group, default: []].append(column) }
        }
        for group in byName.values.sorted(by: { $0[0] < $1[0] }) where group.count > 1 {
            for column in group {
                try rules[column].validate(column: column, besides: rules[group[0]])
                placeByColumn[column] = (members.count, column == group[0])
            }
            members.append(group)
        }
    }

    /// The group of a column, ascending; nil for one alone.
    func members(with column: Int) -> [Int]? {
        guard !isEmpty else { return nil }
        return placeByColumn[column].map { members[$0.group] }
    }

    /// Whether a column is the first of its group, or alone.
    func leads(_ column: Int) -> Bool {
        guard !isEmpty else { return true }
        return placeByColumn[column]?.isFirst ?? true
    }

    /// √k, by which a group's penalty is as strong as that of its columns alone.
    func scale(_ column: Int) -> Double {
        Double(members(with: column)?.count ?? 1).squareRoot()
    }
}

extension WeightRule {
    fileprivate func validate(column: Int, besides first: WeightRule) throws(DescentError) {
        guard lower == -.infinity, upper == .infinity else {
            throw .rule(
                column: column, found: "the bounds \(lower)…\(upper) in a group",
                expected: "none: a group is penalised by the length of its weights")
        }
        guard penaltyFactor == first.penaltyFactor else {
            throw .rule(
                column: column, found: "the penalty factor \(penaltyFactor) in a group",
                expected: "\(first.penaltyFactor), as of the group's first column")
        }
    }
}
