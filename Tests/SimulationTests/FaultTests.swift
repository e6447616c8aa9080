import Foundation
import Testing

@testable import Simulation

/// Each fault does to the payments of its span what it says, and to all others nothing.
@Suite struct FaultTests {
    private static let start = SimulationSettings().startMillis
    /// The middle of three days, from one noon to the next.
    private static let from = start + 43_200_000
    private static let to = start + 2 * 86_400_000 - 43_200_000
    private static var settings: SimulationSettings {
        var settings = smallSettings()
        settings.labelSpreadMillis = 60_000
        return settings
    }
    private static let plain = Result { try PaymentSimulator(settings, seed: 1) }

    private static func faulty(
        _ kind: Fault.Kind, share: Double = 1, from: Int64 = from, to: Int64 = to
    ) throws -> PaymentSimulator {
        let fault = Fault(kind, fromMillis: from, toMillis: to, share: share)
        return try PaymentSimulator(settings, seed: 1, faults: [fault])
    }

    private static func isWithin(_ payment: Payment) -> Bool {
        from <= payment.timeMillis && payment.timeMillis < to
    }

    /// Pairs the two streams payment by payment, checks that those outside are equal, and gives the
    /// pairs inside.
    private func pairs(
        _ simulator: PaymentSimulator
    ) throws -> [(plain: Payment, faulty: Payment)] {
        let plain = sentPayments(try Self.plain.get())
        let faulty = sentPayments(simulator)
        #expect(plain.count == faulty.count)
        #expect(labels(simulator) == labels(try Self.plain.get()))
        for (a, b) in zip(plain, faulty) where !Self.isWithin(a.payment) { #expect(a == b) }
        let inside = zip(plain, faulty).filter { Self.isWithin($0.0.payment) }
        #expect(inside.count > 200)
        return inside.map { ($0.0.payment, $0.1.payment) }
    }

    @Test(arguments: NumberField.allCases) func shiftMovesANumber(field: NumberField) throws {
        for (plain, faulty) in try pairs(Self.faulty(.shift(field, by: 50.5))) {
            let (before, after) = (try fields(plain), try fields(faulty))
            for name in before.keys {
                let change = (after[name] as? Double ?? 0) - (before[name] as? Double ?? 0)
                #expect(abs(change - (name == field.rawValue ? 50.5 : 0)) < 1e-9)
            }
        }
    }

    @Test func unitMultipliesTheAmount() throws {
        for (plain, faulty) in try pairs(Self.faulty(.unit())) {
            var expected = plain
            expected.amount = (plain.amount * 1_000).rounded()
            #expect(faulty == expected)
        }
    }

    @Test(arguments: TextField.allCases) func aNewCategoryAppears(field: TextField) throws {
        for (plain, faulty) in try pairs(Self.faulty(.newCategory(field))) {
            let (before, after) = (try fields(plain), try fields(faulty))
            for name in before.keys {
                let isSame = "\(before[name] ?? "")" == "\(after[name] ?? "")"
                #expect(isSame == (name != field.rawValue))
            }
            #expect(
                ["cryptocurrency", "voice", "watch"].contains(after[field.rawValue] as? String))
        }
    }

    @Test(arguments: PaymentField.allCases) func aFieldIsMissing(field: PaymentField) throws {
        for (plain, faulty) in try pairs(Self.faulty(.missing(field))) {
            var expected = try fields(plain)
            expected[field.rawValue] = nil
            #expect(Set(try fields(faulty).keys) == Set(expected.keys))
        }
    }

    @Test func aCorruptMessageIsNeverJSONAndNeverEmpty() throws {
        var shorter = 0
        for (plain, faulty) in try pairs(Self.faulty(.corrupt)) {
            let whole = message(.payment(plain, sentMillis: 0))
            let damaged = message(.payment(faulty, sentMillis: 0))
            #expect(!damaged.isEmpty && !damaged.contains(UInt8(ascii: "\n")))
            #expect(throws: (any Error).self) {
                try JSONSerialization.jsonObject(with: Data(damaged), options: .fragmentsAllowed)
            }
            if whole.starts(with: damaged) { shorter += 1 } else { #expect(damaged[0] == 0xff) }
        }
        #expect(shorter > 50)
    }

    @Test func aShareBefallsAsManyAsItSays() throws {
        let inside = try pairs(Self.faulty(.unit(), share: 0.3))
        let changed = Double(inside.count { $0.plain != $0.faulty })
        let count = Double(inside.count)
        #expect(abs(changed / count - 0.3) < 5 * (0.21 / count).squareRoot())
    }

    @Test func duplicatesFollowUnchanged() throws {
        let plain = sentPayments(try Self.plain.get())
        let sent = sentPayments(try Self.faulty(.duplicate(withinMillis: 60_000)))
        let byId = Dictionary(grouping: sent, by: \.payment.id)
        for (payment, time) in plain {
            let copies = try #require(byId[payment.id])
            #expect(copies.count == (Self.isWithin(payment) ? 2 : 1))
            #expect(copies.allSatisfy { $0.payment == payment })
            #expect(copies[0].sentMillis == time)
            #expect((0...60_000).contains(copies[copies.count - 1].sentMillis - time))
        }
        #expect(sent.map(\.sentMillis) == sent.map(\.sentMillis).sorted())
    }

    @Test func latePaymentsKeepTheirTimeAndComeOutOfOrder() throws {
        let plain = sentPayments(try Self.plain.get()).map(\.payment)
        let sent = sentPayments(try Self.faulty(.late(upToMillis: 3_600_000)))
        #expect(sent.map(\.payment).sorted { $0.id < $1.id } == plain)
        for (payment, time) in sent {
            let delay = time - payment.timeMillis
            #expect(Self.isWithin(payment) ? (1...3_600_000).contains(delay) : delay == 0)
        }
        let times = sent.map(\.payment.timeMillis)
        #expect(zip(times, times.dropFirst()).count { $0 > $1 } > 50)
    }

    @Test func labelsComeLater() throws {
        let before = labels(try Self.plain.get()).sorted { $0.payment < $1.payment }
        let after = labels(try Self.faulty(.labelDelay(byMillis: 7_200_000)))
            .sorted { $0.payment < $1.payment }
        let payments = sentPayments(try Self.plain.get()).map(\.payment)
        #expect(before.count == after.count)
        for (payment, pair) in zip(payments, zip(before, after)) {
            let delay: Int64 = Self.isWithin(payment) ? 7_200_000 : 0
            #expect(pair.1.payment == payment.id && pair.0.payment == payment.id)
            #expect(pair.1.timeMillis - pair.0.timeMillis == delay)
        }
    }

    @Test(arguments: [0, 0.25, 1, 2.5]) func theRateChangesWithinTheSpanOnly(factor: Double) throws
    {
        let plain = sentPayments(try Self.plain.get()).map(\.payment)
        let simulator = try Self.faulty(.rate(factor: factor))
        let sent = sentPayments(simulator).map(\.payment)
        #expect(sent.filter { !Self.isWithin($0) } == plain.filter { !Self.isWithin($0) })
        let before = Double(plain.count(where: Self.isWithin))
        let after = Double(sent.count(where: Self.isWithin))
        #expect(abs(after - factor * before) <= 5 * (before / 4).squareRoot())
        #expect(sent.map(\.timeMillis) == sent.map(\.timeMillis).sorted())
        #expect(Set(sent.map(\.id)).count == sent.count)
        let outside = Set(plain.filter { !Self.isWithin($0) }.map(\.id))
        #expect(
            labels(simulator).filter { outside.contains($0.payment) }
                == labels(try Self.plain.get()).filter { outside.contains($0.payment) })
        let known = Set(plain.map(\.id))
        #expect(sent.allSatisfy { known.contains($0.id) || $0.id >= PaymentDay.firstExtraId })
    }

    @Test func silenceWithoutEndEndsTheStream() throws {
        let silent = try Self.faulty(.rate(factor: 0), from: 0, to: .max)
        #expect(sentPayments(silent).isEmpty)
    }

    @Test func faultsDoNotMoveEachOther() throws {
        let unit = Fault(.unit(), fromMillis: Self.from, toMillis: Self.to, share: 0.5)
        let late = Fault(.late(upToMillis: 1_000), fromMillis: 0, toMillis: .max, share: 0.5)
        func run(_ faults: [Fault]) throws -> [Payment] {
            sentPayments(try PaymentSimulator(smallSettings(), seed: 1, faults: faults))
                .map(\.payment).sorted { $0.id < $1.id }
        }
        #expect(try run([unit]) == run([unit, late]))
    }

    @Test(arguments: [
        (Fault.Kind.rate(factor: -1), 1.0), (.rate(factor: .infinity), 1), (.unit(factor: .nan), 1),
        (.shift(.amount, by: 1e300), 1), (.late(upToMillis: 0), 1),
        (.duplicate(withinMillis: .max), 1), (.labelDelay(byMillis: -1), 1), (.corrupt, 1.5),
    ]) func faultsOutOfRangeAreRefused(kind: Fault.Kind, share: Double) {
        #expect(throws: SimulationError.self) { try Self.faulty(kind, share: share) }
    }

    @Test func aSpanTurnedRoundIsEmpty() throws {
        let simulator = try Self.faulty(.unit(), from: Self.to, to: Self.from)
        #expect(digest(simulator) == digest(try Self.plain.get()))
    }

    private func fields(_ payment: Payment) throws -> [String: Any] {
        let bytes = message(.payment(payment, sentMillis: 0))
        return try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
    }
}
