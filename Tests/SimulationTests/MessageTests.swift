import Foundation
import Testing

@testable import Simulation

@Suite struct MessageTests {
    /// Foundation's reader takes the messages for what the payments hold.
    @Test func paymentsAreJSON() throws {
        for (payment, sent) in sentPayments(try PaymentSimulator(smallSettings(), seed: 1)) {
            let bytes = message(.payment(payment, sentMillis: sent))
            let object = try JSONSerialization.jsonObject(with: Data(bytes))
            let fields = try #require(object as? [String: Any])
            #expect(Set(fields.keys) == Set(PaymentField.allCases.map(\.rawValue)))
            #expect(fields["transaction_id"] as? Int64 == payment.id)
            #expect(fields["timestamp"] as? Int64 == payment.timeMillis)
            #expect(fields["customer_id"] as? Int32 == payment.customer)
            #expect(fields["terminal_id"] as? Int32 == payment.terminal)
            #expect(fields["amount"] as? Double == payment.amount)
            #expect(fields["merchant_category"] as? String == "\(payment.merchantCategory)")
            #expect(fields["channel"] as? String == "\(payment.channel)")
            #expect(fields["device"] as? String == "\(payment.device)")
            #expect(fields["customer_lat"] as? Double == payment.customerPosition.latitude)
            #expect(fields["customer_lon"] as? Double == payment.customerPosition.longitude)
            #expect(fields["terminal_lat"] as? Double == payment.terminalPosition.latitude)
            #expect(fields["terminal_lon"] as? Double == payment.terminalPosition.longitude)
        }
    }

    @Test func labelsAreJSON() throws {
        for label in labels(try PaymentSimulator(smallSettings(days: 1), seed: 1)) {
            let object = try JSONSerialization.jsonObject(with: Data(message(.label(label))))
            #expect(
                object as? [String: Int64] == [
                    "transaction_id": label.payment, "timestamp": label.timeMillis,
                    "customer_id": Int64(label.customer), "fraud": label.isFraud ? 1 : 0,
                    "fraud_scenario": Int64(label.scenario.rawValue),
                ])
        }
    }

    /// A line of CSV holds, column for column, what the JSON object holds.
    @Test func csvHoldsTheSameValues() throws {
        for record in try PaymentSimulator(smallSettings(days: 1), seed: 2) {
            let header =
                if case .payment = record { Payment.csvHeader } else { FraudLabel.csvHeader }
            let line = String(decoding: message(record, .csv), as: UTF8.self)
            let json = String(decoding: message(record), as: UTF8.self)
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            let pairs = zip(header.split(separator: ","), cells).map { "\"\($0)\":\($1)" }
            #expect("{\(pairs.joined(separator: ","))}" == json.withoutValueQuotes)
        }
    }

    @Test func aMissingFieldIsAbsentInJSONAndEmptyInCSV() throws {
        let faults = PaymentField.allCases.map {
            Fault(.missing($0), fromMillis: 0, toMillis: .max)
        }
        let simulator = try PaymentSimulator(smallSettings(days: 1), seed: 3, faults: faults)
        let sent = try #require(sentPayments(simulator).first)
        let record = SimulatedRecord.payment(sent.payment, sentMillis: sent.sentMillis)
        #expect(message(record) == Array("{}".utf8))
        #expect(message(record, .csv) == Array(repeating: UInt8(ascii: ","), count: 11))
    }
}

extension String {
    /// `"a":"b"` becomes `"a":b`: quotes stay around keys only.
    fileprivate var withoutValueQuotes: String {
        replacingOccurrences(of: ":\"([a-z]+)\"", with: ":$1", options: .regularExpression)
    }
}
