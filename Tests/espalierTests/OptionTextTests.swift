import Simulation
import Testing

@testable import espalier

@Suite struct OptionTextTests {
    @Test func linesOfAParagraphOfHelpBecomeOne() {
        let text = "One line,\nand its end.\n\nEXAMPLES\n  a b\n  c d\nThe next\nparagraph."
        #expect(
            paragraphs(text)
                == "One line, and its end.\n\nEXAMPLES\n  a b\n  c d\nThe next paragraph.")
    }

    @Test(arguments: [
        ("7d", 604_800_000), ("250ms", 250), ("0s", 0), ("90m", 5_400_000), ("36h", 129_600_000),
    ])
    func durationsAreNumberAndUnit(text: String, millis: Int64) {
        #expect(EventDuration(text)?.millis == millis)
    }

    @Test(arguments: [
        "", "7", "d", "7 d", "-7d", "1.5h", "7days", "99999999999999999999d", "400000d",
    ])
    func otherTextsAreNoDurations(text: String) {
        #expect(EventDuration(text) == nil)
    }

    @Test(arguments: [Int64(0), 250, 60_000, 90_000, 604_800_000, 86_400_001])
    func aDurationReadsBackFromItsText(millis: Int64) {
        #expect(EventDuration(EventDuration.text(millis))?.millis == millis)
    }

    @Test(arguments: [
        ("1970-01-01", 0), ("2018-04-01", 1_522_540_800_000),
        ("2018-05-01T06:30", 1_525_156_200_000), ("2018-05-01T06:30:15Z", 1_525_156_215_000),
        ("2000-02-29", 951_782_400_000), ("9999-12-31T23:59:59", 253_402_300_799_000),
    ])
    func timesAreUTC(text: String, millis: Int64) {
        #expect(CalendarTime(text)?.millis == millis)
    }

    @Test(arguments: [
        "2018-02-29", "1900-02-29", "2018-13-01", "2018-00-10", "18-05-01", "2018-05-01T24:00",
        "2018-05-01T", "2018-05-01T06", "2018-5-1", "1969-12-31", "2018-05-01 06:30", "",
    ])
    func thereAreNoSuchTimes(text: String) {
        #expect(CalendarTime(text) == nil)
    }

    @Test func everyDayReadsBackFromItsText() {
        for day in stride(from: Int64(0), to: 60_000, by: 1) {
            let time = CalendarTime(millis: day * 86_400_000 + 12_345_000)
            let text = time.text.split(separator: " ").joined(separator: "T")
            #expect(CalendarTime(text) == time)
        }
    }

    @Test func faultsAreKindArgumentsSpanAndShare() throws {
        let shift = try FaultText.parse("shift:amount:+50@2018-05-01..2018-05-08~10%")
        #expect(
            shift
                == Fault(
                    .shift(.amount, by: 50), fromMillis: 1_525_132_800_000,
                    toMillis: 1_525_737_600_000, share: 0.1))
        #expect(try FaultText.parse("corrupt").kind == .corrupt)
        #expect(try FaultText.parse("unit").kind == .unit(factor: 1_000))
        #expect(try FaultText.parse("unit:0.01").kind == .unit(factor: 0.01))
        #expect(try FaultText.parse("missing:device@..2018-05-08").fromMillis == .min)
        #expect(try FaultText.parse("new-category:channel@2018-05-08..").toMillis == .max)
        #expect(try FaultText.parse("late:10m").kind == .late(upToMillis: 600_000))
        #expect(try FaultText.parse("duplicate:1h").kind == .duplicate(withinMillis: 3_600_000))
        #expect(try FaultText.parse("rate:3~100%").kind == .rate(factor: 3))
        #expect(try FaultText.parse("label-delay:7d").kind == .labelDelay(byMillis: 604_800_000))
    }

    @Test(arguments: [
        ("corupt", "did you mean corrupt?"), ("shift:amount", "found 1 arguments; expected 2"),
        ("shift:amout:1", "found field \"amout\"; expected one of amount"),
        ("shift:amount:much", "found \"much\"; expected a number"),
        ("late:5x", "found \"5x\"; expected a whole number and ms"),
        ("corrupt:1", "found 1 arguments; expected 0"),
        ("corrupt@2018-05-01", "expected @FROM..TO"),
        ("corrupt@2018-05-02..2018-05-01", "expected a beginning before the end"),
        ("corrupt@May..", "found \"May\"; expected a date"), ("corrupt~10", "expected a share"),
        ("corrupt~101%", "expected a share"), ("", "found kind \"\""),
    ])
    func aFaultyFaultTellsWhatWasExpected(text: String, says: String) {
        #expect {
            try FaultText.parse(text)
        } throws: { error in
            guard let failure = error as? Failure else { return false }
            return failure.status == .usage && failure.message.contains(says)
        }
    }
}
