import Features
import PipelineFixture
import Testing
import Training

@testable import Pipeline

/// What tells projects apart in snapshots: a stored state is read only while this stays as it is.
@Suite struct StateIdentityTests {
    private static let text = """
        field id string id
        field time int64 time
        field customer int64 customer
        field terminal int64 terminal
        field amount double amount
        field channel string channel
        id 0 time 1 ms required 0 1 2 3
        feature "amount_value" value("amount")
        feature "count" count of event per "customer" window 9000 delay 0 current 1 \
        otherwise missing
        feature "mean" mean of expression("amount") per "customer" window 20000 delay 0 current 1 \
        otherwise missing
        feature "risk" mean of label per "terminal" window 60000 delay 0 current 1 otherwise 0.0
        feature "ratio" value("amount / mean")
        feature "channels" category("channel"; 6)
        input amount_value
        input count
        input mean
        input risk
        input ratio
        input channels
        width 69
        lateness 5000
        labels
        field id string id
        field fraud double fraud
        id 0 time record ms required 0 1
        value 1 weight none maturity 40000 silence negative
        learner logistic alpha 0.3 beta 1.0 l1 1.0 l2 0.0 bound 40.0 every 50
        """

    @Test func theTextOfAProjectStaysAsItIs() throws {
        #expect(try PaymentProject().settings().identityText == Self.text)
    }

    @Test func whatAStateDependsOnTellsProjectsApart() throws {
        var projects = Array(repeating: PaymentProject(), count: 6)
        projects[1].publishEvery = 51
        projects[2].maturityMillis = 40_001
        projects[3].silence = .drop
        projects[4].latenessMillis = 5_001
        projects[5].isSpreadByKey = true
        #expect(Set(try projects.map { try $0.settings().stateIdentity }).count == projects.count)
    }

    @Test func limitsDoNot() throws {
        let settings = try PaymentProject().settings()
        var other = settings
        other.limits.entitiesMax = 7
        other.limits.windowEventsMax = 7
        other.labels?.pending.pendingMax = 7
        #expect(other.stateIdentity == settings.stateIdentity)
    }
}
