internal import Drift
internal import Pipeline
internal import Project
internal import Webhooks
internal import Worker

/// From a project's sections `drift` and `alerts` to those who watch.
extension ProjectFile {
    /// Where alerts point to.
    var alertLinks: AlertLinks {
        AlertLinks(
            project: name, endpoint: topic(.predictions),
            runbooks: alerts?.runbooks ?? AlertLinks.published)
    }

    /// What windows are compared with and who is told; nil where the project has neither section.
    var watchSettings: WatchSettings? {
        guard let drift = drift ?? (alerts == nil ? nil : DriftSettings()) else { return nil }
        return WatchSettings(
            drift.windows, policy: drift.policy,
            alerts: alerts?.plan ?? .standard(maturityMillis: labels?.maturityMillis),
            links: alertLinks)
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
