internal import ArgumentParser
internal import Drift
internal import Features
internal import Project
internal import Storage
internal import Usage

/// `espalier audit`
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Tell which features earn their keep, and prove what leaving some out would do.",
        discussion: paragraphs(
            """
            Judges every computed feature by what the running service has published of it, or
            with --events by a replay of files as the service would take them: used,
            weighed-zero, hardly-used, redundant (collinear with another one), constant,
            mostly-missing, unread, needed, locked, read (by `model.readers`, or over HTTP in the
            last 30 days), young (too little evidence), masked-drift (unused but drifting). What
            could be saved comes first. `ns` is the time of one
            evaluation, sampled with warm caches, with its standard error.

            --prove replays the period twice, with and without the features, and compares
            every score. With --model (or a registry) both replays score with that model;
            else each learns its own.

            --apply takes steps by the policy of the project's section `pruning`: what is
            flagged is marked as such beside the project file, what has been flagged for
            `quarantineAfter` is no longer computed, and what has been in quarantine for
            `removeAfter` is to be deleted. Locked features (`lock: keep`, penalty 0) and those
            that someone reads stay. `espalier prune` takes single steps and takes them back.
            --publish tells verdicts and decisions in the topic of features.

            EXAMPLES
              espalier audit project.yaml
              espalier audit project.yaml --apply --publish
              espalier audit project.yaml --events payments.ndjson --labels labels.ndjson \\
                --labels-time timestamp --html audit.html
              espalier audit project.yaml --events payments.ndjson --labels labels.csv \\
                --labels-after 7d --prove customer_count_7d noise
              espalier audit project.yaml --events may.ndjson --model model.json --apply
            """))

    @OptionGroup var source: ReplaySource
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Replay without these features and compare.", valueName: "feature"))
    var prove: [String] = []
    @Flag(help: "Prove all that is flagged together.") var proveFlagged = false
    @Flag(help: "Mark what is flagged, and quarantine what has been for long enough.")
    var apply = false
    @Flag(help: "Tell verdicts and decisions in the project's topic of features.")
    var publish = false
    @Option(
        help: ArgumentHelp(
            "How long a feature stays flagged at least, instead of the project's word.",
            valueName: "time"))
    var quarantineAfter: EventDuration?
    @Option(help: ArgumentHelp("Events from which a feature is judged.", valueName: "count"))
    var eventsMin = 1_000
    @Option(help: ArgumentHelp("|correlation| from which two tell the same.", valueName: "0..1"))
    var correlation = 0.99
    @Option(help: ArgumentHelp("Write a page.", valueName: "file")) var html: String?
    @Flag(help: "Print the audit as JSON.") var json = false

    func validate() throws {
        guard eventsMin > 0 else { throw ValidationError("--events-min: expected at least 1") }
        guard (0.5...1).contains(correlation) else {
            throw ValidationError("--correlation: expected 0.5 to 1")
        }
        guard source.events.isEmpty else { return }
        let ofFiles = [
            ("--prove", !prove.isEmpty), ("--prove-flagged", proveFlagged),
            ("--labels", !source.labels.isEmpty), ("--model", source.model != nil),
        ]
        if let (option, _) = ofFiles.first(where: \.1) {
            throw ValidationError("\(option) needs files; expected --events with it")
        }
    }

    func run() throws {
        Interruption.listen()
        let report = try report()
        if let html { try write(AuditPage(report).text, to: html) }
        Terminal.output.write(json ? report.json.line : report.text(for: .output))
    }

    /// Replays, judges, proves, and keeps what was decided.
    func report() throws -> AuditReport {
        let file = try ProjectFile.load(source.project)
        var log = try PruningLog(beside: source.project)
        let known = Set(file.features.map(\.name))
        if let unknown = prove.first(where: { !known.contains($0) }) {
            throw Failure(
                .usage, "--prove: found `\(unknown)`; expected a feature of \(source.project)")
        }
        var limits = AuditLimits()
        limits.eventsMin = UInt64(eventsMin)
        limits.correlationMin = correlation
        var report = AuditReport(
            audit: try FeatureAudit(file, material(of: file), log, limits: limits))
        let proven = proveFlagged ? report.audit.flagged.map(\.evidence.name) : prove
        if !proven.isEmpty { report.proof = try MaskingProof(file, source, proven) }
        var policy = file.pruning
        if let quarantineAfter { policy.quarantineMillis = quarantineAfter.millis }
        if apply || report.proof != nil { report.steps = take(report, policy, &log) }
        if apply || report.proof != nil { try log.write() }
        if publish {
            let verdicts = PublishedVerdicts(report.audit, log, at: PruneCommand.now)
            try verdicts.publish(for: file)
            let topic = file.topic(.features)
            report.steps.append("\(Numerals.grouped(verdicts.count)) verdicts told in \(topic)")
        }
        return report
    }

    /// What the files, or else the topics of the running service, tell of the features.
    private func material(of file: ProjectFile) throws -> AuditMaterial {
        guard source.events.isEmpty else {
            return try AuditMaterial(
                AuditedReplay(file, source), policy: file.drift?.policy ?? DriftPolicy())
        }
        return try PublishedFeatures(file).material(of: file)
    }

    /// Keeps the proof beside the decisions, and takes the steps that the policy allows.
    private func take(
        _ report: AuditReport, _ policy: PruningSettings, _ log: inout PruningLog
    ) -> [String] {
        let now = PruneCommand.now
        for name in report.proof?.features ?? [] {
            log.decide(
                name, log.state(of: name), at: now,
                reason: log.decisions[name]?.reason ?? "proven", proof: report.proof?.json)
        }
        guard apply else { return [] }
        var steps = remove(after: policy.removeMillis, at: now, &log)
        for row in report.audit.rows {
            let name = row.evidence.name
            let decision = log.decisions[name]
            let age = decision.map { now - $0.millis } ?? 0
            switch log.state(of: name) {
            case .active where row.verdict.isFlag:
                log.decide(name, .flagged, at: now, reason: row.verdict.sentence)
                steps.append("\(name): flagged")
            case .flagged where !row.verdict.isFlag:
                log.decide(name, .active, at: now, reason: row.verdict.sentence)
                steps.append("\(name): active again")
            case .flagged where age >= policy.quarantineMillis ?? .max && !row.isWanted:
                log.decide(name, .quarantined, at: now, reason: row.verdict.sentence)
                steps.append("\(name): quarantined")
            default: break
            }
        }
        return steps
    }

    /// What has been in quarantine for long enough.
    private func remove(
        after millis: Int64?, at now: Int64, _ log: inout PruningLog
    ) -> [String] {
        guard let millis else { return [] }
        let due = log.decisions.filter {
            $0.value.state == .quarantined && now - $0.value.millis >= millis
        }
        for (name, decision) in due { log.decide(name, .removed, at: now, reason: decision.reason) }
        return due.keys.sorted().map { "\($0): removed; delete it from the project file" }
    }

    private func write(_ text: String, to path: String) throws(Failure) {
        do throws(StorageError) {
            try AtomicFile.write(unsafe text.utf8Span.span.bytes, to: path)
        } catch { throw Failure(error) }
    }
}
