internal import Bytes
internal import Foundation
internal import Storage

/// Verdicts as JUnit XML, which CI systems show: a test case for each rule.
struct GateReport {
    let verdicts: [GateVerdict]

    init(_ verdicts: [GateVerdict]) { self.verdicts = verdicts }

    var xml: String {
        let failures = verdicts.count { !$0.isPassed }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuite name=\"espalier train\" tests=\"\(verdicts.count)\""
        text += " failures=\"\(failures)\">\n"
        for verdict in verdicts {
            text += "  <testcase classname=\"gate\" name=\"\(Markup.escaped(verdict.rule.text))\""
            if verdict.isPassed {
                text += "/>\n"
            } else {
                text += "><failure message=\"\(Markup.escaped(verdict.reason))\"/></testcase>\n"
            }
        }
        return text + "</testsuite>\n"
    }

    /// Writes the file whole or not at all.
    func write(to path: String) throws {
        let bytes = Array(xml.utf8)
        try AtomicFile.write(unsafe bytes.span.bytes, to: path)
    }
}
