import TestSupport
import Testing

@testable import Project

@Suite struct ProjectErrorTests {
    /// The eighth line of a file is the first feature; its text begins in the third column.
    @Test(arguments: [
        (
            "f: amuont",
            "8:6: found unknown name `amuont`; expected a field or a feature; did you mean "
                + "`amount`?"
        ),
        ("f: {value: \"1 + merchant\"}", "8:19: found text `merchant`; expected a number"),
        ("f: {value: 'merchant == ''a'' + 1'}", "8:27: found text `'a'`; expected a number"),
        (#"f: {value: "merchant == \"a\" + 1"}"#, "8:27: found text `\"a\"`; expected a number"),
        ("f: >-\n  amount\n    + merchant", "10:9: found text `merchant`; expected a number"),
        ("f: |\n  amount  // ü\n  + merchant", "10:7: found text `merchant`; expected a number"),
        ("f: \"amount\n\n  + merchant\"", "10:7: found text `merchant`; expected a number"),
        (
            #"f: {value: "amount\n\x20+ merchant"}"#,
            "8:29: found text `merchant`; expected a number"
        ),
        ("f: 'ü' == amount", "8:10: found broken YAML: did not find expected key "),
        ("f: \"'ü' == amount\"", "8:14: found number `amount`; expected text, as `'ü'` is"),
        ("f: amount +", "8:14: found the end; expected a value"),
        ("f: {value: \"amount + \"}", "8:23: found the end; expected a value"),
        (
            "f: {value: weekdy(time)}",
            "8:14: found unknown function `weekdy`; expected a function; "
                + "did you mean `weekday`?"
        ),
        (
            "f: {valeu: amount}",
            "8:7: found unknown key `valeu` in feature `f`; expected one of "
                + "`value`, `aggregate`, `entity`, `of`, `window`, `delay`, `current`, "
                + "`otherwise`, "
                + "`halfLife`, `n`, `category`, `cross`, `bits`, `lock`, `sign`, `penalty`, "
                + "`group`, `sensitive`; did you mean `value`?"
        ),
        (
            "f: {entity: custmer, aggregate: count}",
            "8:15: found unknown field `custmer`; expected a "
                + "field of type int64 or string; did you mean `customer`?"
        ),
        (
            "f: {entity: amount, aggregate: count}",
            "8:15: found double field `amount`; expected an "
                + "entity of type int64 or string"
        ),
        (
            "f: {entity: customer, aggregate: coutn}",
            "8:36: found text `coutn`; expected one of "
                + "`count`, `sum`, `mean`, `min`, `max`, `variance`, `stddev`, `first`, `last`, "
                + "`lag`, "
                + "`distinct`, `timeSinceLast`, `decayedCount`, `decayedSum`, `decayedMean`; did "
                + "you mean "
                + "`count`?"
        ),
        (
            "f: {entity: customer, aggregate: sum}",
            "8:6: found `sum` without `of`; expected `of`: "
                + "what to summarise, an expression or `label`"
        ),
        (
            "f: {entity: customer, aggregate: sum, of: merchant}",
            "8:45: found text `merchant`; "
                + "expected a number"
        ),
        (
            "f: {entity: customer, aggregate: count, window: 7}",
            "8:51: found number `7`; expected a "
                + "duration of at least 1ms such as 7d, 12h, 30m, 45s or 250ms, to 36500d"
        ),
        (
            "f: {entity: customer, aggregate: count, window: 99999999999999999999d}",
            "8:51: found text "
                + "`99999999999999999999d`; expected a duration of at least 1ms such as 7d, 12h, "
                + "30m, "
                + "45s or 250ms, to 36500d"
        ),
        (
            "f: {entity: customer, aggregate: first, of: amount}",
            "8:6: found `first` without "
                + "`window`; expected `window`: the time it looks back, such as 7d"
        ),
        (
            "f: {entity: customer, aggregate: count, window: 1d, delay: 1d, current: true}",
            "8:75: "
                + "found `current` with `delay`; expected one of them: a delayed window never "
                + "holds the "
                + "current event"
        ),
        (
            "f: {entity: customer, aggregate: decayedSum, of: amount, halfLife: 1h, window: 1d}",
            "8:74: found `window` with `decayedSum`; expected no such key: events fade by "
                + "`halfLife`"
        ),
        (
            "f: {entity: customer, aggregate: count, otherwise: zero}",
            "8:54: found text `zero`; "
                + "expected a number"
        ),
        (
            "f: {entity: customer, aggregate: count, current: no}",
            "8:52: found text `no`; expected "
                + "`true` or `false`; did you mean `false`?"
        ),
        (
            "f: {category: merchnt}",
            "8:17: found unknown name `merchnt`; expected a field of type "
                + "int64, bool or string, or a text feature made from fields; did you mean "
                + "`merchant`?"
        ),
        (
            "f: {category: amount}",
            "8:17: found double field `amount`; expected a field of type "
                + "int64, bool or string, or a text feature made from fields"
        ),
        (
            "time: amount",
            "8:3: found feature `time`; expected another name: `time` is the event's "
                + "time"
        ),
        (
            "in: amount",
            "8:3: found feature `in`; expected a name of letters, digits and `_`, in words "
                + "joined by `.`, such as card.country, to 128 characters"
        ),
        (
            "a: b + 1\nb: a + 1",
            "8:6: found a feature that needs itself: `a` → `b` → `a`; expected "
                + "features in an order in which each can be computed"
        ),
        (
            "a: a + 1",
            "8:6: found a feature that needs itself: `a` → `a`; expected features in an "
                + "order in which each can be computed"
        ),
        (
            "w: {entity: customer, aggregate: count}\n"
                + "f: {entity: customer, aggregate: sum, of: w}",
            "9:45: found feature `w`, which is made "
                + "from windows; expected fields, or features made from fields alone"
        ),
        ("b: amount > 1\nf: b + 1", "9:6: found bool `b`; expected a number"),
        ("f: b + 1\nb: amount > 1", "8:6: found bool `b`; expected a number"),
    ])
    func aFeatureAtFault(source: String, fault: String) {
        let faults = ProjectSource.faults(ProjectSource.file(features: source))
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix(fault) == true, "\(faults)")
    }

    @Test(arguments: [
        ("model: {los: logistic}", "9:9: found unknown key `los` in model"),
        (
            "model: {loss: hinge}",
            "9:15: found text `hinge`; expected one of `logistic`, `squared`, "
                + "`poisson`"
        ),
        (
            "model: {features: [f, g]}",
            "9:23: found unknown feature `g`; expected one of `features`"
        ),
        ("model: {features: [f, f]}", "9:23: found feature `f` twice; expected every feature once"),
        ("model: {threshold: 2}", "9:20: found number `2`; expected a probability of 0 to 1"),
        ("model: {bits: 0}", "9:15: found number `0`; expected an integer of 1 to 24"),
        ("model: {learning: {alpha: 0}}", "9:27: found number `0`; expected a number above 0"),
        (
            "model: {learning: {penalties: {ff: 1}}}",
            "9:32: found unknown feature `ff`; expected one "
                + "of `features`"
        ),
        (
            "limits: {entitiesMax: 1e3}\nlimit: 1",
            "10:1: found unknown key `limit` in the project file"
        ),
        ("limits: {lateness: soon}", "9:20: found text `soon`; expected a duration such as 7d"),
        (
            "limits: {pendingMax: -1}",
            "9:22: found number `-1`; expected an integer of 1 to 1000000000"
        ),
        ("delivery: {guarantee: once}", "9:23: found text `once`; expected one of `at-least-once`"),
        ("delivery: {commit: 1ms}", "9:20: found text `1ms`; expected a duration of at least 10ms"),
        ("output: {topics: {prediction: x}}", "9:19: found unknown key `prediction` in topics"),
        ("output: {topics: {predictions: a b}}", "9:32: found text `a b`; expected a topic's name"),
        ("kafka: {acks: [all]}", "9:15: found a list; expected the property's value"),
        ("project: again", "1:1: found key `project` twice in one map; expected every key once"),
        ("x: &a 1\ny: *a", "10:4: found alias `*a`; expected the value itself"),
        ("--- \nproject: b", "9:1: found broken YAML: but found another document"),
        ("\u{1}", "9:1: found broken YAML: control characters are not allowed"),
    ])
    func anotherSectionAtFault(rest: String, fault: String) {
        let faults = ProjectSource.faults(ProjectSource.file(features: "f: amount", rest: rest))
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix(fault) == true, "\(faults)")
    }

    @Test(arguments: [
        ("", "1:1: found an empty file; expected a project"),
        ("- 1", "1:1: found a list; expected a map with `project`"),
        ("project: a", "1:1: found no `events`; expected the topic of the events"),
        (
            "project: a b\nevents: {}\nfeatures: {f: 1}",
            "1:10: found text `a b`; expected a topic's"
        ),
    ])
    func aWholeFileAtFault(source: String, fault: String) {
        #expect(ProjectSource.faults(source).first?.hasPrefix(fault) == true)
    }

    @Test(arguments: [
        ("id: idd", "3:7: found unknown field `idd`; expected one of `fields`"),
        ("id: amount", "3:7: found double field `amount`; expected an id of type int64 or string"),
        (
            "id: id\n  time: {field: at, unit: rfc3339}",
            "4:27: found unit `rfc3339` of int64 field "
                + "`at`; expected one of `s`, `ms`, `us`, `ns`"
        ),
        ("id: id\n  time: {field: at, unit: min}", "4:27: found text `min`; expected one of `s`"),
        (
            "id: id\n  format: jsn",
            "4:11: found text `jsn`; expected one of `json`, `csv`; did you "
                + "mean `json`?"
        ),
    ])
    func eventsAtFault(lines: String, fault: String) {
        let source = """
            project: demo
            events:
              \(lines)
              topic: t
              fields: {id: int64, at: int64, amount: double}
            features: {f: amount}
            """
        let faults = ProjectSource.faults(source)
        #expect(faults.count == 1 && faults.first?.hasPrefix(fault) == true, "\(faults)")
    }

    @Test(arguments: [
        ("label: double", "found field `label`; expected another name"),
        ("f: float", "found text `float`; expected one of `int64`, `double`, `bool`, `string`"),
        ("f: {path: a}", "found no `type`; expected the field's type"),
        ("f: {type: bool, path: a..b}", "found text `a..b`; expected keys joined by dots"),
        ("a-b: bool", "found field `a-b`; expected a name of letters"),
    ])
    func fieldsAtFault(field: String, fault: String) {
        let source = """
            project: demo
            events: {topic: t, id: id, fields: {id: int64, \(field)}}
            features: {g: id}
            """
        #expect(ProjectSource.faults(source).contains { $0.contains(fault) })
    }

    @Test func labelsAreNeeded() {
        let source = """
            project: demo
            events: {topic: t, id: id, fields: {id: int64, customer: int64}}
            features:
              risk: {entity: customer, aggregate: mean, of: label, window: 1d}
            model: {learning: {enabled: true}}
            """
        #expect(
            ProjectSource.faults(source) == [
                "4:3: found `of: label` without labels; expected a section `labels`",
                "5:29: found learning without labels; expected a section `labels`",
            ])
    }

    /// Everything that is wrong is told at once, in order, and a feature made from a faulty one is
    /// not told of.
    @Test func allFaultsTogether() {
        let source = ProjectSource.file(
            features: "a: amuont\nb: a + 1\nc: {category: nothing_such}\nd: 1 +",
            rest: "model: {loss: x}\nlimits: {idle: 1}")
        #expect(
            ProjectSource.faults(source).map { $0.prefix { $0 != " " } }
                == ["8:6:", "10:17:", "11:9:", "12:15:", "13:16:"])
    }

    @Test func faultsAreBounded() throws {
        let features = (0..<200).map { "f\($0): nothing_such" }.joined(separator: "\n")
        let error = try #require(throws: ProjectErrors.self) {
            try ProjectFile(Array(ProjectSource.file(features: features).utf8))
        }
        #expect(error.errors.count == 50 && error.areCut)
        #expect(
            error.description(of: "p.yaml").hasSuffix(
                "\np.yaml: there may be more faults, not shown"))
        #expect(error.description(of: "p.yaml").hasPrefix("p.yaml:8:7: found unknown name"))
    }
}
