internal import Drift
internal import Model
internal import Pipeline
internal import Project
internal import Webhooks
internal import Worker

/// From a project's sections `drift` and `alerts` to those who watch.
extension ProjectFile {
    /// Where alerts point to.
    var alertLinks: AlertLinks {
        AlertLinks(
            project: name, file: path, endpoint: topic(.predictions),
            runbooks: alerts?.runbooks ?? AlertLinks.published)
    }

    /// What windows are compared with and who is told; nil where the project has neither section.
    var watchSettings: WatchSettings? {
        guard let drift = drift ?? (alerts == nil ? nil : DriftSettings()) else { return nil }
        var plan = alerts?.plan ?? AlertPlan()
        if alerts?.hasRules != true {
            plan.rules =
                AlertPlan.standard(maturityMillis: labels?.maturityMillis, policy: drift.policy)
                .rules
        }
        return WatchSettings(
            drift.windows, policy: drift.policy, alerts: plan, links: alertLinks)
    }

    /// Length of the windows that are compared, and that an artifact's baseline is told over.
    var driftWindowMillis: Int64 { (drift ?? DriftSettings()).windows.windowMillis }

    /// Whether windows are compared with what the model was trained on, which its artifact then has
    /// to tell of.
    var comparesWithTraining: Bool { watchSettings?.windows.baseline == .training }

    /// What a model without training data's statistics is told by.
    static let baselineExpectation =
        "what its training data was like, which `drift.baseline` compares with: an artifact of "
        + "`espalier train`, or of `replay` or `run` with --model-out"

    /// Refuses a model that comes from a file and does not tell of its training data, where windows
    /// are compared with it.
    func checkBaseline(of settings: PipelineSettings) throws(Failure) {
        guard comparesWithTraining, case .model(let model) = settings.scoring,
            model.baseline == nil
        else { return }
        throw Failure(
            .configuration,
            "found the model \(model.version.prefix(12)); expected \(Self.baselineExpectation)")
    }

    /// Names the topics of drift and alerts where the project has someone watch, and starts what
    /// tells the receivers.
    ///
    /// - Returns: what tells them, to be stopped at the end; nil without receivers.
    func watch(with settings: inout WorkerSettings) -> WebhookSender? {
        guard watchSettings != nil else { return nil }
        settings.driftTopic = topic(.drift)
        settings.alertsTopic = topic(.alerts)
        guard let receivers = alerts?.receivers, !receivers.isEmpty else { return nil }
        let sender = WebhookSender()
        let webhooks = AlertWebhooks(
            Dictionary(
                receivers.map { ($0.name, $0.url) }, uniquingKeysWith: { first, _ in first }),
            links: alertLinks, sender: sender)
        settings.notify = { webhooks.send($0) }
        return sender
    }
}
