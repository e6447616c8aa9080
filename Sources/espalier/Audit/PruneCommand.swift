internal import ArgumentParser
internal import Features
internal import Glibc
internal import Project

/// `espalier prune`
struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Flag, quarantine, remove or restore features.",
        discussion: paragraphs(
            """
            Decisions are written beside the project file (project.yaml → \
            project.pruning.json) and every command that reads the project keeps to them.

            A quarantined feature is no input of any model, and is not computed unless
            another feature needs it. restore takes any step back: state is a fold of the
            log, so the service computes its windows again from the topics when it starts,
            as if it had never been away.

            What the model that scores gives a weight, what a reader reads, and what the
            project keeps in (lock: keep, penalty: 0) is not taken away without --force.

            EXAMPLES
              espalier prune project.yaml flag customer_count_7d
              espalier prune project.yaml quarantine customer_count_7d noise --reason "May"
              espalier prune project.yaml restore customer_count_7d
              espalier prune project.yaml list
            """))

    /// What is to be done.
    enum Step: String, CaseIterable, ExpressibleByArgument {
        case list, flag, quarantine, remove, restore

        var state: PruningState? {
            switch self {
            case .list: nil
            case .flag: .flagged
            case .quarantine: .quarantined
            case .remove: .removed
            case .restore: .active
            }
        }
    }

    @Argument(help: "The project file.") var project: String
    @Argument(help: "list, flag, quarantine, remove or restore.") var step: Step
    @Argument(help: "Features.") var features: [String] = []
    @Option(help: "Why; kept with the decision.") var reason = "by hand"
    @Flag(help: "Quarantine or remove what is still weighed, read or kept in.") var force = false
    @Flag(help: "Print the decisions as JSON.") var json = false

    func validate() throws {
        if (step == .list) != features.isEmpty {
            throw ValidationError(
                step == .list ? "list takes no features" : "expected at least one feature")
        }
    }

    func run() throws {
        let file = try ProjectFile.load(project, masking: .nothing)
        var log = try PruningLog(beside: project)
        if let state = step.state {
            let known = Set(file.features.map(\.name))
            for name in features {
                guard known.contains(name) || log.decisions[name] != nil else {
                    throw Failure(.usage, "found `\(name)`; expected a feature of \(project)")
                }
                log.decide(name, state, at: Self.now, reason: reason)
            }
            if state.isMasked, !force { try refuseUsed(file) }
            _ = try file.plan(masked: log.masked)
            try log.write()
        }
        Terminal.output.write(json ? log.json.line : log.text(for: .output))
    }

    /// Refuses to take away what someone needs, with who that is.
    private func refuseUsed(_ file: ProjectFile) throws(Failure) {
        let weighed = try file.weighedByChampion()
        let reasons = features.compactMap { name -> String? in
            var users = weighed.contains(name) ? ["weighed by the model that scores"] : []
            let readers = file.readers(of: name)
            if !readers.isEmpty { users.append("read by \(readers.joined(separator: ", "))") }
            if file.keepsIn(name) { users.append("kept in by the project") }
            return users.isEmpty ? nil : "`\(name)`, \(users.joined(separator: " and "))"
        }
        guard !reasons.isEmpty else { return }
        throw Failure(
            .usage,
            "prune \(step.rawValue): found \(reasons.joined(separator: "; ")); expected features "
                + "that nobody needs, or --force")
    }

    /// The wall clock: when a decision was taken.
    static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
