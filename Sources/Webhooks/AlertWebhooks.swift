internal import Bytes
public import Drift
internal import Foundation
internal import JSON

/// Sends notifications to the receivers of a project.
public struct AlertWebhooks: Sendable {
    private let links: AlertLinks
    /// Addresses by the receiver's name.
    private let addresses: [String: String]
    private let sender: WebhookSender

    /// - Parameter addresses: by the receiver's name; a notification to another one is nobody's.
    public init(_ addresses: [String: String], links: AlertLinks, sender: WebhookSender) {
        self.addresses = addresses
        self.links = links
        self.sender = sender
    }

    /// Queues a notification in Alertmanager's form.
    public func send(_ notification: AlertNotification) {
        guard let address = addresses[notification.receiver] else { return }
        var writer = ByteWriter()
        notification.alertmanagerJSON(links, time: Self.rfc3339).write(to: &writer)
        sender.post(writer.copy(), to: address)
    }

    /// `2018-07-01T08:00:00.250Z`
    static func rfc3339(_ millis: Int64) -> String {
        let seconds = Double(millis / 1_000)
        let rest = millis % 1_000
        let style = Date.ISO8601FormatStyle()
        let text = Date(timeIntervalSince1970: seconds).formatted(style).dropLast()
        let digits = String(rest)
        return "\(text).\(String(repeating: "0", count: 3 - digits.count))\(digits)Z"
    }
}
