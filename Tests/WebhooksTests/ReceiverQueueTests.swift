import Foundation
import Testing

@testable import Webhooks

/// Receivers that take connections and never answer.
@Suite struct ReceiverQueueTests {
    private func eventually(_ holds: () -> Bool) -> Bool {
        for _ in 0..<200 {
            if holds() { return true }
            Thread.sleep(forTimeInterval: 0.05)
        }
        return holds()
    }

    @Test func aReceiverThatHangsDelaysNoOther() {
        let (dead, sound) = (LoopbackReceiver(answers: false), LoopbackReceiver(answers: true))
        var limits = WebhookSender.Limits()
        limits.stopSecondsMax = 0.2
        let sender = WebhookSender(limits)
        for _ in 0..<20 {
            sender.post([], to: dead.address)
            sender.post([], to: sound.address)
        }
        #expect(eventually { sender.counts.sent == 20 })
        #expect(sender.counts.failed == 0 && !sender.isIdle)
        sender.stop()
        #expect(sound.requestCount == 20)
        dead.close()
        sound.close()
    }

    /// Every message is accounted for, although none was answered.
    @Test func stoppingHasADeadline() {
        let dead = LoopbackReceiver(answers: false)
        var limits = WebhookSender.Limits()
        limits.stopSecondsMax = 0.3
        limits.timeoutSeconds = 30
        let sender = WebhookSender(limits)
        for _ in 0..<50 { sender.post([], to: dead.address) }
        let took = ContinuousClock().measure { sender.stop() }
        #expect(took < .seconds(20), "\(took)")
        #expect(eventually { sender.isIdle })
        let counts = sender.counts
        #expect(counts.sent == 0 && counts.failed + counts.dropped == 50)
        #expect(counts.dropped >= 49)
        dead.close()
    }

    @Test func receiversAreBounded() {
        var limits = WebhookSender.Limits()
        limits.receiversMax = 1
        limits.attemptsMax = 1
        let sender = WebhookSender(limits)
        sender.post([], to: "http://127.0.0.1:9/a")
        sender.post([], to: "http://127.0.0.1:9/b")
        #expect(sender.counts.dropped == 1)
        sender.stop()
        #expect(sender.counts.failed == 1)
    }
}
