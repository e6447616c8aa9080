internal import Project
internal import Registry

extension FeatureRules {
    /// What a project's file asks of single features.
    init(_ project: ProjectFile) {
        self.init()
        for (name, rule) in project.rules {
            switch rule.lock {
            case .keep: kept.insert(name)
            case .forbid: forbidden.insert(name)
            case nil: break
            }
            signs[name] = rule.sign.map { $0 == .positive ? .positive : .negative }
            if rule.isSensitive { sensitive.insert(name) }
        }
    }
}
