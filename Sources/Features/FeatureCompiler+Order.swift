internal import Events

/// What needs what: the order of computation, and what is not computed at all.
extension FeatureCompiler {
    /// The features that `name` is computed from.
    func dependencies(of name: String) -> [String] {
        guard let definition = position[name].map({ definitions[$0] }) else { return [] }
        return definition.names.filter { position[$0] != nil && fieldSlots[$0] == nil }
    }

    private enum Mark {
        /// On the path from the feature where the search began.
        case open
        case done
    }

    /// A feature on the path, and the next of its needs to look at.
    private struct Visit {
        var name: String
        var needs: [String]
        var next = 0

        init(_ name: String, _ needs: [String]) {
            self.name = name
            self.needs = needs
        }
    }

    /// All features, each after those it needs: depth first, with the path kept to name a cycle
    /// (Cormen et al., 22.4). O(features and the names in them).
    func orderByNeed() throws(FeatureError) -> [String] {
        var marks: [String: Mark] = [:]
        var order: [String] = []
        for definition in definitions where marks[definition.name] == nil {
            var path = [Visit(definition.name, dependencies(of: definition.name))]
            marks[definition.name] = .open
            while let last = path.last {
                guard last.next < last.needs.count else {
                    marks[last.name] = .done
                    order.append(last.name)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let need = last.needs[last.next]
                switch marks[need] {
                case .done: continue
                case .open: throw .cycle(path.map(\.name).drop { $0 != need } + [need])
                case nil:
                    marks[need] = .open
                    path.append(Visit(need, dependencies(of: need)))
                }
            }
        }
        return order
    }

    /// For every feature that is computed, the features that name it; an input has at least none.
    func needs(of inputs: [String]) -> [String: [String]] {
        var neededBy: [String: [String]] = [:]
        var open = inputs
        for name in inputs { neededBy[name] = [] }
        while let name = open.popLast() {
            for dependency in dependencies(of: name) {
                if neededBy[dependency] == nil { open.append(dependency) }
                neededBy[dependency, default: []].append(name)
            }
        }
        return neededBy
    }

    func need(
        of name: String, chosen: Set<String>, neededBy: [String: [String]]
    ) -> FeaturePlan.Need {
        if chosen.contains(name) { return .input }
        return neededBy[name].map { .neededBy($0) } ?? .skipped
    }
}
