import Bytes
import Events
import Foundation
import TestSupport
import Testing

/// One prediction with all its parts.
struct PredictionFixture: ~Copyable {
    let decoder: EventDecoder
    let row: EventRow
    var writer = PredictionWriter(
        model: "v3-\"é\"", features: ["amount", "customer_mean_1d", "a\"b\\c"],
        topics: ["tx", "tx-2"])
    var prediction = Prediction(
        time: 1_534_204_799_000, score: 0.25, margin: -1.0986122886681098,
        source: SourcePosition(topic: 1, partition: 3, offset: 9_007_199_254_740_993))
    var reasons = [(feature: 2, contribution: 1.5), (feature: 0, contribution: -0.1)]
    var features = [57.16, .nan, 1e-300]

    init(_ message: String = Payment.json, schema: EventSchema = Payment.schema) throws {
        let decoder = try EventDecoder(json: schema)
        var row = EventRow(slots: 5)
        try decoder.decode(unsafe Array(message.utf8).span.bytes, into: &row)
        self.decoder = decoder
        self.row = row
    }

    func append(withFeatures: Bool, to output: inout ByteWriter) {
        writer.appendHead(prediction, id: decoder.id, of: row, to: &output)
        for (place, reason) in reasons.enumerated() {
            writer.appendReason(
                at: place, feature: reason.feature, contribution: reason.contribution, to: &output)
        }
        writer.appendSource(prediction.source, to: &output)
        if withFeatures { writer.appendFeatures(features.span, to: &output) }
        writer.appendEnd(to: &output)
    }

    func text(withFeatures: Bool = true) -> String {
        var output = ByteWriter()
        append(withFeatures: withFeatures, to: &output)
        return String(decoding: output.copy(), as: UTF8.self)
    }
}

@Suite struct PredictionTests {
    @Test func theMessageIsAsDescribed() throws {
        var fixture = try PredictionFixture()
        let head = #"{"id":1303777,"time":1534204799000,"score":0.25,"margin":-1.0986122886681098,"#
        let tail = #""source":{"topic":"tx-2","partition":3,"offset":9007199254740993}"#
        let reasons =
            #""reasons":[{"feature":"a\"b\\c","contribution":1.5},"#
            + #"{"feature":"amount","contribution":-0.1}],"#
        let features = #","features":{"amount":57.16,"customer_mean_1d":null,"a\"b\\c":1e-300}}"#
        #expect(fixture.text() == head + #""model":"v3-\"é\"","# + reasons + tail + features)
        fixture.writer.setModel("v4")
        fixture.reasons = []
        #expect(
            fixture.text(withFeatures: false) == head + #""model":"v4","reasons":[],"# + tail + "}")
    }

    @Test func whatIsNotFiniteIsNull() throws {
        var fixture = try PredictionFixture()
        fixture.prediction.score = .nan
        fixture.prediction.margin = .infinity
        fixture.reasons[0].contribution = -.infinity
        let text = fixture.text(withFeatures: false)
        #expect(text.contains(#""score":null,"margin":null"#))
        #expect(text.contains(#""contribution":null"#))
    }

    @Test func everyNumberIsReadBackByFoundation() throws {
        var random = SeededGenerator(5)
        var fixture = try PredictionFixture()
        for _ in 0..<2_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            fixture.prediction.score = value
            fixture.prediction.margin = value
            let read = try JSONDecoder().decode(
                [String: Double].self, from: Data(scores(fixture).utf8))
            #expect(read["score"] == value && read["margin"] == value, "\(value)")
        }
    }

    /// The numbers of the message alone.
    func scores(_ fixture: borrowing PredictionFixture) -> String {
        let text = fixture.text(withFeatures: false)
        let start = text.range(of: "\"score\"")!.lowerBound
        return "{" + text[start..<text.range(of: ",\"model\"")!.lowerBound] + "}"
    }
}
